// npm test: installs, builds, lints, and runs every test that needs no JVM.
import { join } from 'node:path';
import { node, prepare, root, run, say } from './prepare.mjs';

prepare();
const bin = (path) => join(root, 'node_modules', path);
say('Linting …');
run(node, [bin('eslint/bin/eslint.js'), '.'], 'There are lint errors; see above.');
run(
  node,
  [bin('prettier/bin/prettier.cjs'), '--check', '--log-level', 'warn', '.'],
  'Some files are not formatted: npm run format mends them.',
);
say('Testing …');
run(
  node,
  ['--enable-source-maps', bin('mocha/bin/mocha.js'), ...process.argv.slice(2)],
  'There are failed tests; see above.',
  {
    ...process.env,
    PATH: `${join(root, 'node_modules/.bin')}:${process.env.PATH}`,
  },
);
