import { isUtf8 } from 'node:buffer';
import type { Cell, StoredCell } from './table';

/** A version of a value in the text of a row: its value is text, or else bytes in hex digits behind a null. */
export type Entry = [column: string, timestamp: number, text: string | null, hex?: string];

/**
 * The cells of a row as the database keeps them: one JSON text, the versions of a column side by side, the newest first.
 * A row of the database for each row of the table, not for each cell, takes half the time; SQL still sees the cells,
 * through the view `hbase_cells`.
 */
export function rowText(entries: readonly Entry[]): string {
  return JSON.stringify(entries);
}

export function entriesOf(text: string): Entry[] {
  return JSON.parse(text) as Entry[];
}

export function storedCell([column, timestamp, text, hex = '']: Entry): StoredCell {
  return { column, timestamp, value: text === null ? Buffer.from(hex, 'hex') : Buffer.from(text) };
}

/**
 * Puts a cell into those of its row: one version per time, at most `versions` of them, the newest. A cell without a
 * time gets `now`, except where the newest version already holds the same value: then nothing changes.
 */
export function putCell(entries: Entry[], { column, timestamp, value }: Cell, versions: number, now: number): void {
  const entry: Entry = [column, timestamp ?? now, null];
  if (typeof value === 'string') entry[2] = value;
  else if (isUtf8(value)) entry[2] = value.toString();
  else entry.push(value.toString('hex'));

  let at = 0;
  while (at < entries.length && entries[at]?.[0] !== column) at++;
  const newest = at;
  if (timestamp === undefined && isSameValue(entries[newest], entry)) return;
  while (entries[at]?.[0] === column && (entries[at]?.[1] ?? 0) > entry[1]) at++;
  const replaces = entries[at]?.[0] === column && entries[at]?.[1] === entry[1];
  if (at === entries.length) entries.push(entry);
  else entries.splice(at, replaces ? 1 : 0, entry);
  if (entries[newest + versions]?.[0] === column) entries.splice(newest + versions, 1);
}

function isSameValue(one: Entry | undefined, other: Entry): boolean {
  return one?.[0] === other[0] && one[2] === other[2] && one[3] === other[3];
}
