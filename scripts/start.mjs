// npm start: Node-RED 5 with the flows of flows/ on the embedded default.
import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, lstatSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { node, prepare, root, say } from './prepare.mjs';

prepare();

const port = process.env.PORT ?? '1880';
const home = resolve(process.env.PULSEFLOW_HOME ?? join(root, '.pulseflow'));

mkdirSync(home, { recursive: true });
link(join(home, 'node_modules/@pulseflow/node-red-pulseflow'), root);
if (!existsSync(join(home, 'flows.json'))) copyFileSync(join(root, 'flows/flows.json'), join(home, 'flows.json'));

say(`Starting Node-RED; its user directory is ${home}`);
const child = spawn(
  node,
  [
    join(root, 'node_modules/node-red/red.js'),
    '--settings',
    join(root, 'scripts/settings.cjs'),
    '--userDir',
    home,
    '--port',
    port,
  ],
  {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  },
);

let started = false;
child.stdout.on('data', (chunk) => {
  process.stdout.write(chunk);
  if (started || !String(chunk).includes('Started flows')) return;
  started = true;
  say(`Started. Editor: http://127.0.0.1:${port}/   Dashboard: http://127.0.0.1:${port}/ui`);
  say(`The same on Dashboard 2.0: http://127.0.0.1:${port}/dashboard`);
  say('Ctrl-C ends it; the next start goes on where this one stopped.');
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(code ?? (signal === null ? 0 : 1)));

function link(path, target) {
  mkdirSync(dirname(path), { recursive: true });
  if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) rmSync(path, { recursive: true });
  symlinkSync(target, path, 'junction');
}
