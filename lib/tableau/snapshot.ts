import { DatabaseSync } from 'node:sqlite';
import type { Row } from './rows';

/** A node's extract as it was at one moment. */
export interface Snapshot {
  readonly rows: Iterable<Row>;
  close(): void;
}

/**
 * Opens the extract of a node for reading. It has a connection of its own: in WAL mode a statement sees the database as
 * it was at its first row, so commits may go on while a long table is being written out.
 * @param file the store's database
 */
export function openSnapshot(file: string, node: string): Snapshot {
  const db = new DatabaseSync(file, { readOnly: true });
  const statement = db.prepare('SELECT row FROM extract_rows WHERE node = ? ORDER BY sequence');
  return { rows: rowsOf(statement.iterate(node) as Iterable<{ row: string }>), close: () => db.close() };
}

function* rowsOf(entries: Iterable<{ row: string }>): Generator<Row, void, void> {
  for (const { row } of entries) yield* JSON.parse(row) as Row[];
}
