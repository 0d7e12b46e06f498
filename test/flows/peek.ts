import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

interface Result {
  readonly id: string;
  readonly window: { readonly start: string; readonly end: string };
  readonly final: boolean;
  readonly total: number;
  readonly counts: readonly { readonly key: string; readonly count: number }[];
}

/** Looks into the store of a Node-RED from outside, with SQLite alone. */
export class Peek {
  constructor(private readonly file: string) {}

  /** The sum of the positions of a group in a topic: how many records it is done with. */
  done(group: string, topic: string): number {
    const rows = this.#all<{ position: string }>(
      'SELECT position FROM positions WHERE source LIKE ?',
      `kafka/%/${group}/${topic}/%`,
    );
    return rows.reduce((sum, row) => sum + Number(row.position), 0);
  }

  /** The position of the one source whose name is like this. */
  position(source: string): unknown {
    const [row] = this.#all<{ position: string }>('SELECT position FROM positions WHERE source LIKE ?', source);
    return JSON.parse(row?.position ?? 'null');
  }

  /** How many records a topic has ever had. */
  written(topic: string): number {
    const [found] = this.#all<{ id: number; partitions: number }>(
      'SELECT id, partitions FROM topics WHERE topic = ?',
      topic,
    );
    let written = 0;
    for (let partition = 0; partition < (found?.partitions ?? 0); partition++) {
      const number = (found?.id ?? 0) + partition;
      const [row] = this.#all<{ last: number | null }>(
        'SELECT MAX(id) - (?1 << 40) AS last FROM log_records WHERE id >= ?1 << 40 AND id < (?1 + 1) << 40',
        number,
      );
      written += (row?.last ?? -1) + 1;
    }
    return written;
  }

  /** Results that are on their way out. */
  outbox(): number {
    return this.#all<{ waiting: number }>('SELECT count(*) AS waiting FROM outbox')[0]?.waiting ?? 0;
  }

  /** Records that wait for their file. */
  spooled(): number {
    return this.#all<{ records: number | null }>('SELECT sum(records) AS records FROM spool')[0]?.records ?? 0;
  }

  values<T>(topic: string): T[] {
    const rows = this.#all<{ value: string }>(
      'SELECT value FROM log JOIN topics ON topics.id = log.topic WHERE topics.topic = ? ORDER BY partition, offset',
      topic,
    );
    return rows.map((row) => JSON.parse(row.value) as T);
  }

  results(topic: string): Result[] {
    return this.values<Result>(topic);
  }

  rowCount(): number {
    return this.#all<{ rows: number }>('SELECT count(DISTINCT row) AS rows FROM hbase_cells')[0]?.rows ?? 0;
  }

  /** The newest value of each column, by row. */
  rows(): Map<string, Map<string, string>> {
    const rows = new Map<string, Map<string, string>>();
    for (const cell of this.#all<{ row: string; column: string; value: Uint8Array }>(
      'SELECT row, column, value FROM hbase_cells ORDER BY row, column, timestamp',
    )) {
      const row = rows.get(cell.row) ?? new Map<string, string>();
      row.set(cell.column, Buffer.from(cell.value).toString('utf8'));
      rows.set(cell.row, row);
    }
    return rows;
  }

  #all<Row>(sql: string, ...values: (string | number)[]): Row[] {
    if (!existsSync(this.file)) return [];
    const db = new DatabaseSync(this.file, { readOnly: true });
    try {
      return db.prepare(sql).all(...values) as unknown as Row[];
    } catch (thrown) {
      // A moment in which the database is being made or recovered: there is nothing to see yet.
      if (/no such table|locked|busy/iu.test(String(thrown))) return [];
      throw thrown;
    } finally {
      db.close();
    }
  }
}
