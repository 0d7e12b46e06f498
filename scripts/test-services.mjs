// npm run test:services [-- kafka ...] [--full]: runs the tests against real servers; all, if none is named.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { node, prepare, root, run, say } from './prepare.mjs';

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
run(
  node,
  [join(tests, 'support/main.js'), 'fetch', ...names],
  'The tests of real servers need what is said above; npm test needs none of it.',
);
say('Testing …');
run(
  node,
  [
    '--enable-source-maps',
    join(root, 'node_modules/mocha/bin/mocha.js'),
    '--no-config',
    ...['--reporter', 'scripts/reporter.cjs', '--timeout', '300000', '--require', 'dist/test/support/rootHooks.js'],
    ...names.flatMap((name) => ['--spec', `dist/test/services/${name}/**/*.test.js`]),
  ],
  'There are failed tests; see above.',
  {
    ...process.env,
    PATH: `${join(root, 'node_modules/.bin')}:${process.env.PATH}`,
    ...(full ? { PULSEFLOW_FULL: '1' } : {}),
  },
);
