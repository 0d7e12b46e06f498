import type { HyperLogLog } from './hyperLogLog';
import type { Line } from './line';

/** What a window has come to, as of when it was first asked: look at it before more is counted. */
export interface WindowView {
  readonly start: number;
  readonly end: number;
  /** The sum of all counts. */
  readonly total: number;
  /** The largest lines, so many of them (0 for all), and how often a key that was given up may have occurred at most. */
  lines(limit: number): { readonly lines: Line[]; readonly mostMissed: number };
  /** All keys with their counts. */
  counts(): Iterable<readonly [key: string, count: number]>;
  /** The count of one key; 0 if there is none. */
  countOf(key: string): number;
  /** What the sketches of all keys have seen together; undefined where there are none. */
  distinct(): HyperLogLog | undefined;
}
