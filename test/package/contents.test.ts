import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { LANGUAGES, ROOT, listedNodes, readJson } from '../support/specs';

const PAGES = ['README.md', 'README.zh-CN.md', 'CHANGELOG.md', 'SECURITY.md'];

describe('the package', () => {
  it('has what users need and nothing else', () => {
    const listing = execFileSync('npm', ['pack', '--dry-run', '--ignore-scripts', '--json'], { cwd: ROOT });
    const [{ files }] = JSON.parse(String(listing)) as [{ files: { path: string }[] }];
    const types = Object.keys(listedNodes());
    const expected = [
      ...['package.json', 'LICENSE', ...PAGES],
      ...filesIn('examples', /\.(?:nd)?json$/u),
      ...compiled('lib'),
      ...compiled('nodes'),
      'dist/spark/worker.js',
      ...filesIn('spark', /^(?:pulseflow|pulseflow_app\/\w+)\.py$/u),
      ...types.flatMap((type) => [
        `dist/nodes/${type}/${type}.html`,
        `dist/nodes/${type}/icons/pulseflow-${type}.svg`,
        ...LANGUAGES.flatMap((language) =>
          ['json', 'html'].map((ending) => `dist/nodes/${type}/locales/${language}/${type}.${ending}`),
        ),
      ]),
    ];
    const packed = files.map(({ path }) => path);
    const missing = expected.filter((path) => !packed.includes(path));
    const superfluous = packed.filter((path) => !expected.includes(path));
    assert.deepEqual({ missing, superfluous }, { missing: [], superfluous: [] });
  });

  it('says what registries and Node-RED ask for', () => {
    const manifest = readJson('package.json') as Record<string, unknown>;
    assert.equal(manifest.license, 'Apache-2.0');
    assert.ok((manifest.keywords as string[]).includes('node-red'));
    assert.ok(Object.keys(manifest.dependencies as object).length <= 6);
    assert.equal('private' in manifest, false);
    // The sites of npm and of Node-RED lead relative links of the README to the repository.
    const { url } = manifest.repository as { url: string };
    assert.match(url, /^git\+https:\/\/github\.com\/[^/]+\/[^/]+\.git$/u);
  });

  for (const page of PAGES) {
    it(`has no links in ${page} that lead nowhere`, () => {
      const text = readFileSync(join(ROOT, page), 'utf8');
      const links = [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)/gu)].map(([, link]) => link ?? '');
      assert.deepEqual(
        links.filter((link) => !existsSync(join(ROOT, dirname(page), link))),
        [],
      );
    });
  }
});

/** What the compiler makes of the sources in a folder; the code of the dialogs is in the .html files instead. */
function compiled(folder: string): string[] {
  return filesIn(folder, /\.ts$/u)
    .filter((path) => !/\.d\.ts$|^nodes\/editor\/|\/editor\.ts$/u.test(path))
    .map((path) => `dist/${path.replace(/\.ts$/u, '.js')}`);
}

function filesIn(folder: string, ending: RegExp): string[] {
  const names = readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' });
  return names.filter((name) => ending.test(name)).map((name) => `${folder}/${name.replaceAll('\\', '/')}`);
}
