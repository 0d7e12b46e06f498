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
}

/** A partition that a consumer has been given. */
export interface Assignment {
  readonly topic: string;
  readonly partition: number;
  /** The name of its position, stable over restarts. */
  readonly name: string;
  /** Stores where the group goes on: the offset after the last finished record. Called inside the commit. */
  save(next: number): void;
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
  error(error: Error): void;
}

export interface ConsumerOptions {
  readonly topics: readonly string[];
  readonly group: string;
  /** Where a group begins that has no position yet. */
  readonly from: 'earliest' | 'latest';
  readonly maxBatch: number;
}

export interface Consumer {
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
  consume(options: ConsumerOptions, events: ConsumerEvents): Consumer;
}
