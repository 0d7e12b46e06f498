import type { Rejection } from '../../lib/core/records';
import type { BatcherOptions, BatcherStatus } from '../../lib/sinks/batcher';

/** What the suite stores: `id` is the key (row key, document id), `text` the one value. */
export interface SuiteRecord {
  readonly id: string;
  readonly text: string;
}

/**
 * What a server does with a request:
 * - `rows`: looks at each row, see `RowVerdict`
 * - `unavailable`: says that it cannot serve now (HTTP 503), stores nothing
 * - `error`: answers with an error that may pass (HTTP 500), stores nothing
 * - `hang`: stores nothing and never answers; the sink's `timeout` has to end that
 * - `cut`: stores everything and cuts the connection before it answers
 */
export type RequestVerdict = 'rows' | 'unavailable' | 'error' | 'hang' | 'cut';

/**
 * What a server does with a row:
 * - `take`: stores it
 * - `refuse`: it is bad, and never stored (a mapping error; HTTP 400 of the request)
 * - `busy`: not now (HTTP 429 of the item; HTTP 503 of the request)
 * - `fail`: an error that might pass, though it never does (HTTP 500 for one region)
 *
 * A protocol that answers for the request as a whole (`answersRows: false`) answers it as its worst row deserves,
 * `refuse` before `fail` before `busy`, and stores nothing of it.
 */
export type RowVerdict = 'take' | 'refuse' | 'busy' | 'fail';

/** What the suite needs of a sink: `HBaseSink` fits as it is. */
export interface SuiteSink {
  /** One message's records. @returns those that were refused, once all others are safe @throws if the message failed */
  add(records: readonly SuiteRecord[]): Promise<Rejection[]>;
  status(): BatcherStatus;
  close(limit: number): Promise<void>;
}

/** How the suite has a sink batch; all of it but `timeout` goes to the `Batcher` as it is. */
export interface SuiteOptions extends Omit<BatcherOptions, 'name'> {
  /** After how many milliseconds a request without an answer is given up. */
  readonly timeout: number;
}

/** A server that speaks the protocol of a sink, and fails as it is told. Starts out taking everything. */
export interface SinkServer {
  /** Decides about each request from now on, by the ids of its records in their order. */
  onRequest: (ids: readonly string[]) => RequestVerdict;
  /** Decides about each row from now on, where `onRequest` says `rows`. */
  onRow: (id: string) => RowVerdict;
  /** The ids in each request that wrote something, in the order of arrival, whatever became of it. */
  readonly requests: readonly (readonly string[])[];
  /** Makes a sink on it: tables or indexes that it needs are there or made by the first write. */
  sink(options: SuiteOptions): SuiteSink;
  /** Everything that is stored, read from the server itself; a key that is stored twice is there twice. */
  stored(): Promise<readonly SuiteRecord[]>;
  /** Cuts all connections and stops listening: from now on connections are refused. */
  goAway(): Promise<void>;
  /** Listens again, at the same address, with what it had stored. */
  comeBack(): Promise<void>;
  /** Ends it and frees all that it took. Called also while it is away, and while requests hang. */
  stop(): Promise<void>;
}

/** What `sinkSuite` is given for each kind of sink. */
export interface SinkAdapter {
  /** True if a write is answered row by row (Elasticsearch's _bulk), false if only as a whole (HBase's REST gateway). */
  readonly answersRows: boolean;
  /**
   * False if the sink cannot tell from the answer that a row is bad, rather than the server in trouble: its message then
   * fails in place of being answered with a rejection. True by default.
   */
  readonly tellsBadRows?: boolean;
  /** Starts a server of its own for one test, with nothing stored. */
  start(): Promise<SinkServer>;
}
