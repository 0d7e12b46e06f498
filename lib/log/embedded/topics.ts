import type { StatementSync } from 'node:sqlite';
import type { Store } from '../../store/store';
import type { Datum, Headers, LogRecord } from '../log';

/** A topic of the embedded log. */
export interface Topic {
  readonly id: number;
  readonly name: string;
  readonly partitions: number;
  /** The offset that the next record of each partition gets. */
  readonly next: number[];
}

interface Row {
  offset: number;
  timestamp: number;
  key: Datum;
  value: Datum;
  headers: string | null;
}

const NO_HEADERS: Headers = {};

/** The topics of one cluster as they lie in the store. */
export class Topics {
  readonly #topics = new Map<string, Topic>();
  readonly #find: StatementSync;
  readonly #insert: StatementSync;
  readonly #read: StatementSync;
  readonly #make: StatementSync;
  readonly #last: StatementSync;
  readonly #first: StatementSync;

  constructor(
    readonly store: Store,
    readonly cluster: string,
  ) {
    this.#find = store.prepare('SELECT id, partitions FROM topics WHERE cluster = ? AND topic = ?');
    this.#make = store.prepare(
      'INSERT INTO topics (cluster, topic, id, partitions) VALUES (?, ?, (SELECT COALESCE(MAX(id), 0) + 1 FROM topics), ?)',
    );
    this.#last = store.prepare('SELECT MAX(offset) AS last FROM log WHERE topic = ? AND partition = ?');
    this.#first = store.prepare('SELECT MIN(offset) AS first FROM log WHERE topic = ? AND partition = ?');
    this.#insert = store.prepare(
      'INSERT INTO log (topic, partition, offset, timestamp, key, value, headers) VALUES (?, ?, ?, ?, ?, ?, ?)',
    );
    this.#read = store.prepare(
      'SELECT offset, timestamp, key, value, headers FROM log WHERE topic = ? AND partition = ? AND offset >= ? ORDER BY offset LIMIT ?',
    );
  }

  /** The topic, made with `partitions` if it is missing. Not to be called inside a transaction. */
  topic(name: string, partitions: number): Topic {
    const known = this.#topics.get(name) ?? this.#load(name);
    if (known !== undefined) return known;
    this.store.transaction(() => this.#make.run(this.cluster, name, partitions));
    const made = this.#load(name);
    if (made === undefined) throw new Error(`topic ${name} was not made`);
    return made;
  }

  /** Inserts a record and gives it the next offset of its partition. Called inside a transaction. */
  insert(
    topic: Topic,
    partition: number,
    record: { key: Datum; value: Datum; headers?: Headers; timestamp: number },
  ): void {
    const offset = topic.next[partition] ?? 0;
    const { headers } = record;
    this.#insert.run(
      topic.id,
      partition,
      offset,
      record.timestamp,
      record.key,
      record.value,
      headers === undefined ? null : JSON.stringify(headers),
    );
    topic.next[partition] = offset + 1;
  }

  read(topic: Topic, partition: number, from: number, limit: number): LogRecord[] {
    const rows = this.#read.all(topic.id, partition, from, limit) as unknown as Row[];
    return rows.map(({ offset, timestamp, key, value, headers }) => ({
      offset,
      timestamp,
      key,
      value,
      headers: headers === null ? NO_HEADERS : (JSON.parse(headers) as Headers),
    }));
  }

  /** The offset of the oldest record that is kept. */
  first(topic: Topic, partition: number): number {
    const { first } = this.#first.get(topic.id, partition) as { first: number | null };
    return first ?? topic.next[partition] ?? 0;
  }

  /** Takes the next offsets back to what the store holds, after a transaction that failed. */
  reload(): void {
    for (const topic of this.#topics.values()) {
      for (let partition = 0; partition < topic.partitions; partition++)
        topic.next[partition] = this.#nextOf(topic.id, partition);
    }
  }

  #load(name: string): Topic | undefined {
    const row = this.#find.get(this.cluster, name) as { id: number; partitions: number } | undefined;
    if (row === undefined) return undefined;
    const next = Array.from({ length: row.partitions }, (_, partition) => this.#nextOf(row.id, partition));
    const topic = { id: row.id, name, partitions: row.partitions, next };
    this.#topics.set(name, topic);
    return topic;
  }

  #nextOf(id: number, partition: number): number {
    const { last } = this.#last.get(id, partition) as { last: number | null };
    return last === null ? 0 : last + 1;
  }
}
