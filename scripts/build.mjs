// Builds dist/: compiles the TypeScript, and assembles for each node what Node-RED expects beside its runtime file.
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { editorHtml, helpHtml } from './build/html.mjs';

const root = new URL('..', import.meta.url).pathname;
const require = createRequire(import.meta.url);
const PACKAGE = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const LANGUAGES = ['en-US', 'zh-CN'];

function compile(project, ...options) {
  const tsc = require.resolve('typescript/bin/tsc', { paths: [root] });
  const { status } = spawnSync(process.execPath, [tsc, '-p', join(root, project), ...options], { stdio: 'inherit' });
  if (status !== 0) {
    console.error(`build: ${project} does not compile; see above.`);
    process.exit(status ?? 1);
  }
}

async function bundle(entry, globalName) {
  const { build } = await import('esbuild');
  const { outputFiles } = await build({
    entryPoints: [join(root, entry)],
    bundle: true,
    write: false,
    format: 'iife',
    globalName,
    target: 'es2020',
    minify: true,
    logLevel: 'error',
  });
  return outputFiles[0].text;
}

/** What Spark's executors run, as one file that needs nothing but Node. */
async function bundleWorker() {
  const { build } = await import('esbuild');
  await build({
    entryPoints: [join(root, 'lib/spark/worker.ts')],
    outfile: join(root, 'dist/spark/worker.js'),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    legalComments: 'inline',
    logLevel: 'error',
    plugins: [{ name: 'word lists', setup: embedWordLists }],
  });
}

/** Puts npm sentiment's words into the bundle, where Node-RED reads them from the package. */
function embedWordLists({ onLoad }) {
  onLoad({ filter: /[\\/]lib[\\/]sentiment[\\/]wordLists\.ts$/ }, () => {
    const { WORD_LISTS, wordList } = require(join(root, 'dist/lib/sentiment/wordLists.js'));
    const lists = Object.fromEntries(Object.keys(WORD_LISTS).map((name) => [name, wordList(name)]));
    const contents = `export const WORD_LISTS = ${JSON.stringify(WORD_LISTS)};
const lists = ${JSON.stringify(lists)};
export const wordList = (name) => lists[name];`;
    return { contents, loader: 'js' };
  });
}

function readJson(...path) {
  return JSON.parse(readFileSync(join(root, ...path), 'utf8'));
}

async function assemble(type, commonScript) {
  const target = join(root, 'dist/nodes', type);
  const module = join(target, 'spec.js');
  delete require.cache[module];
  const { spec } = require(module);
  const extras = existsSync(join(root, 'nodes', type, 'editor.ts'))
    ? await bundle(`nodes/${type}/editor.ts`, `PulseflowExtras_${type.replaceAll('-', '_')}`)
    : '';
  // Migrations are functions, which JSON cannot hold.
  const declared =
    spec.migrations === undefined
      ? JSON.stringify(spec)
      : `(function () { ${await bundle(`nodes/${type}/spec.ts`, 'PulseflowSpec')}; return PulseflowSpec.spec; })()`;
  writeFileSync(join(target, `${type}.html`), editorHtml(spec, declared, PACKAGE.name, commonScript, extras));
  for (const language of LANGUAGES) {
    const catalogue = readJson('nodes', type, 'locales', `${language}.json`);
    const common = readJson('nodes/common/locales', `${language}.json`);
    const folder = join(target, 'locales', language);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `${type}.json`), JSON.stringify({ [type]: catalogue, common }, null, 1));
    const help = readFileSync(join(root, 'nodes', type, 'help', `${language}.md`), 'utf8');
    writeFileSync(join(folder, `${type}.html`), helpHtml(spec, help, catalogue, common));
  }
  mkdirSync(join(target, 'icons'), { recursive: true });
  copyFileSync(join(root, 'icons', `pulseflow-${type}.svg`), join(target, 'icons', `pulseflow-${type}.svg`));
  if (PACKAGE['node-red'].nodes[type] !== `dist/nodes/${type}/${type}.js`) {
    throw new Error(`package.json does not list the node ${type} under node-red.nodes`);
  }
}

/** Removes what was compiled from sources that are gone. */
function prune(folder) {
  const built = join(root, 'dist', folder);
  if (!existsSync(built)) return;
  for (const name of readdirSync(built, { recursive: true })) {
    const source = name.replace(/\.js(?:\.map)?$/u, '.ts');
    if (source !== name && !existsSync(join(root, folder, source))) rmSync(join(built, name));
  }
}

if (process.argv.includes('--clean')) rmSync(join(root, 'dist'), { recursive: true, force: true });
for (const folder of ['lib', 'nodes', 'test', 'bench']) prune(folder);
compile('tsconfig.json');
compile('tsconfig.editor.json', '--noEmit');
const commonScript = await bundle('nodes/editor/index.ts', 'PulseflowEditor');
const types = readdirSync(join(root, 'nodes')).filter((name) => existsSync(join(root, 'nodes', name, `${name}.ts`)));
for (const type of types) await assemble(type, commonScript);
await bundleWorker();
console.log(`build: ${types.length} nodes in dist/nodes`);
