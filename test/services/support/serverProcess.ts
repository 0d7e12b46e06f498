import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SERVICE_FOLDER } from './processes';
import type { ProcessPlan } from './service';

const children = new Set<ChildProcess>();
process.on('exit', () => children.forEach((child) => child.kill('SIGKILL')));
/** Ends of this process that would not come to `exit` by themselves. */
const ENDS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** One process of a server, which writes what it says to `<name>.log` in the service's folder. */
export class ServerProcess {
  #child: ChildProcess | undefined;
  #ended: Promise<void> = Promise.resolve();

  /**
   * @param mayOutlive whether it may be let go, to go on after this process; until then it ends with this process
   */
  constructor(
    private readonly plan: ProcessPlan,
    private readonly folder: string,
    private readonly mayOutlive: boolean,
  ) {}

  get name(): string {
    return this.plan.name;
  }

  /** Names of those that have to answer before it starts. */
  get after(): readonly string[] {
    return this.plan.after ?? [];
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  get running(): boolean {
    return this.#child !== undefined;
  }

  start(): void {
    const [program = '', ...args] = this.plan.command;
    const log = openSync(this.#logFile, 'a');
    const child = spawn(program, args, {
      cwd: this.folder,
      stdio: ['ignore', log, log],
      detached: this.mayOutlive,
      env: { ...process.env, [SERVICE_FOLDER]: this.folder, ...this.plan.env },
    });
    closeSync(log);
    this.#child = child;
    for (const end of ENDS) if (!process.listeners(end).includes(exit)) process.on(end, exit);
    children.add(child);
    this.#ended = new Promise((done) => {
      const end = (): void => {
        children.delete(child);
        this.#child = undefined;
        done();
      };
      child.once('exit', end);
      child.once('error', end);
    });
  }

  /** Whether it answers by itself; `true` where that cannot be asked. */
  async answers(): Promise<boolean> {
    return (await this.plan.answers?.().catch(() => false)) ?? true;
  }

  /** Lets it go on after this process. */
  letGo(): void {
    if (this.#child === undefined) return;
    this.#child.unref();
    children.delete(this.#child);
  }

  /** Makes its later starts quicker. */
  async warm(): Promise<void> {
    if (this.pid !== undefined) await this.plan.warm?.(this.pid);
  }

  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  /** Ends it as a power cut does. */
  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.#ended;
  }

  /** The last lines it said. */
  lastWords(lines = 30): string {
    return readFileSync(this.#logFile, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
  }

  get #logFile(): string {
    return join(this.folder, `${this.plan.name}.log`);
  }
}

function exit(): never {
  process.exit(1);
}

/** Whether a process with this id runs, and has to do with this folder: ids are used again. */
export function runsIn(folder: string, pid: number): boolean {
  const file = `/proc/${pid}/cmdline`;
  if (existsSync('/proc/self')) return existsSync(file) && readFileSync(file, 'utf8').includes(folder);
  return spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout.includes(folder);
}
