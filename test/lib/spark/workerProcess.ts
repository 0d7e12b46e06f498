import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Interface, createInterface } from 'node:readline';
import type { KafkaColumns } from '../../../lib/spark/kafkaRows';
import type { Rejected } from '../../../lib/spark/graph';
import type { WindowColumns } from '../../../lib/spark/windowRows';

/** What the worker answers with. */
export interface Answer {
  readonly to: Readonly<Record<string, KafkaColumns & WindowColumns>>;
  readonly rejected: readonly Rejected[];
  readonly error?: { readonly name: string; readonly message: string };
}

/** The bundled worker in a process of its own, as Spark's executors start it. */
export class WorkerProcess {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: Interface;
  readonly #answers: AsyncIterator<string>;
  #errors = '';

  /**
   * @param folder where it runs, far from anything that it could take for a dependency
   * @param plan a plan, or what stands in the file in its place
   */
  constructor(folder: string, plan: unknown, ...options: string[]) {
    const file = join(folder, 'plan.json');
    writeFileSync(file, typeof plan === 'string' ? plan : JSON.stringify(plan));
    const worker = join(folder, 'worker.js');
    copyFileSync(join(process.cwd(), 'dist', 'spark', 'worker.js'), worker);
    this.#child = spawn(process.execPath, [worker, '--plan', file, ...options], { cwd: folder });
    this.#child.stderr.on('data', (chunk: Buffer) => (this.#errors += chunk.toString()));
    this.#child.stdin.on('error', () => undefined);
    this.#lines = createInterface({ input: this.#child.stdout, crlfDelay: Infinity });
    this.#answers = this.#lines[Symbol.asyncIterator]();
  }

  /** Gives a line. @returns its answer */
  async ask(line: unknown): Promise<Answer> {
    this.write(`${typeof line === 'string' ? line : JSON.stringify(line)}\n`);
    return this.next();
  }

  /** Gives some bytes, which may be no whole line. */
  write(bytes: string | Uint8Array): void {
    this.#child.stdin.write(bytes);
  }

  async next(): Promise<Answer> {
    const { value, done } = (await this.#answers.next()) as IteratorResult<string, undefined>;
    if (done === true) throw new Error(`the worker has ended: ${this.#errors}`);
    return JSON.parse(value) as Answer;
  }

  /** Ends its input. @returns its exit code, and what it wrote to stderr */
  async end(): Promise<{ code: number | null; errors: string }> {
    const ended = once(this.#child, 'close') as Promise<[number | null]>;
    this.#child.stdin.end();
    const [code] = await ended;
    return { code, errors: this.#errors };
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }
}
