// npm run bench [-- steps flow ledger batcher growth profile] [--write]: prints the tables of docs/performance.md, and writes them there.
import { join } from 'node:path';
import { node, prepare, root, run } from './prepare.mjs';

prepare();
const args = ['--expose-gc', '--enable-source-maps', join(root, 'dist/bench/main.js'), ...process.argv.slice(2)];
run(node, args, 'The benchmarks did not end; see above.');
