// npm run bench [-- steps flow ledger profile]: prints the tables of docs/benchmarks.md; without a name, all but profile.
import { join } from 'node:path';
import { node, prepare, root, run } from './prepare.mjs';

prepare();
const args = ['--expose-gc', '--enable-source-maps', join(root, 'dist/bench/main.js'), ...process.argv.slice(2)];
run(node, args, 'The benchmarks did not end; see above.');
