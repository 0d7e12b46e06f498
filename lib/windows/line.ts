import { HyperLogLog } from './hyperLogLog';
import type { KeyTable } from './keyTable';

/** What a window knows of one key. */
export interface Line {
  readonly key: string;
  count: number;
  /** How much of the count may be other keys'. */
  error: number;
  sum: number;
  /** Infinity without a value. */
  least: number;
  greatest: number;
  distinct: HyperLogLog | undefined;
}

/** The lines of several places put together. */
export interface Merged {
  readonly lines: ReadonlyMap<string, Line>;
  /** How often a key that is not among them may have occurred at most. */
  readonly mostMissed: number;
}

/** By count, the largest first, then by key in the order of UTF-16 code units. */
export function byCount(a: Line, b: Line): number {
  return b.count - a.count || (a.key < b.key ? -1 : 1);
}

/** What a table knows of the key in a slot. */
export function lineAt(table: KeyTable, slot: number): Line {
  const { values } = table;
  return {
    key: table.keys[slot] ?? '',
    count: table.countOf(slot),
    error: table.errorOf(slot),
    sum: values?.sums.get(slot) ?? 0,
    least: values?.least.get(slot) ?? Infinity,
    greatest: values?.greatest.get(slot) ?? -Infinity,
    distinct: table.sketchOf(slot),
  };
}

/** Adds what a line knows to another of the same key. */
export function addTo(into: Line, line: Line): void {
  into.count += line.count;
  into.error += line.error;
  into.sum += line.sum;
  into.least = Math.min(into.least, line.least);
  into.greatest = Math.max(into.greatest, line.greatest);
  if (line.distinct === undefined) return;
  // The sketch of a pane stays its own: windows to come are made of it as well.
  const both = new HyperLogLog();
  if (into.distinct !== undefined) both.merge(into.distinct);
  both.merge(line.distinct);
  into.distinct = both;
}
