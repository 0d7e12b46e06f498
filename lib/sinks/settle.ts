import { RecordError, StoreError, StoreUnavailableError } from '../core/errors';
import type { Destination } from './destination';
import type { Batch, Piece, Request } from './queue';
import { isRetriable } from './retry';
import type { Trial } from './trial';

/** Rows of requests that fail, for one reason. */
export interface Failure {
  readonly thrown: unknown;
  readonly requests: Request[];
  /** How often they were tried if that is why they fail; undefined if trying again cannot help. */
  readonly tries: number | undefined;
}

/** What a trial means for the requests of its batch. */
export interface Settled<Row> {
  readonly written: number;
  readonly refused: number;
  readonly failures: readonly Failure[];
  /** What has to be written again, in order. */
  readonly again: readonly Piece<Row>[];
  /** The most attempts of those, and what to say of them: the failure that asks for the longest pause. */
  readonly attempts: number;
  readonly reason: unknown;
}

export interface SettleOptions<Row> {
  /** How many times a row is tried again. */
  readonly retries: number;
  /** How often the server has answered so far. */
  readonly answers: number;
  /** The server has answered since it was last away for this batch: if it is away again, that may be the batch's doing. */
  readonly proven: boolean;
  readonly key: Destination<Row>['key'];
}

/** Answers the rows that are safe or refused, and sorts out the others. */
export function settle<Row>(batch: Batch<Row>, trial: Trial, options: SettleOptions<Row>): Settled<Row> {
  if (trial.results !== undefined) return new Sorting(batch, trial, trial.results, options).sort();
  for (const { request, from, to } of batch.pieces) request.finish(to - from);
  return { written: batch.rows.length, refused: 0, failures: [], again: [], attempts: 0, reason: undefined };
}

class Sorting<Row> {
  readonly #again: Piece<Row>[] = [];
  readonly #failures = new Map<unknown, Failure>();
  /** Of rows that are written again. */
  readonly #keys = new Set<string>();
  #written = 0;
  #refused = 0;
  #attempts = 0;
  #reason: unknown;

  constructor(
    private readonly batch: Batch<Row>,
    private readonly trial: Trial,
    private readonly results: readonly unknown[],
    private readonly options: SettleOptions<Row>,
  ) {}

  sort(): Settled<Row> {
    let index = 0;
    for (const piece of this.batch.pieces) {
      for (let at = piece.from; at < piece.to; at++, index++) this.#row(piece, at, this.results[index]);
    }
    return {
      written: this.#written,
      refused: this.#refused,
      failures: [...this.#failures.values()],
      again: this.#again,
      attempts: this.#attempts,
      reason: this.#reason,
    };
  }

  #row(piece: Piece<Row>, at: number, result: unknown): void {
    const { request } = piece;
    if (result === undefined && !this.#follows(piece, at)) {
      this.#written++;
      request.finish(1);
    } else if (result instanceof RecordError) {
      this.#refused++;
      request.results[piece.places?.[at] ?? at] = result;
      request.finish(1);
    } else if (result === undefined) {
      this.#putBack(piece, at, piece.attempts, undefined);
    } else if (!isRetriable(result)) {
      this.#fail(request, result, undefined);
    } else {
      const attempts = piece.attempts + (result === this.trial.away && !this.options.proven ? 0 : 1);
      if (attempts > this.options.retries) this.#fail(request, result, attempts);
      else this.#putBack(piece, at, attempts, result);
    }
  }

  /** True of a row that is safe, but would be undone when an earlier one with its key is written again. */
  #follows({ rows }: Piece<Row>, at: number): boolean {
    return this.#keys.size > 0 && this.#keys.has(this.options.key?.(rows[at] as Row) ?? '');
  }

  #putBack(piece: Piece<Row>, at: number, attempts: number, result: unknown): void {
    if (piece.request.settled) return;
    const { key, answers } = this.options;
    if (key !== undefined) this.#keys.add(key(piece.rows[at] as Row));
    this.#attempts = Math.max(this.#attempts, attempts);
    if (this.#reason === undefined || pauseOf(result) > pauseOf(this.#reason)) this.#reason = result;
    const awayAt = result instanceof StoreUnavailableError ? answers : undefined;
    const last = this.#again.at(-1);
    if (last?.rows === piece.rows && last.to === at && last.attempts === attempts && last.awayAt === awayAt) {
      this.#again[this.#again.length - 1] = { ...last, to: at + 1 };
    } else {
      this.#again.push({ ...piece, from: at, to: at + 1, attempts, awayAt, suspect: this.trial.failed });
    }
  }

  #fail(request: Request, thrown: unknown, tries: number | undefined): void {
    const known = this.#failures.get(thrown);
    if (known === undefined) this.#failures.set(thrown, { thrown, requests: [request], tries });
    else known.requests.push(request);
  }
}

function pauseOf(thrown: unknown): number {
  return thrown instanceof StoreError ? (thrown.retryAfter ?? 0) : 0;
}
