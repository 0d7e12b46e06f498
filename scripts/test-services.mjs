// npm run test:services [-- kafka ...] [--full]: runs the tests against real servers; all, if none is named.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { node, prepare, root, say } from './prepare.mjs';

prepare();
const tests = join(root, 'dist/test/services');
const known = readdirSync(tests).filter((name) => name !== 'support' && existsSync(join(root, 'test/services', name)));
const args = process.argv.slice(2);
const full = args.includes('--full');
const asked = args.filter((arg) => arg !== '--full');
const unknown = asked.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  say(`There are no tests of "${unknown.join(', ')}"; choose of ${known.join(', ')}.`);
  process.exit(1);
}
const names = asked.length > 0 ? asked : known;

say(`Fetching what is missing for ${names.join(', ')} …`);
const reasons = new Map();
for (const name of names) {
  const { status, stderr } = spawnSync(node, [join(tests, 'support/main.js'), 'fetch', name], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'pipe'],
    encoding: 'utf8',
  });
  if (status !== 0) reasons.set(name, stderr.trim());
}
const able = names.filter((name) => !reasons.has(name));
const failed = able.length > 0 && !test(able);
if (able.length === 0) for (const [name, reason] of reasons) say(`${name} could not be tested: ${reason}`);
if (reasons.size > 0) say('The tests of real servers need what is said above; npm test needs none of it.');
if (failed) say('There are failed tests; see above.');
process.exit(failed || reasons.size > 0 ? 1 : 0);

/** Runs the tests of these names and prints their counts; says whether all passed. */
function test(names) {
  say('Testing …');
  const { status } = spawnSync(
    node,
    [
      '--enable-source-maps',
      join(root, 'node_modules/mocha/bin/mocha.js'),
      '--no-config',
      ...['--reporter', 'scripts/services-reporter.cjs', '--timeout', '300000'],
      ...['--require', 'dist/test/support/rootHooks.js'],
      ...names.flatMap((name) => ['--spec', `dist/test/services/${name}/**/*.test.js`]),
    ],
    {
      cwd: root,
      stdio: 'inherit',
      env: {
        ...process.env,
        PATH: `${join(root, 'node_modules/.bin')}:${process.env.PATH}`,
        ...(full ? { PULSEFLOW_FULL: '1' } : {}),
        PULSEFLOW_UNTESTED: JSON.stringify([...reasons]),
      },
    },
  );
  return status === 0;
}
