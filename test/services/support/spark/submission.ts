import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import type { Writable } from 'node:stream';
import { endNow } from '../processes';

/** How a `spark-submit` has ended: its exit code, or the signal that ended it. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A `spark-submit` that was started, and with it, unless in cluster mode, the driver. */
export class Submission {
  /** Resolves once it and its output have ended. */
  readonly ended: Promise<Ended>;
  #output = '';
  #errors = '';

  constructor(private readonly child: ChildProcessWithoutNullStreams) {
    child.stdout.setEncoding('utf8').on('data', (text: string) => (this.#output += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (this.#errors += text));
    // One that ends without reading its input is judged by its exit code.
    child.stdin.on('error', () => undefined);
    this.ended = new Promise((done, fail) => {
      child.once('error', fail);
      child.once('close', (code, signal) => done({ code, signal }));
    });
    this.ended.catch(() => undefined);
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  get stdin(): Writable {
    return this.child.stdin;
  }

  /** What it has said so far: of a Python driver, standard output and errors. */
  get output(): string {
    return this.#output;
  }

  /** Standard error so far: Spark's log. */
  get errors(): string {
    return this.#errors;
  }

  /** Sends a signal to `spark-submit` itself, as a supervisor does. */
  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Ends it and its Python as a power cut does (SIGKILL). */
  async kill(): Promise<void> {
    if (this.pid !== undefined) endNow(-this.pid);
    await this.ended;
  }

  /**
   * Waits for its end.
   * @returns its output
   * @throws Error with all it said, if it does not end with 0
   */
  async succeeded(): Promise<string> {
    const { code, signal } = await this.ended;
    if (code !== 0)
      throw new Error(`spark-submit ended with ${code ?? signal ?? 'nothing'}:\n${this.#output}\n${this.#errors}`);
    return this.#output;
  }
}
