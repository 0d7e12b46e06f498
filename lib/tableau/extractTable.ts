import type { StatementSync } from 'node:sqlite';
import type { Contributor, Participant } from '../delivery/participant';
import { NodeState } from '../store/nodeState';
import type { Store } from '../store/store';
import type { Row } from './rows';

/** What rows do with those already there. */
export type ExtractMode = 'upsert' | 'append' | 'overwrite';

/** What one message does to the table. */
export interface ExtractChange {
  readonly mode: ExtractMode;
  /** Each record's rows. With `upsert` they take the place of the rows that had its key. */
  readonly entries: readonly ExtractEntry[];
}

export interface ExtractEntry {
  /** The record's key; undefined except for `upsert`. */
  readonly key: string | undefined;
  readonly rows: readonly Row[];
}

const COLUMNS = 'extract/columns';
const tables = new WeakMap<Store, Map<string, ExtractTable>>();

/**
 * The table that tableau-export keeps, in the embedded store. What a message changes is written by the one commit,
 * together with its source's position: exactly once. One database row holds the rows of one record, so that a window's
 * update replaces the whole of what the window had before, whatever keys it counts now. A record keeps its place.
 */
export class ExtractTable implements Participant<ExtractChange> {
  readonly #upsert: StatementSync;
  readonly #clear: StatementSync;
  readonly #next: StatementSync;
  readonly #count: StatementSync;
  readonly #state: NodeState;
  readonly #merged: ExtractChange[] = [];
  #columns = new Set<string>();
  #savedColumns = '[]';
  #version = 0;

  private constructor(
    private readonly store: Store,
    readonly node: string,
  ) {
    this.#upsert = store.prepare(
      `INSERT INTO extract_rows (node, key, sequence, row) VALUES (?, ?, ?, ?)
       ON CONFLICT (node, key) DO UPDATE SET row = excluded.row`,
    );
    this.#clear = store.prepare('DELETE FROM extract_rows WHERE node = ?');
    this.#next = store.prepare('SELECT coalesce(max(sequence), 0) + 1 AS next FROM extract_rows WHERE node = ?');
    this.#count = store.prepare('SELECT count(*) AS records FROM extract_rows WHERE node = ?');
    this.#state = new NodeState(store, node);
    this.reload();
  }

  /** The table of a node; a node that was deployed anew gets the same one, see `Spool.of`. */
  static of(store: Store, node: string): ExtractTable {
    const known = tables.get(store) ?? new Map<string, ExtractTable>();
    tables.set(store, known);
    const table = known.get(node) ?? new ExtractTable(store, node);
    known.set(node, table);
    return table;
  }

  /**
   * Adds what one message changes.
   * @returns undefined if the message's source answers for it, otherwise a promise that resolves once it is durable
   */
  add(change: ExtractChange, contributor: Contributor): Promise<void> | undefined {
    return contributor.contribute(this, change);
  }

  /** Changes whenever the table has changed. */
  get version(): number {
    return this.#version;
  }

  /** Every column met so far, in the order in which they were met. */
  get columns(): readonly string[] {
    return [...this.#columns];
  }

  /** How many records (not rows) the table has. */
  count(): number {
    return (this.#count.get(this.node) as { records: number }).records;
  }

  /** Removes every row and column. Belongs in a transaction. */
  clear(): void {
    this.#clear.run(this.node);
    this.#state.put(COLUMNS, '[]');
    this.#savedColumns = '[]';
    this.#columns.clear();
  }

  /** Leaves nothing of the node in the store. Belongs in a transaction. */
  forget(): void {
    this.clear();
    this.#state.remove(COLUMNS);
  }

  merge(deltas: readonly ExtractChange[]): void {
    for (const change of deltas) this.#merged.push(change);
  }

  save(): void {
    let { next } = this.#next.get(this.node) as { next: number };
    for (const { mode, entries } of this.#merged) {
      if (mode === 'overwrite') this.clear();
      for (const { key, rows } of entries) {
        // Sequence keys begin with a zero character, which keeps them apart from any record's own.
        this.#upsert.run(this.node, key === undefined ? `\0${next}` : `k${key}`, next, JSON.stringify(rows));
        next++;
        for (const row of rows) for (const column of Object.keys(row)) this.#columns.add(column);
      }
    }
    const columns = JSON.stringify([...this.#columns]);
    if (columns === this.#savedColumns) return;
    this.#state.put(COLUMNS, columns);
    this.#savedColumns = columns;
  }

  committed(): void {
    if (this.#merged.length === 0) return;
    this.#merged.splice(0);
    this.#version++;
  }

  reload(): void {
    this.#merged.splice(0);
    this.#savedColumns = this.#state.get(COLUMNS) ?? '[]';
    this.#columns = new Set(JSON.parse(this.#savedColumns) as string[]);
  }
}
