// npm run soak -- [minutes]: the flow of npm start at half its top rate; memory, lag and counts at the end.
import { join } from 'node:path';
import { node, prepare, root, run } from './prepare.mjs';

prepare();
run(node, [join(root, 'dist/test/soak/soak.js'), ...process.argv.slice(2)], 'The soak found something; see above.');
