// What `npm start` and `npm test` have in common: install what is missing, build what is stale. Runs on Node 20.19.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** The Node that the project installs for itself; Node-RED 5 needs a newer one than the machine may have. */
export const node = join(root, 'node_modules/node/bin/node');

const SOURCES = [
  'lib',
  'nodes',
  'icons',
  'test',
  'bench',
  'scripts/build',
  'scripts/build.mjs',
  'package.json',
  'tsconfig.json',
  'tsconfig.editor.json',
];

/** Installs and builds where needed; ends the process with a sentence if that fails. */
export function prepare() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19))
    fail(`Node ${process.versions.node} is too old: 20.19 or newer is needed.`);
  const installed = join(root, 'node_modules/.package-lock.json');
  if (!existsSync(node) || newest(['package-lock.json']) > timeOf(installed)) {
    say('Installing packages: a minute or two the first time …');
    run(
      'npm',
      ['ci', '--no-audit', '--no-fund', '--loglevel=error'],
      'The packages could not be installed; see above.',
    );
    utimesSync(installed, new Date(), new Date());
  }
  const built = join(root, 'dist/.built');
  if (newest(SOURCES) > timeOf(built)) {
    say('Building …');
    run(node, [join(root, 'scripts/build.mjs')], 'The build failed; see above.');
    writeFileSync(built, '');
  }
}

export function say(text) {
  console.log(`[pulseflow] ${text}`);
}

export function run(command, args, failure, env = process.env) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit', env });
  if (error !== undefined || status !== 0) fail(failure, status ?? 1);
}

function fail(text, code = 1) {
  console.error(`[pulseflow] ${text}`);
  process.exit(code);
}

function newest(names) {
  return Math.max(...names.map((name) => newestIn(join(root, name))));
}

function newestIn(path) {
  if (!existsSync(path)) return 0;
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newestIn(join(path, name))));
}

function timeOf(path) {
  return existsSync(path) ? statSync(path).mtimeMs : 0;
}
