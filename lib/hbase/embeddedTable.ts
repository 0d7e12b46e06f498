import type { StatementSync } from 'node:sqlite';
import type { RecordError } from '../core/errors';
import type { Store } from '../store/store';
import { boundsOf, byteOrder } from './bounds';
import { unknownFamily } from './names';
import { type Entry, entriesOf, putCell, rowText, storedCell } from './rowText';
import type { Cell, HBaseTable, PutRow, Row, Scan, StoredCell } from './table';

/** A table's column families, each with the number of versions it keeps. */
export type Families = Map<string, number>;

const PAGE = 500;
/** No UTF-8 text begins with such a byte, which SQLite compares as it is. */
const BEHIND_ALL = Buffer.from([0xff]);

/**
 * A table in the embedded store, with HBase's semantics: cells sorted by row and column, a number of versions each,
 * one version per time. A put without a time takes the store's, except where the newest version already holds the same
 * value: then nothing changes, so that a retry does not add a version.
 */
export class EmbeddedTable implements HBaseTable {
  /** Of the columns seen: a sink has few, and a family keeps its number. */
  readonly #versions = new Map<string, number>();
  readonly #insert: StatementSync;
  readonly #update: StatementSync;
  readonly #cells: StatementSync;
  readonly #rows: StatementSync;
  readonly #rowsBack: StatementSync;
  readonly #count: StatementSync;

  constructor(
    private readonly store: Store,
    readonly name: string,
    private readonly id: number,
    readonly families: Families,
    private readonly now: () => number,
  ) {
    this.#insert = store.prepare('INSERT INTO hbase_rows (tbl, row, cells) VALUES (?, ?, ?) ON CONFLICT DO NOTHING');
    this.#update = store.prepare('UPDATE hbase_rows SET cells = ? WHERE tbl = ? AND row = ?');
    this.#cells = store.prepare('SELECT cells FROM hbase_rows WHERE tbl = ? AND row = ?');
    this.#rows = store.prepare(
      'SELECT row FROM hbase_rows WHERE tbl = ? AND row >= ? AND row > ? ORDER BY row LIMIT ?',
    );
    this.#rowsBack = store.prepare(
      'SELECT row FROM hbase_rows WHERE tbl = ? AND row < ? AND row >= ? ORDER BY row DESC LIMIT ?',
    );
    this.#count = store.prepare('SELECT count(*) AS rows FROM hbase_rows WHERE tbl = ?');
  }

  async put(rows: readonly PutRow[]): Promise<undefined | (RecordError | undefined)[]> {
    const refused = rows.map((row) => unknownFamily(row, this.name, this.families));
    const accepted = rows.filter((_, index) => refused[index] === undefined);
    if (accepted.length > 0) await this.store.enqueue(() => this.#write(accepted));
    return accepted.length === rows.length ? undefined : refused;
  }

  get(row: string, versions = 1): Promise<Row | undefined> {
    const cells = this.#read(row, versions);
    return Promise.resolve(cells.length === 0 ? undefined : { row, cells });
  }

  async *scan({ limit = Infinity, versions = 1, page: size = PAGE, ...scan }: Scan = {}): AsyncGenerator<
    Row,
    void,
    void
  > {
    const { from, to } = boundsOf(scan);
    let left = limit;
    let last: string | undefined;
    // A page at a time, so that a slow reader neither holds a statement open across commits nor the rows in memory.
    while (left > 0) {
      const most = Math.min(left, size);
      const page = (scan.reversed === true
        ? this.#rowsBack.all(this.id, last ?? to ?? BEHIND_ALL, from, most)
        : this.#rows.all(this.id, from, last ?? '', most)) as unknown as { row: string }[];
      for (const { row } of page) {
        if (to !== undefined && byteOrder(row, to) >= 0) return;
        yield { row, cells: this.#read(row, versions) };
      }
      if (page.length < most) return;
      last = page[page.length - 1]?.row ?? '';
      left -= page.length;
      await nextTurn();
    }
  }

  /** How many rows there are. */
  count(): Promise<number> {
    return Promise.resolve((this.#count.get(this.id) as { rows: number }).rows);
  }

  #write(rows: readonly PutRow[]): void {
    const now = this.now();
    for (const { row, cells } of rows) {
      // Most rows are new: nothing is read before.
      if (this.#insert.run(this.id, row, this.#withCells([], cells, now)).changes > 0) continue;
      this.#update.run(this.#withCells(this.#entries(row), cells, now), this.id, row);
    }
  }

  #withCells(entries: Entry[], cells: readonly Cell[], now: number): string {
    for (const cell of cells) putCell(entries, cell, this.#versionsOf(cell.column) ?? 1, now);
    return rowText(entries);
  }

  /** How many versions a column keeps; undefined if the table has not got its family. */
  #versionsOf(column: string): number | undefined {
    const known = this.#versions.get(column);
    if (known !== undefined) return known;
    const versions = this.families.get(column.slice(0, column.indexOf(':')));
    if (versions !== undefined) this.#versions.set(column, versions);
    return versions;
  }

  #entries(row: string): Entry[] {
    const found = this.#cells.get(this.id, row) as { cells: string } | undefined;
    return found === undefined ? [] : entriesOf(found.cells);
  }

  #read(row: string, versions: number): StoredCell[] {
    const cells: StoredCell[] = [];
    let seen = 0;
    let previous: string | undefined;
    for (const cell of this.#entries(row).map(storedCell).sort(byColumn)) {
      seen = cell.column === previous ? seen + 1 : 1;
      previous = cell.column;
      if (seen <= versions) cells.push(cell);
    }
    return cells;
  }
}

/** Keeps the order of a column's versions: sorting is stable. */
function byColumn(left: StoredCell, right: StoredCell): number {
  return left.column === right.column ? 0 : byteOrder(left.column, right.column);
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
