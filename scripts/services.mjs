// npm run services -- <names>, -- status, -- stop [names]: real servers on this machine, for a person to try.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { node, prepare, root } from './prepare.mjs';

const main = join(root, 'dist/test/services/support/main.js');
const args = process.argv.slice(2);
const starts = args.length > 0 && !['status', 'stop'].includes(args[0]);
if (starts || !existsSync(node) || !existsSync(main)) prepare();
const { status } = spawnSync(node, ['--enable-source-maps', main, ...args], { cwd: root, stdio: 'inherit' });
process.exit(status ?? 1);
