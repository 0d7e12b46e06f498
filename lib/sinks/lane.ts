import type { Circuit } from './circuit';
import type { Clock } from './clock';
import type { Destination } from './destination';
import { type Batch, type Piece, type Request, RowQueue } from './queue';
import { type RetryPolicy, pauseAfter } from './retry';
import { type Settled, settle } from './settle';
import { tryWrite } from './trial';

/** What the lanes of a batcher have in common. */
export interface LaneOwner<Row> {
  readonly destination: Destination<Row>;
  readonly maxBatch: number;
  readonly most: number;
  readonly maxBytes: number;
  readonly linger: number;
  readonly retry: RetryPolicy;
  readonly clock: Clock;
  readonly random: () => number;
  readonly circuit: Circuit;
  /** True while somebody waits for all that is held: nothing lingers. */
  readonly draining: boolean;
  /** How often the server has answered. */
  answers: number;
  /** Told what became of a batch, once what has to be written again is back in its lane. */
  settled(batch: Batch<Row>, settled: Settled<Row>): void;
}

/** The try of a batch at which its failure is looked into row by row: what passes by itself mostly has by then. */
const DIVIDE_AT = 3;

/** Rows on their way to the destination, in order as long as one write is under way at a time. */
export class Lane<Row> {
  readonly #queue = new RowQueue<Row>();
  readonly #writing = new Set<Batch<Row>>();
  #cancelLinger: (() => void) | undefined;
  #cancelPause: (() => void) | undefined;
  #due = false;
  #abandoned = false;

  /** @param writers the most writes under way at once */
  constructor(
    private readonly owner: LaneOwner<Row>,
    private readonly writers: number,
  ) {}

  get rows(): number {
    return this.#queue.rows;
  }

  push(piece: Piece<Row>): void {
    this.#queue.push(piece);
  }

  /** A row to probe the server with: the `index`-th of those that come next, over and over. */
  sample(index: number): Row | undefined {
    return this.#queue.peek(index % Math.min(this.#queue.rows, this.owner.maxBatch));
  }

  /** Writes what is due. */
  pump(): void {
    const { most, maxBytes, linger, circuit, clock } = this.owner;
    if (this.owner.draining) this.#due = true;
    while (
      this.#ready() &&
      this.#writing.size < this.writers &&
      this.#cancelPause === undefined &&
      circuit.closed &&
      !this.#abandoned
    ) {
      void this.#write(this.#queue.take(most, maxBytes));
    }
    if (this.#queue.rows === 0) {
      this.#due = false;
      this.#cancelLinger?.();
      this.#cancelLinger = undefined;
    } else if (!this.#due && !this.#queue.again) {
      this.#cancelLinger ??= clock.after(linger, () => {
        this.#cancelLinger = undefined;
        this.#due = true;
        this.pump();
      });
    }
  }

  /** Drops what is left of requests that have failed. @returns the rows and bytes that were dropped */
  dropSettled(): { readonly rows: number; readonly bytes: number } {
    return this.#queue.dropSettled();
  }

  /** Ends at once. @returns the requests it had not finished */
  abandon(): Set<Request> {
    this.#abandoned = true;
    this.#cancelLinger?.();
    this.#cancelPause?.();
    const requests = this.#queue.requests();
    for (const { pieces } of this.#writing) for (const { request } of pieces) requests.add(request);
    return requests;
  }

  #ready(): boolean {
    const { rows, bytes, again } = this.#queue;
    const { maxBatch, maxBytes } = this.owner;
    return rows > 0 && (this.#due || again || rows >= maxBatch || bytes >= maxBytes);
  }

  async #write(batch: Batch<Row>): Promise<void> {
    const { owner } = this;
    const { retries } = owner.retry;
    const [first] = batch.pieces;
    const tries = 1 + batch.pieces.reduce((most, { attempts }) => Math.max(most, attempts), 0);
    const proven = first?.awayAt !== undefined && owner.answers > first.awayAt;
    this.#writing.add(batch);
    const trial = await tryWrite(owner.destination, batch.rows, {
      divide: tries === DIVIDE_AT || tries > retries,
      blame: proven && tries >= DIVIDE_AT,
      single: batch.pieces.every(({ attempts, suspect }) => attempts > 0 && !suspect),
    });
    this.#writing.delete(batch);
    if (this.#abandoned) return;
    const { results, away } = trial;
    if (away === undefined || results?.some((each) => each !== away) === true) {
      owner.answers++;
      owner.circuit.succeeded();
    }
    const { answers, destination } = owner;
    const settled = settle(batch, trial, { retries, proven, answers, key: destination.key?.bind(destination) });
    this.#queue.putBack(settled.again);
    if (away !== undefined) this.#rest(owner.circuit.failed(away));
    else if (settled.again.length > 0)
      this.#rest(pauseAfter(settled.reason, settled.attempts, owner.retry, owner.random));
    owner.settled(batch, settled);
  }

  #rest(milliseconds: number): void {
    // An open circuit says itself when it goes on.
    if (milliseconds === 0 || !this.owner.circuit.closed) return;
    this.#cancelPause ??= this.owner.clock.after(milliseconds, () => {
      this.#cancelPause = undefined;
      this.pump();
    });
  }
}
