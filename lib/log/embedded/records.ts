import type { StatementSync } from 'node:sqlite';
import type { Store } from '../../store/store';
import type { Datum, Headers, LogRecord, NewRecord } from '../log';

/** Number and offset of a partition share the 63 bits of a row id: eight million partitions, 10^12 records in each. */
const OFFSET_BITS = 40;
const OFFSET = `id & ${2 ** OFFSET_BITS - 1}`;
const ID = `(:partition << ${OFFSET_BITS}) | :offset`;
const IN_PARTITION = `id >= :partition << ${OFFSET_BITS} AND id < (:partition + 1) << ${OFFSET_BITS}`;

const NO_HEADERS: Headers = {};

type Columns = [offset: number, timestamp: number, key: Datum, value: Datum, headers: string | null];

/**
 * The records of all partitions, in one table in the order of partition and offset. Both lie in the row id, because
 * SQLite appends to a table ordered by row id at half the cost of one ordered by a key of three columns (WITHOUT ROWID),
 * and writes half as many pages. The view `log` shows them apart, for people with an SQL prompt.
 *
 * Partitions go by their number here: see `Topic`. What writes is to be called inside a transaction.
 */
export class Records {
  readonly #insert: StatementSync;
  readonly #read: StatementSync;
  readonly #first: StatementSync;
  readonly #last: StatementSync;
  readonly #oldest: StatementSync;
  readonly #remove: StatementSync;
  /** Rows come as arrays where Node has that (24), which takes half the time of objects. */
  readonly #asArrays: boolean;

  constructor(store: Store) {
    this.#insert = store.prepare(
      `INSERT INTO log_records (id, timestamp, key, value, headers) VALUES ((?1 << ${OFFSET_BITS}) | ?2, ?3, ?4, ?5, ?6)`,
    );
    this.#read = store.prepare(
      `SELECT ${OFFSET} AS offset, timestamp, key, value, headers FROM log_records
       WHERE id >= ${ID} AND ${IN_PARTITION} ORDER BY id LIMIT :limit`,
    );
    this.#first = store.prepare(
      `SELECT ${OFFSET} AS offset FROM log_records WHERE ${IN_PARTITION} ORDER BY id LIMIT 1`,
    );
    this.#last = store.prepare(
      `SELECT ${OFFSET} AS offset FROM log_records WHERE ${IN_PARTITION} ORDER BY id DESC LIMIT 1`,
    );
    this.#oldest = store.prepare(
      `SELECT ${OFFSET} AS offset, timestamp FROM log_records WHERE ${IN_PARTITION} ORDER BY id LIMIT :limit`,
    );
    this.#remove = store.prepare(`DELETE FROM log_records WHERE id < ${ID} AND ${IN_PARTITION}`);
    this.#asArrays = 'setReturnArrays' in this.#read;
    if (this.#asArrays) this.#read.setReturnArrays(true);
  }

  insert(partition: number, offset: number, record: NewRecord, now: number): void {
    const { key, value, headers, timestamp = now } = record;
    this.#insert.run(partition, offset, timestamp, key, value, headers === undefined ? null : JSON.stringify(headers));
  }

  /** The records from an offset on, at most `limit`. */
  read(partition: number, offset: number, limit: number): LogRecord[] {
    const rows: unknown[] = this.#read.all({ partition, offset, limit });
    const records: LogRecord[] = [];
    for (const row of rows) {
      const [at, timestamp, key, value, headers] = (this.#asArrays ? row : Object.values(row as object)) as Columns;
      const own = headers === null ? NO_HEADERS : (JSON.parse(headers) as Headers);
      records.push({ offset: at, key, value, headers: own, timestamp });
    }
    return records;
  }

  /** The offset of the oldest record that is kept; undefined if there is none. */
  first(partition: number): number | undefined {
    return (this.#first.get({ partition }) as { offset: number } | undefined)?.offset;
  }

  /** The offset of the newest record. */
  last(partition: number): number | undefined {
    return (this.#last.get({ partition }) as { offset: number } | undefined)?.offset;
  }

  /** Offsets and times of the oldest records, at most `limit`, read as they are asked for. */
  oldest(partition: number, limit: number): IterableIterator<{ offset: number; timestamp: number }> {
    return this.#oldest.iterate({ partition, limit }) as IterableIterator<{ offset: number; timestamp: number }>;
  }

  /** Removes the records before an offset. */
  removeBefore(partition: number, offset: number): void {
    this.#remove.run({ partition, offset });
  }
}
