import { PulseflowError, type RecordError, StoreError, messageOf } from '../core/errors';
import { type Clock, systemClock } from './clock';
import { type Batch, Request, RequestQueue, type Results } from './queue';
import { DEFAULT_RETRIES, type RetryPolicy, backoff, isRetriable } from './retry';

/** Where a sink's rows go. */
export interface Destination<Row> {
  /**
   * Writes rows, in order. Must be idempotent: a write whose outcome is unknown is made again.
   * @returns resolves once they are safe; to refuse some of them, an array as long as `rows` with a RecordError at the
   *   place of each refused row
   * @throws whatever made the whole batch fail; a StoreError (or anything with `retriable: true`) is tried again
   */
  write(rows: readonly Row[]): Promise<undefined | readonly (RecordError | undefined)[]>;
}

export interface BatcherOptions {
  /** What the destination is called in errors, such as `HBase table "posts"`. */
  readonly name: string;
  /** The most rows of one write. */
  readonly maxBatch: number;
  /** How long a row waits for others, in milliseconds. */
  readonly linger: number;
  /** The most rows held here; an `add` beyond it waits. Ten batches by default. */
  readonly capacity?: number;
  /** The most writes under way at once. One by default, which keeps rows in order. */
  readonly writers?: number;
  readonly retry?: RetryPolicy;
  readonly clock?: Clock;
  /** A number from 0 up to 1, for the jitter of retries. */
  readonly random?: () => number;
}

export interface BatcherStatus {
  /** Rows held here, those being written included. */
  readonly waiting: number;
  /** Rows whose `add` waits for room. */
  readonly blocked: number;
  readonly written: number;
  readonly refused: number;
  /** The destination's last complaint; undefined after a write that succeeded. */
  readonly lastError: string | undefined;
}

/**
 * The batching sink under every sink node: collects rows of many messages into batches, writes them in order, tries
 * again what may pass, and answers each message for its own rows.
 */
export class Batcher<Row> {
  readonly #queue = new RequestQueue<Row>();
  readonly #blocked: Request<Row>[] = [];
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #retry: RetryPolicy;
  readonly #capacity: number;
  readonly #writers: number;
  readonly #writing = new Set<Batch<Row>>();
  readonly #naps = new Set<() => void>();
  readonly #idle: (() => void)[] = [];
  #held = 0;
  #written = 0;
  #refused = 0;
  #lastError: string | undefined;
  #cancelLinger: (() => void) | undefined;
  #due = false;
  #closed = false;
  #abandoned = false;

  constructor(
    private readonly destination: Destination<Row>,
    private readonly options: BatcherOptions,
  ) {
    this.#clock = options.clock ?? systemClock;
    this.#random = options.random ?? Math.random;
    this.#retry = options.retry ?? DEFAULT_RETRIES;
    this.#capacity = options.capacity ?? options.maxBatch * 10;
    this.#writers = options.writers ?? 1;
  }

  /**
   * Hands rows over; waits while the buffer is full.
   * @returns resolves once each row is safe or refused, with one entry per row: undefined or why it was refused
   * @throws {PulseflowError} if they could not be written: some may have been, so write them again
   */
  add(rows: readonly Row[]): Promise<Results> {
    if (rows.length === 0) return Promise.resolve([]);
    if (this.#closed) return Promise.reject(this.#closedError());
    return new Promise((resolve, reject) => {
      const request = new Request(rows, resolve, reject);
      if (this.#blocked.length > 0 || !this.#hasRoom(request)) this.#blocked.push(request);
      else this.#admit(request);
      this.#pump();
    });
  }

  /** Writes what is held without waiting for more. @returns resolves once nothing is held any longer */
  flush(): Promise<void> {
    if (this.#held === 0 && this.#blocked.length === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#idle.push(resolve);
      this.#due = true;
      this.#pump();
    });
  }

  /**
   * Takes no more rows and writes what is held, for at most `limit` milliseconds; each `add` that is not answered by
   * then is rejected, so that its message is delivered again.
   */
  async close(limit: number): Promise<void> {
    this.#closed = true;
    const cancel = this.#clock.after(limit, () => this.#abandon());
    await this.flush();
    cancel();
    this.#cancelLinger?.();
  }

  status(): BatcherStatus {
    return {
      waiting: this.#held,
      blocked: this.#blocked.reduce((sum, request) => sum + request.rows.length, 0),
      written: this.#written,
      refused: this.#refused,
      lastError: this.#lastError,
    };
  }

  /** A request larger than the whole buffer gets in once the buffer is empty. */
  #hasRoom(request: Request<Row>): boolean {
    return this.#held === 0 || this.#held + request.rows.length <= this.#capacity;
  }

