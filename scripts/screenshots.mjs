// npm run screenshots: makes the pictures of docs/images from the running product; takes about four minutes.
import { join } from 'node:path';
import { node, prepare, root, run } from './prepare.mjs';

prepare();
run(
  node,
  ['--enable-source-maps', join(root, 'dist/test/screenshots/main.js'), ...process.argv.slice(2)],
  'Not all pictures were made; see above.',
);
