// npm run validate: Node-RED's own checker on the package as it would be published. Needs the npm registry.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepare, root, run, say } from './prepare.mjs';

const CHECKER = 'node-red-dev@0.1.6';
const CATALOGUE = 'https://catalogue.nodered.org/catalogue.json';
/** Checks that compare with all modules there are. */
const OF_CATALOGUE = ['P08', 'N01'];
const ACCEPTED = {
  P07: 'it wants to run on the oldest Node that Node-RED has; ours is newer, for node:sqlite and zstd (docs/decisions.md)',
};

prepare();
const folder = mkdtempSync(join(tmpdir(), 'pulseflow-validate-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const pack = ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder];
const { stdout } = spawnSync('npm', pack, { cwd: root, encoding: 'utf8' });
run('tar', ['-xzf', join(folder, stdout.trim()), '-C', folder], 'The package could not be made.');

const reachable = await fetch(CATALOGUE).then(
  (answer) => answer.ok,
  () => false,
);
const card = join(folder, 'card.json');
const stub = reachable ? [] : ['--require', join(root, 'scripts/validate/emptyCatalogue.cjs')];
run(
  'npx',
  ['--yes', CHECKER, 'validate', '--path', join(folder, 'package'), '--output', card],
  `${CHECKER} could not be run; see above.`,
  { ...process.env, NODE_OPTIONS: [process.env.NODE_OPTIONS, ...stub].filter(Boolean).join(' ') },
);
if (!existsSync(card)) {
  say(`${CHECKER} has not come to its end: it needs the registry. See above.`);
  process.exit(1);
}

const results = Object.entries(JSON.parse(readFileSync(card, 'utf8'))).filter(([name]) => name !== 'package');
const failed = results.filter(([, { test }]) => !test).map(([name]) => name);
if (!reachable) say(`Not checked, for the catalogue cannot be reached from here: ${OF_CATALOGUE.join(', ')}.`);
for (const name of failed) say(`${name} ${name in ACCEPTED ? `accepted: ${ACCEPTED[name]}` : 'failed; see above'}.`);
say(`${results.length - failed.length} of ${results.length} checks passed.`);
process.exit(failed.every((name) => name in ACCEPTED) ? 0 : 1);