  #admit(request: Request<Row>): void {
    this.#held += request.rows.length;
    this.#queue.push(request);
  }

  #release(rows: number): void {
    this.#held -= rows;
    for (let next = this.#blocked[0]; next !== undefined && this.#hasRoom(next); next = this.#blocked[0]) {
      this.#blocked.shift();
      this.#admit(next);
    }
    if (this.#held === 0) for (const resolve of this.#idle.splice(0)) resolve();
  }

  #pump(): void {
    const { maxBatch, linger } = this.options;
    // Whoever waits in flush() wants what lies behind the buffer, too.
    if (this.#idle.length > 0) this.#due = true;
    while (
      this.#writing.size < this.#writers &&
      (this.#queue.rows >= maxBatch || (this.#due && this.#queue.rows > 0))
    ) {
      void this.#write(this.#queue.take(maxBatch));
    }
    if (this.#queue.rows === 0) {
      this.#due = false;
      this.#cancelLinger?.();
      this.#cancelLinger = undefined;
    } else if (!this.#due) {
      this.#cancelLinger ??= this.#clock.after(linger, () => {
        this.#cancelLinger = undefined;
        this.#due = true;
        this.#pump();
      });
    }
  }

  async #write(batch: Batch<Row>): Promise<void> {
    this.#writing.add(batch);
    try {
      this.#answer(batch, await this.#persist(batch.rows));
      this.#lastError = undefined;
    } catch (thrown) {
      this.#lastError = messageOf(thrown);
      for (const { request } of batch.stretches) request.fail(thrown);
    }
    this.#writing.delete(batch);
    if (this.#abandoned) return;
    this.#release(batch.rows.length + this.#queue.dropSettled());
    this.#pump();
  }

  /** Writes rows, again and again as the policy allows. */
  async #persist(rows: readonly Row[]): Promise<readonly (RecordError | undefined)[] | undefined> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.destination.write(rows);
      } catch (thrown) {
        this.#lastError = messageOf(thrown);
        if (!isRetriable(thrown)) throw this.#failure(rows.length, thrown);
        if (attempt > this.#retry.retries || this.#abandoned) throw this.#exhausted(rows.length, attempt, thrown);
        await this.#nap(backoff(attempt, this.#retry, this.#random));
      }
    }
  }

  #answer(batch: Batch<Row>, results: readonly (RecordError | undefined)[] | undefined): void {
    let refused = 0;
    let index = 0;
    for (const { request, from, count } of batch.stretches) {
      for (let offset = 0; results !== undefined && offset < count; offset++, index++) {
        const error = results[index];
        if (error === undefined) continue;
        request.results[from + offset] = error;
        refused++;
      }
      request.finish(count);
    }
    this.#refused += refused;
    this.#written += batch.rows.length - refused;
  }

  #nap(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        cancel();
        this.#naps.delete(wake);
        resolve();
      };
      const cancel = this.#clock.after(milliseconds, wake);
      this.#naps.add(wake);
    });
  }

  #abandon(): void {
    this.#abandoned = true;
    const error = this.#closedError();
    for (const batch of this.#writing) for (const { request } of batch.stretches) request.fail(error);
    for (const request of [...this.#queue.clear(), ...this.#blocked.splice(0)]) request.fail(error);
    for (const wake of this.#naps) wake();
    this.#release(this.#held);
  }

  #closedError(): StoreError {
    return new StoreError(`The flow was stopped before ${this.options.name} had taken these records.`, {
      remedy: 'They are delivered again when it starts.',
      ...(this.#lastError === undefined ? {} : { cause: this.#lastError }),
    });
  }

  #failure(rows: number, thrown: unknown): unknown {
    // Errors of our own already say what to do; anything else is told as what it is, a failed write.
    if (thrown instanceof PulseflowError) return thrown;
    return new StoreError(`${this.options.name} did not take ${count(rows)}: ${messageOf(thrown)}.`, { cause: thrown });
  }

  #exhausted(rows: number, attempts: number, thrown: unknown): StoreError {
    const tries = attempts === 1 ? 'one try' : `${attempts} tries`;
    return new StoreError(`${this.options.name} did not take ${count(rows)} in ${tries}: ${messageOf(thrown)}`, {
      remedy: 'Make sure that it runs and can be reached; the message is delivered again by its source.',
      cause: thrown,
    });
  }
}

function count(rows: number): string {
  return rows === 1 ? 'a record' : `${rows} records`;
}
