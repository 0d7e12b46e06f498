import type { RecordError } from '../core/errors';

/** What became of each row, in the order of the rows: undefined where it is safe. */
export type Results = (RecordError | undefined)[];

/** The rows of one `add`, until each of them is safe or refused. */
export class Request {
  readonly results: Results;
  #open: number;
  #settled = false;

  constructor(
    readonly rows: number,
    /** What they weigh together; 0 if nobody weighs them. */
    readonly bytes: number,
    private readonly resolve: (results: Results) => void,
    private readonly reject: (reason: unknown) => void,
  ) {
    this.#open = rows;
    this.results = new Array<undefined>(rows).fill(undefined);
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

/** Rows of a request, from `from` up to but without `to`, that wait or are being written. */
export interface Piece<Row> {
  readonly request: Request;
  readonly rows: readonly Row[];
  /** What each of `rows` weighs; undefined if nobody weighs them. */
  readonly sizes: readonly number[] | undefined;
  /** Where each of `rows` is in the request; undefined if that is its place in `rows`. */
  readonly places: readonly number[] | undefined;
  readonly from: number;
  readonly to: number;
  /** How often they were tried in vain, as far as it may have been their fault. */
  readonly attempts: number;
  /** Their batch failed as a whole: they are written apart from rows that had no part in it. */
  readonly suspect: boolean;
  /** How often the server had answered when it was last away for them; undefined if it never was. */
  readonly awayAt: number | undefined;
}

/** The rows of one write, and whose they are. */
export interface Batch<Row> {
  readonly rows: readonly Row[];
  readonly pieces: readonly Piece<Row>[];
}

/** Pieces in order, taken out as batches that ignore where one request ends and the next begins. */
export class RowQueue<Row> {
  #pieces: Piece<Row>[] = [];
  #rows = 0;
  #bytes = 0;

  /** How many rows wait to be taken. */
  get rows(): number {
    return this.#rows;
  }

  /** What they weigh. */
  get bytes(): number {
    return this.#bytes;
  }

  /** True if what comes next was tried before. */
  get again(): boolean {
    const first = this.#pieces[0];
    return first !== undefined && (first.attempts > 0 || first.suspect);
  }

  push(piece: Piece<Row>): void {
    this.#pieces.push(piece);
    this.#count(piece, 1);
  }

  /** Puts pieces before all others, in their order. */
  putBack(pieces: readonly Piece<Row>[]): void {
    this.#pieces = [...pieces, ...this.#pieces];
    for (const piece of pieces) this.#count(piece, 1);
  }

  /** The row `index` places from the front. */
  peek(index: number): Row | undefined {
    let left = index;
    for (const { rows, from, to } of this.#pieces) {
      if (left < to - from) return rows[from + left];
      left -= to - from;
    }
    return undefined;
  }

  /** Takes rows out, in order: at most so many rows and bytes, but one row whatever its size. */
  take(maxRows: number, maxBytes: number): Batch<Row> {
    const pieces: Piece<Row>[] = [];
    let rows = 0;
    let bytes = 0;
    let done = 0;
    for (const piece of this.#pieces) {
      if (rows > 0 && piece.suspect !== pieces[0]?.suspect) break;
      const { from, sizes } = piece;
      let to = Math.min(piece.to, from + maxRows - rows);
      if (sizes !== undefined) {
        let next = from;
        for (; next < to; next++) {
          const size = sizes[next] ?? 0;
          if (bytes + size > maxBytes && rows + next > from) break;
          bytes += size;
        }
        to = next;
      }
      if (to === from) break;
      rows += to - from;
      if (to < piece.to) {
        pieces.push({ ...piece, to });
        this.#pieces[done] = { ...piece, from: to };
        break;
      }
      pieces.push(piece);
      done++;
      if (rows === maxRows) break;
    }
    this.#pieces.splice(0, done);
    this.#rows -= rows;
    this.#bytes -= bytes;
    return { rows: rowsOf(pieces, rows), pieces };
  }

  /** Takes out what is left of requests that have failed. @returns the rows and bytes that were dropped */
  dropSettled(): { readonly rows: number; readonly bytes: number } {
    const before = { rows: this.#rows, bytes: this.#bytes };
    for (const piece of this.#pieces) if (piece.request.settled) this.#count(piece, -1);
    this.#pieces = this.#pieces.filter(({ request }) => !request.settled);
    return { rows: before.rows - this.#rows, bytes: before.bytes - this.#bytes };
  }

  /** The requests that have rows here. */
  requests(): Set<Request> {
    return new Set(this.#pieces.map(({ request }) => request));
  }

  #count(piece: Piece<Row>, sign: 1 | -1): void {
    this.#rows += sign * (piece.to - piece.from);
    this.#bytes += sign * bytesOf(piece);
  }
}

/** What the rows of a piece weigh. */
export function bytesOf({ sizes, from, to }: Pick<Piece<unknown>, 'sizes' | 'from' | 'to'>): number {
  let bytes = 0;
  if (sizes !== undefined) for (let index = from; index < to; index++) bytes += sizes[index] ?? 0;
  return bytes;
}

function rowsOf<Row>(pieces: readonly Piece<Row>[], count: number): readonly Row[] {
  const [first] = pieces;
  if (first !== undefined && first.to - first.from === count) {
    return count === first.rows.length ? first.rows : first.rows.slice(first.from, first.to);
  }
  const rows = new Array<Row>(count);
  let next = 0;
  for (const piece of pieces)
    for (let index = piece.from; index < piece.to; index++) rows[next++] = piece.rows[index] as Row;
  return rows;
}
