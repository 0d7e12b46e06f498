import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { FlowNode } from '../../../lib/spark/flow';
import type { Plan } from '../../../lib/spark/plan';
import { compiled } from '../../lib/spark/flows';
import { temporaryFolder } from '../../support/store';
import { ROOT } from '../support/home';
import type { SparkClient } from '../support/spark/client';
import type { Submission } from '../support/spark/submission';

/** What the application says of a micro-batch, as far as the tests look at it. */
export interface Progress {
  readonly query: string;
  readonly batchId: number;
  readonly numInputRows: number;
  readonly watermark: string | null;
  readonly stateRows: number;
  readonly lateRows: number;
  readonly written: number;
  readonly ended: number;
  readonly offsets: Readonly<Record<string, Readonly<Record<string, number>>>> | null;
}

/** What the application says has happened. */
export interface JobEvent {
  readonly event: string;
  readonly pid?: number;
  readonly message?: string;
  readonly reason?: string;
  readonly node?: string;
  readonly count?: number;
}

/** A cold start and a first batch, on a machine that has other things to do. */
const PATIENCE = 180_000;

/** The plan of a flow whose cluster node is `c`, from `in` to all of its kafka-outs. */
export function planOf(brokers: readonly string[], nodes: readonly FlowNode[]): Plan {
  const cluster = { id: 'c', type: 'kafka-cluster', mode: 'kafka', brokers: brokers.join(',') };
  const sinks = nodes.filter(({ type }) => type === 'kafka-out').map(({ id }) => id);
  return compiled([cluster, ...nodes], { sinks }).plan;
}

/** A job of Spark's: the application with a plan and a checkpoint, which is started, ended and started again. */
export class SparkJob {
  readonly #folder = temporaryFolder();
  #submission: Submission | undefined;
  #read = 0;
  #rest = '';
  #progress: Progress[] = [];
  #events: JobEvent[] = [];

  constructor(
    private readonly client: SparkClient,
    plan: Plan,
  ) {
    writeFileSync(join(this.#folder.path, 'plan.json'), JSON.stringify(plan));
  }

  /** Where the checkpoint is. */
  get checkpoint(): string {
    return join(this.#folder.path, 'checkpoint');
  }

  start(...args: readonly string[]): void {
    this.#read = 0;
    this.#rest = '';
    this.#progress = [];
    this.#events = [];
    this.#submission = this.client.submit([
      ...['--driver-memory', '768m', '--conf', 'spark.ui.enabled=false', '--jars', this.client.kafkaJars.join(',')],
      // What runs for a minute is done before it is worth compiling well: half the processor's time.
      ...['--driver-java-options', '-XX:TieredStopAtLevel=1 -XX:+UseSerialGC'],
      ...[join(ROOT, 'spark', 'pulseflow.py'), '--plan', join(this.#folder.path, 'plan.json')],
      ...['--worker', join(ROOT, 'dist', 'spark', 'worker.js'), '--checkpoint', this.checkpoint],
      ...['--node', process.execPath, ...args],
    ]);
  }

  /** What it said of the micro-batches since the last start. */
  get progress(): readonly Progress[] {
    this.#readOn();
    return this.#progress;
  }

  get events(): readonly JobEvent[] {
    this.#readOn();
    return this.#events;
  }

  /**
   * Waits for something that the job says.
   * @throws Error with what it has said last, if that does not come
   */
  async until(reached: () => boolean, what: string): Promise<void> {
    const end = Date.now() + PATIENCE;
    const ended = this.#running.ended.then(({ code, signal }) => code ?? signal);
    while (!reached()) {
      const gone = await Promise.race([ended, pause(100)]);
      if (gone !== undefined && !reached()) throw new Error(`the job ended (${gone}) before ${what}:\n${this.#said()}`);
      if (Date.now() > end) throw new Error(`waited in vain for ${what}:\n${this.#said()}`);
    }
  }

  /** Waits until it ends by itself. @returns its exit code */
  async ended(): Promise<number | null> {
    return (await this.#running.ended).code;
  }

  /** Asks the driver to end, as the node does. @returns its exit code */
  async stop(): Promise<number | null> {
    const pid = this.events.find(({ event }) => event === 'started')?.pid;
    if (pid === undefined) throw new Error(`the job has not started:\n${this.#said()}`);
    process.kill(pid, 'SIGTERM');
    return this.ended();
  }

  /** Ends it as a power cut does. */
  async kill(): Promise<void> {
    await this.#running.kill();
  }

  async dispose(): Promise<void> {
    await this.#submission?.kill();
    this.#folder.remove();
  }

  get #running(): Submission {
    if (this.#submission === undefined) throw new Error('The job was not started.');
    return this.#submission;
  }

  #readOn(): void {
    const { output } = this.#running;
    const lines = (this.#rest + output.slice(this.#read)).split('\n');
    this.#read = output.length;
    this.#rest = lines.pop() ?? '';
    for (const line of lines) {
      const [, kind, content = ''] = /^pulseflow-(progress|event) (.*)$/.exec(line) ?? [];
      if (kind === 'progress') this.#progress.push(JSON.parse(content) as Progress);
      if (kind === 'event') this.#events.push(JSON.parse(content) as JobEvent);
    }
  }

  #said(): string {
    return `${this.#running.output}\n${this.#running.errors}`.slice(-4_000);
  }
}
