import type { RecordError } from '../core/errors';

/** What became of each row, in the order of the rows: undefined where it is safe. */
export type Results = (RecordError | undefined)[];

/** The rows of one `add`, until each of them is safe or refused. */
export class Request<Row> {
  readonly results: Results;
  /** How many rows were handed to a write; the rest still waits. */
  taken = 0;
  #open: number;
  #settled = false;

  constructor(
    readonly rows: readonly Row[],
    private readonly resolve: (results: Results) => void,
    private readonly reject: (reason: unknown) => void,
  ) {
    this.#open = rows.length;
    this.results = new Array<undefined>(rows.length).fill(undefined);
  }

  /** True once it was resolved or rejected: what is left of it need not be written. */
  get settled(): boolean {
    return this.#settled;
  }

  /** Counts `count` more rows as safe or refused; the last of them resolves the request. */
  finish(count: number): void {
    this.#open -= count;
    if (this.#open > 0 || this.#settled) return;
    this.#settled = true;
    this.resolve(this.results);
  }

  fail(reason: unknown): void {
    if (this.#settled) return;
    this.#settled = true;
    this.reject(reason);
  }
}

/** A stretch of one request's rows inside a batch. */
interface Stretch<Row> {
  readonly request: Request<Row>;
  readonly from: number;
  readonly count: number;
}

/** The rows of one write, and whose they are. */
export interface Batch<Row> {
  readonly rows: readonly Row[];
  readonly stretches: readonly Stretch<Row>[];
}

/** Requests in order of arrival, taken out as batches that ignore where one request ends and the next begins. */
export class RequestQueue<Row> {
  #requests: Request<Row>[] = [];
  #rows = 0;

  /** How many rows wait to be taken. */
  get rows(): number {
    return this.#rows;
  }

  push(request: Request<Row>): void {
    this.#requests.push(request);
    this.#rows += request.rows.length;
  }

  /** Takes up to `limit` rows out, in order. */
  take(limit: number): Batch<Row> {
    const rows: Row[] = [];
    const stretches: Stretch<Row>[] = [];
    let done = 0;
    for (const request of this.#requests) {
      const count = Math.min(limit - rows.length, request.rows.length - request.taken);
      const from = request.taken;
      for (let index = from; index < from + count; index++) rows.push(request.rows[index] as Row);
      stretches.push({ request, from, count });
      request.taken += count;
      if (request.taken < request.rows.length) break;
      done++;
      if (rows.length === limit) break;
    }
    this.#requests.splice(0, done);
    this.#rows -= rows.length;
    return { rows, stretches };
  }

  /** Takes out what is left of requests that have failed. @returns how many rows that were */
  dropSettled(): number {
    const before = this.#rows;
    this.#requests = this.#requests.filter((request) => !request.settled);
    this.#rows = this.#requests.reduce((sum, request) => sum + request.rows.length - request.taken, 0);
    return before - this.#rows;
  }

  /** Takes all requests out. */
  clear(): Request<Row>[] {
    this.#rows = 0;
    return this.#requests.splice(0);
  }
}
