import { type KeyCount, type WindowCounts, rank } from './aggregate';

/** What a window comes to. */
export interface WindowResult {
  /** The same for every result of the same window of the same node: a sink that writes by it overwrites. */
  readonly id: string;
  /** ISO 8601, in UTC; the end is not part of the window. */
  readonly window: { readonly start: string; readonly end: string };
  /** False for an update: more may come. */
  readonly final: boolean;
  /** The sum of all counts, also of keys that `top` leaves out. */
  readonly total: number;
  readonly counts: KeyCount[];
}

export function resultOf(
  node: string,
  counts: WindowCounts,
  final: boolean,
  top: number,
  valued: boolean,
): WindowResult {
  const start = new Date(counts.start).toISOString();
  const end = new Date(counts.end).toISOString();
  return {
    id: `${node}:${start}/${end}`,
    window: { start, end },
    final,
    total: counts.total,
    counts: rank(counts, top, valued),
  };
}
