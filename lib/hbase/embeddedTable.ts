import type { StatementSync } from 'node:sqlite';
import { RecordError } from '../core/errors';
import type { Store } from '../store/store';
import type { HBaseTable, PutRow, Row, Scan, StoredCell } from './table';

/** A table's column families, each with the number of versions it keeps. */
export type Families = Map<string, number>;

/** One version of one cell, as the database has it. */
interface CellRow {
  readonly row: string;
  readonly column: string;
  readonly timestamp: number;
  readonly value: Uint8Array;
}

const PAGE = 500;
const NEWEST = 'FROM hbase_cells WHERE tbl = ? AND row = ? AND column = ? ORDER BY timestamp DESC LIMIT 1';

/**
 * A table in the embedded store, with HBase's semantics: cells sorted by row and column, a number of versions each,
 * one version per time. A put without a time takes the store's, except where the newest version already holds the same
 * value: then nothing changes, so that a retry does not add a version.
 */
export class EmbeddedTable implements HBaseTable {
  readonly #any: StatementSync;
  readonly #insert: StatementSync;
  readonly #newest: StatementSync;
  readonly #prune: StatementSync;
  readonly #cells: StatementSync;
  readonly #rows: StatementSync;
  readonly #count: StatementSync;

  constructor(
    private readonly store: Store,
    readonly name: string,
    private readonly id: number,
    readonly families: Families,
    private readonly now: () => number,
  ) {
    this.#any = store.prepare('SELECT 1 FROM hbase_cells WHERE tbl = ? AND row = ? LIMIT 1');
    this.#insert = store.prepare(
      `INSERT INTO hbase_cells (tbl, row, column, timestamp, value) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (tbl, row, column, timestamp) DO UPDATE SET value = excluded.value`,
    );
    this.#newest = store.prepare(`SELECT value ${NEWEST}`);
    this.#prune = store.prepare(
      `DELETE FROM hbase_cells WHERE tbl = ? AND row = ? AND column = ? AND timestamp <= (SELECT timestamp ${NEWEST} OFFSET ?)`,
    );
    this.#cells = store.prepare(
      'SELECT row, column, timestamp, value FROM hbase_cells WHERE tbl = ? AND row = ? ORDER BY column, timestamp DESC',
    );
    this.#rows = store.prepare(
      'SELECT DISTINCT row FROM hbase_cells WHERE tbl = ? AND row >= ? AND row > ? ORDER BY row LIMIT ?',
    );
    this.#count = store.prepare('SELECT count(DISTINCT row) AS rows FROM hbase_cells WHERE tbl = ?');
  }

  async put(rows: readonly PutRow[]): Promise<undefined | (RecordError | undefined)[]> {
    const refused = rows.map((row) => this.#refuse(row));
    const accepted = rows.filter((_, index) => refused[index] === undefined);
    if (accepted.length > 0) await this.store.enqueue(() => this.#write(accepted));
    return accepted.length === rows.length ? undefined : refused;
  }

  get(row: string, versions = 1): Promise<Row | undefined> {
    const cells = this.#read(row, versions);
    return Promise.resolve(cells.length === 0 ? undefined : { row, cells });
  }

  async *scan(scan: Scan = {}): AsyncGenerator<Row, void, void> {
    const { prefix = '', start = '', stop, limit = Infinity, versions = 1 } = scan;
    const from = byteOrder(prefix, start) > 0 ? prefix : start;
    let left = limit;
    let last = '';
    // A page at a time, so that a slow reader neither holds a statement open across commits nor the rows in memory.
    while (left > 0) {
      const page = this.#rows.all(this.id, from, last, Math.min(left, PAGE)) as unknown as { row: string }[];
      for (const { row } of page) {
        if (!row.startsWith(prefix) || (stop !== undefined && byteOrder(row, stop) >= 0)) return;
        yield { row, cells: this.#read(row, versions) };
      }
      if (page.length < PAGE) return;
      last = page[page.length - 1]?.row ?? '';
      left -= page.length;
      await nextTurn();
    }
  }

  count(): Promise<number> {
    return Promise.resolve((this.#count.get(this.id) as { rows: number }).rows);
  }

  /** One unknown family refuses the whole row, as HBase does: a row is put at once or not at all. */
  #refuse({ row, cells }: PutRow): RecordError | undefined {
    for (const { column } of cells) {
      const family = column.slice(0, column.indexOf(':'));
      if (this.families.has(family)) continue;
      return new RecordError(
        `The HBase table "${this.name}" has no column family "${family}" (NoSuchColumnFamilyException), row "${row}".`,
        {
          setting: 'columns',
          remedy: `It has ${[...this.families.keys()].join(', ')}. Correct the column, or turn on "create table".`,
        },
      );
    }
    return undefined;
  }

  #write(rows: readonly PutRow[]): void {
    const now = this.now();
    for (const { row, cells } of rows) {
      // Most rows are new, and for a new row there is nothing to compare with and nothing to prune: twice as fast.
      const isNew = this.#any.get(this.id, row) === undefined;
      for (const { column, timestamp, value } of cells) {
        if (isNew) this.#insert.run(this.id, row, column, timestamp ?? now, value);
        else this.#update(row, column, timestamp, value, now);
      }
    }
  }

  #update(row: string, column: string, timestamp: number | undefined, value: Buffer, now: number): void {
    if (timestamp === undefined) {
      const newest = this.#newest.get(this.id, row, column) as { value: Uint8Array } | undefined;
      if (newest !== undefined && value.equals(newest.value)) return;
    }
    this.#insert.run(this.id, row, column, timestamp ?? now, value);
    const versions = this.families.get(column.slice(0, column.indexOf(':'))) ?? 1;
    this.#prune.run(this.id, row, column, this.id, row, column, versions);
  }

  #read(row: string, versions: number): StoredCell[] {
    const cells: StoredCell[] = [];
    let seen = 0;
    let previous: string | undefined;
    for (const { column, timestamp, value } of this.#cells.all(this.id, row) as unknown as CellRow[]) {
      seen = column === previous ? seen + 1 : 1;
      previous = column;
      if (seen <= versions)
        cells.push({ column, timestamp, value: Buffer.from(value.buffer, value.byteOffset, value.byteLength) });
    }
    return cells;
  }
}

/** The order of HBase and of SQLite: by UTF-8 bytes, not by UTF-16 as `<` has it. */
function byteOrder(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
