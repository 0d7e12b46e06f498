import type { RecordError } from '../core/errors';
import type { Contributor } from '../delivery/participant';

/** A key or value as it lies in a log: text, bytes, or nothing (a tombstone). */
export type Datum = string | Uint8Array | null;

/** Header names with their values. */
export type Headers = Readonly<Record<string, string>>;

/** A record on its way into a log. */
export interface NewRecord {
  readonly key: Datum;
  readonly value: Datum;
  readonly headers?: Headers;
  /** Milliseconds since the epoch; the time of appending if left out. */
  readonly timestamp?: number;
  /** Chosen by the key, as Kafka's default partitioner does, if left out. */
  readonly partition?: number;
}

/** A record as it was read. */
export interface LogRecord {
  readonly offset: number;
  readonly key: Datum;
  readonly value: Datum;
  readonly headers: Headers;
  readonly timestamp: number;
}

/** Consecutive records of one partition; there may be gaps between offsets, as in Kafka. */
export interface LogBatch {
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly LogRecord[];
  /** The offset to go on at, where something without a record follows the last one (the end of a transaction, say). */
  readonly next?: number;
}

/** A partition that a consumer has been given. */
export interface Assignment {
  readonly topic: string;
  readonly partition: number;
  /** The name of its position, stable over restarts. */
  readonly name: string;
  /** See `LaneOptions.epoch`. */
  readonly epoch?: string;
  /** Stores where the group goes on: the offset after the last finished record. Called inside the commit. */
  save(next: number): void;
  /** That commit is done. */
  committed?(next: number): void;
  /** Whether the position may move just now; not while the partition may be given to another member. */
  mayCommit?(): boolean;
}

/** How a consumer stands with the servers of its log. */
export type ConsumerState =
  | { readonly kind: 'joining' | 'joined' | 'rebalancing' | 'closed' }
  /** None of the topics it reads is there yet. */
  | { readonly kind: 'waiting'; readonly topics: string }
  /** It begins again by itself. */
  | { readonly kind: 'failed'; readonly reason: string };

/** What a consumer knows of a partition beyond what the flow does. */
export interface PartitionReport {
  readonly topic: string;
  readonly partition: number;
  /** How many records lie behind those that are committed. */
  readonly lag: number;
  /** Fetched, and not yet given to the flow. */
  readonly waiting: number;
  /** Why nothing is fetched for now. */
  readonly paused?: 'full' | 'rebalancing';
}

export interface ConsumerReport {
  readonly state: ConsumerState;
  readonly partitions: readonly PartitionReport[];
}

/** What a consumer tells the node that reads. */
export interface ConsumerEvents {
  assigned(assignment: Assignment): void;
  /** Called before another member may be given the partition. */
  revoked(assignment: Assignment): void;
  /** How many more records of the partition the flow has room for; resolves once there is room, 0 ends the reading. */
  room(assignment: Assignment): Promise<number>;
  /** Hands over records, in order. */
  batch(assignment: Assignment, batch: LogBatch): void;
  /** The partition has been read to its end, for now. */
  atEnd(assignment: Assignment, atEnd: boolean): void;
  /** What is finished shall be committed now. */
  commit?(): void;
  /** How it stands has changed, or what it would report. */
  changed?(): void;
  error(error: Error): void;
  /** What a person should know of, without anything having gone wrong here (positions that somebody else has moved). */
  notice?(words: string): void;
}

/** The oldest record, what comes from now on, or the first record of that time (ms since the epoch) or a later one. */
export type Beginning = 'earliest' | 'latest' | { readonly time: number };

export interface ConsumerOptions {
  /** Names, or patterns between slashes. */
  readonly topics: readonly string[];
  readonly group: string;
  /** Where a group begins that has no position yet, or one at which there is nothing any more. */
  readonly from: Beginning;
  readonly maxBatch: number;
  /** Each batch is one message, whose end is its position. */
  readonly batch?: boolean;
}

export interface Consumer {
  /** Nothing, where there is nothing to tell beyond what the flow itself knows. */
  report?(): ConsumerReport;
  close(): Promise<void>;
}

/** How records are written, where servers are asked to. */
export interface WriterOptions {
  /** The node that writes: a part of the identity of what it writes. */
  readonly node: string;
  readonly acks: 'all' | 'leader' | 'none';
  readonly compression: 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd';
  /** How long a record waits for others, in ms. */
  readonly linger: number;
  readonly maxBatch: number;
  /** Records are a part of their message's commit, and are written in a transaction together with its source's offset. */
  readonly transactions?: boolean;
  /** A record that was taken can never be written after all; only with transactions. */
  refused?(record: RefusedRecord, error: RecordError): void;
  /** Writing what was taken has failed, and is tried again; only with transactions. */
  failed?(error: Error): void;
}

/** What a writer had taken and cannot write. */
export interface RefusedRecord extends NewRecord {
  readonly topic: string;
}

/** What became of each record: undefined where it is safe, or why it can never be written. */
export type Written = readonly (RecordError | undefined)[];

/** Writes to a log's servers in batches. */
export interface RecordWriter {
  /**
   * Waits while the buffer is full, then until the records are acknowledged.
   * @throws {StoreError} if they could not be written: some may have been, so write them again
   */
  append(topic: string, records: readonly NewRecord[], contributor: Contributor): Promise<Written>;
  /** Takes no more, and writes what it has for a few seconds. */
  close(): Promise<void>;
}

/** One interface over Kafka and the embedded log. */
export interface TopicLog {
  /** For the names of positions: two logs never share one. */
  readonly name: string;
  /**
   * Appends records to a topic, which is made if it is missing.
   * @returns see `Contributor.contribute`: undefined where the records are part of the message's commit
   * @throws {RecordError} if a record cannot be kept (a partition that does not exist)
   */
  append(topic: string, records: readonly NewRecord[], contributor: Contributor): Promise<void> | undefined;
  /** For whoever writes much: a buffer of its own. Not there where appending is a part of the message's commit. */
  writer?(options: WriterOptions): RecordWriter;
  consume(options: ConsumerOptions, events: ConsumerEvents): Consumer;
  /** The names of its topics, in order. */
  topicNames?(): Promise<string[]>;
  /** The names of the groups that have read from it, in order. */
  groupNames?(): Promise<string[]>;
}
