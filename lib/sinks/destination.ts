import type { RecordError, StoreError } from '../core/errors';

/**
 * What became of one row of a write: undefined if it is safe, a RecordError if it is refused for good, a StoreError if
 * it may pass later (HTTP 429 or 503 of one item): that row alone is written again.
 */
export type RowResult = RecordError | StoreError | undefined;

/**
 * Where a `Batcher` writes. A write may be made again when its outcome is unknown, and a row may be written once more
 * after a later one, which then follows again: so it must be idempotent, the last write of a key the one that counts.
 */
export interface Destination<Row> {
  /**
   * Writes rows, in order. It has to end by itself: a server that hangs is a StoreUnavailableError after a timeout.
   * @returns undefined once all are safe; else an array as long as `rows`
   * @throws {StoreUnavailableError} if the server is away: held back and tried until it is there again; no message fails
   * @throws {StoreError} if it may pass: tried again a few times, then in halves, so that only the rows it is about fail
   * @throws {RecordError} if a row is bad and it is not known which: found by halving, and refused
   * @throws {SettingError} or anything with `retriable: false` if it is about no row: the messages of the batch fail
   * @throws anything else, such as a TypeError, is taken for a fault of one row, whose message fails
   */
  write(rows: readonly Row[]): Promise<undefined | readonly RowResult[]>;
  /** How many bytes a row is in a write, roughly; without it only rows are counted. */
  size?(row: Row): number;
  /** Rows with the same key are written in the order in which they came, whatever has to be written again. */
  key?(row: Row): string;
}
