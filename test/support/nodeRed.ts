import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { temporaryFolder } from './store';

const ROOT = resolve(__dirname, '../../..');
const PATIENCE = 30_000;

/** A Node-RED of a process of its own, with the built package installed as a user would. */
export interface NodeRed {
  readonly url: string;
  /** Its process. */
  readonly pid: number;
  /** The user directory. */
  readonly home: string;
  /** Stops its process where it stands (SIGSTOP), or lets it go on (SIGCONT). */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void;
  /** Everything it has said so far. */
  log(): string;
  /** Ends it as Ctrl-C does, and waits for that. */
  stop(signal?: NodeJS.Signals): Promise<void>;
  /** Ends it as a power cut does. */
  kill(): Promise<void>;
}

interface Options {
  /** Left out, the flows that `home` already holds are run. */
  readonly flows?: readonly unknown[];
  /** A user directory to go on with; left out, one that goes when Node-RED ends. */
  readonly home?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** A settings file in place of that of `npm start`. */
  readonly settings?: string;
  /** The package of Node-RED to run, by its folder under `node_modules`; `node-red`, if left out. */
  readonly program?: string;
  /** Nothing is put into the user directory; otherwise the built package is, by a link. */
  readonly asItIs?: true;
}

const running = new Set<ChildProcess>();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));

/** Starts Node-RED, and resolves once its flows have started. */
export async function startNodeRed(options: Options): Promise<NodeRed> {
  const folder = options.home === undefined ? temporaryFolder() : undefined;
  const home = options.home ?? folder?.path ?? '';
  if (options.asItIs !== true) install(home);
  if (options.flows !== undefined) writeFileSync(join(home, 'flows.json'), JSON.stringify(options.flows));

  const port = await freePort();
  const child = spawn(
    join(ROOT, 'node_modules/node/bin/node'),
    [
      join(ROOT, 'node_modules', options.program ?? 'node-red', 'red.js'),
      ...[
        '--settings',
        options.settings ?? join(ROOT, 'scripts/settings.cjs'),
        '--userDir',
        home,
        '--port',
        String(port),
      ],
    ],
    { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...options.env } },
  );
  running.add(child);
  let said = '';
  const ended = new Promise<void>((done) => child.once('close', () => done()));
  const started = new Promise<void>((done, fail) => {
    const hear = (chunk: Buffer): void => {
      said += chunk.toString();
      if (said.includes('Started flows')) done();
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    void ended.then(() => fail(new Error(`Node-RED ended before its flows started:\n${said}`)));
    setTimeout(
      () => fail(new Error(`Node-RED has not started its flows in ${PATIENCE} ms:\n${said}`)),
      PATIENCE,
    ).unref();
  });

  const stop = async (signal: NodeJS.Signals = 'SIGTERM'): Promise<void> => {
    child.kill(signal);
    await ended;
    running.delete(child);
    folder?.remove();
  };
  try {
    await started;
  } catch (error) {
    await stop('SIGKILL');
    throw error;
  }
  return {
    url: `http://127.0.0.1:${port}`,
    home,
    pid: child.pid ?? 0,
    signal: (signal) => child.kill(signal),
    log: () => said,
    stop,
    kill: () => stop('SIGKILL'),
  };
}

function install(home: string): void {
  const link = join(home, 'node_modules/@pulseflow/node-red-pulseflow');
  mkdirSync(dirname(link), { recursive: true });
  if (!existsSync(link)) symlinkSync(ROOT, link, 'junction');
}

/** A port that nobody listens on just now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}
