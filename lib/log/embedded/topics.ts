import type { StatementSync } from 'node:sqlite';
import type { Store } from '../../store/store';
import type { LogRecord, NewRecord } from '../log';
import { Records } from './records';

/** A topic of the embedded log. */
export interface Topic {
  /** The number of its first partition; the others follow. No two partitions of a store have the same. */
  readonly id: number;
  readonly name: string;
  readonly partitions: number;
  /** The offset that the next record of each partition gets. */
  readonly next: number[];
}

/** The topics of one cluster as they lie in the store. */
export class Topics {
  readonly #topics = new Map<string, Topic>();
  readonly #records: Records;
  readonly #find: StatementSync;
  readonly #make: StatementSync;

  constructor(
    readonly store: Store,
    readonly cluster: string,
  ) {
    this.#records = new Records(store);
    this.#find = store.prepare('SELECT id, partitions FROM topics WHERE cluster = ? AND topic = ?');
    this.#make = store.prepare(
      'INSERT INTO topics (cluster, topic, id, partitions) VALUES (?, ?, (SELECT COALESCE(MAX(id + partitions), 1) FROM topics), ?)',
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

  /** The names of all of them, in order. */
  names(): string[] {
    const rows = this.store.prepare('SELECT topic FROM topics WHERE cluster = ? ORDER BY topic').all(this.cluster);
    return rows.map((row) => (row as { topic: string }).topic);
  }

  /** The names of the groups that have a position in them, in order. */
  groups(): string[] {
    const prefix = `kafka/${this.cluster}/`;
    const rows = this.store
      .prepare('SELECT source FROM positions WHERE substr(source, 1, ?) = ?')
      .all(prefix.length, prefix) as unknown as { source: string }[];
    // The topic and the number of the partition follow; a group may have a slash in its name.
    const groups = rows.map(({ source }) => source.slice(prefix.length).replace(/\/[^/]*\/\d+$/u, ''));
    return [...new Set(groups)].sort();
  }

  /**
   * Inserts a record and gives it the next offset of its partition. Called inside a transaction.
   * @param now the time of a record that brings none
   */
  insert(topic: Topic, partition: number, record: NewRecord, now: number): void {
    const offset = topic.next[partition] ?? 0;
    this.#records.insert(topic.id + partition, offset, record, now);
    topic.next[partition] = offset + 1;
  }

  read(topic: Topic, partition: number, from: number, limit: number): LogRecord[] {
    return this.#records.read(topic.id + partition, from, limit);
  }

  /** The offset of the oldest record that is kept. */
  first(topic: Topic, partition: number): number {
    return this.#records.first(topic.id + partition) ?? topic.next[partition] ?? 0;
  }

  /** Takes the next offsets back to what the store holds, after a transaction that failed. */
  reload(): void {
    for (const topic of this.#topics.values()) {
      for (let partition = 0; partition < topic.partitions; partition++)
        topic.next[partition] = this.#nextOf(topic.id + partition);
    }
  }

  #load(name: string): Topic | undefined {
    const row = this.#find.get(this.cluster, name) as { id: number; partitions: number } | undefined;
    if (row === undefined) return undefined;
    const next = Array.from({ length: row.partitions }, (_, partition) => this.#nextOf(row.id + partition));
    const topic = { id: row.id, name, partitions: row.partitions, next };
    this.#topics.set(name, topic);
    return topic;
  }

  #nextOf(partition: number): number {
    const last = this.#records.last(partition);
    return last === undefined ? 0 : last + 1;
  }
}
