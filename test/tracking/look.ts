import { DatabaseSync } from 'node:sqlite';
import { GROUP, deadTopicOf, outTopicOf, topicOf, windowTopicOf } from './flow';

/** What has become of the records of a case. */
export interface Found {
  /** How often each id lies in the topic at the end. */
  readonly out: Map<string, number>;
  /** How often each id was counted in the windows that have closed. */
  readonly counted: Map<string, number>;
  /** How often each id lies in the dead-letter topic. */
  readonly dead: Map<string, number>;
  /** How many records are finished. */
  readonly finished: number;
}

interface Record {
  readonly id: string;
}
interface Result {
  readonly counts: readonly { readonly key: string; readonly count: number }[];
}

/** Looks into the store of a Node-RED from outside, with SQLite alone. */
export class Look {
  constructor(private readonly file: string) {}

  /** How many records of each case are finished. */
  finished(names: readonly string[]): Map<string, number> {
    const rows = this.#all<{ source: string; position: string }>('SELECT source, position FROM positions');
    const sums = new Map<string, number>();
    for (const { source, position } of rows) {
      const [, , group = '', topic = ''] = source.split('/');
      if (group === GROUP) sums.set(topic, (sums.get(topic) ?? 0) + Number(position));
    }
    return new Map(names.map((name) => [name, sums.get(topicOf(name)) ?? 0]));
  }

  /** Results that are on their way out. */
  outbox(): number {
    return this.#all<{ waiting: number }>('SELECT count(*) AS waiting FROM outbox')[0]?.waiting ?? 0;
  }

  at(name: string): Found {
    const counted = new Map<string, number>();
    for (const { counts } of this.#values<Result>(windowTopicOf(name)))
      for (const { key, count } of counts) counted.set(key, (counted.get(key) ?? 0) + count);
    return {
      counted,
      out: tally(this.#values<Record>(outTopicOf(name))),
      dead: tally(this.#values<Record>(deadTopicOf(name))),
      finished: this.finished([name]).get(name) ?? 0,
    };
  }

  #values<T>(topic: string): T[] {
    const rows = this.#all<{ value: string }>(
      'SELECT value FROM log JOIN topics ON topics.id = log.topic WHERE topics.topic = ?',
      topic,
    );
    return rows.map((row) => JSON.parse(row.value) as T);
  }

  #all<Row>(sql: string, ...values: string[]): Row[] {
    const db = new DatabaseSync(this.file, { readOnly: true });
    try {
      return db.prepare(sql).all(...values) as unknown as Row[];
    } finally {
      db.close();
    }
  }
}

function tally(records: readonly Record[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { id } of records) counts.set(id, (counts.get(id) ?? 0) + 1);
  return counts;
}
