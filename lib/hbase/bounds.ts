import type { Scan } from './table';

/** Rows from `from` up to but without `to`; undefined for the end of the table. */
export interface Bounds {
  readonly from: string;
  readonly to: string | undefined;
}

/** The rows that a scan is about, its prefix and its range at once. */
export function boundsOf({ prefix = '', start = '', stop }: Pick<Scan, 'prefix' | 'start' | 'stop'>): Bounds {
  const end = behindPrefix(prefix);
  const from = byteOrder(prefix, start) > 0 ? prefix : start;
  if (stop === undefined || stop === '') return { from, to: end };
  return { from, to: end !== undefined && byteOrder(end, stop) < 0 ? end : stop };
}

/**
 * The first text behind all that begin with a prefix: its last character is made the next one. The order of UTF-8 bytes
 * is that of code points, in which half a surrogate pair has no place.
 * @returns undefined for the empty prefix, and where no text lies behind
 */
function behindPrefix(prefix: string): string | undefined {
  const points = Array.from(prefix, (character) => character.codePointAt(0) ?? 0);
  for (let last = points.pop(); last !== undefined; last = points.pop()) {
    if (last === 0x10ffff) continue;
    return String.fromCodePoint(...points, last === 0xd7ff ? 0xe000 : last + 1);
  }
  return undefined;
}

/** The order of HBase and of SQLite: by UTF-8 bytes, not by UTF-16 as `<` has it. */
export function byteOrder(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}
