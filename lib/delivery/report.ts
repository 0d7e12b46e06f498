import type { Ledger, Unfinished } from './ledger';

/** What of one source is unfinished, for a person who looks for what is stuck. */
export interface UnfinishedReport {
  /** The oldest first. */
  readonly unfinished: readonly Unfinished[];
  /** How many more there are than are listed. */
  readonly more: number;
}

/** How many a report lists: enough to see where messages gather. */
const LISTED = 100;

/** What is unfinished of the lanes of one origin. */
export function reportOf(
  ledger: Pick<Ledger, 'lanesOf' | 'unfinished'>,
  origin: string,
  limit = LISTED,
): UnfinishedReport {
  const lanes = new Set(ledger.lanesOf(origin).map(({ name }) => name));
  const all = lanes.size === 0 ? [] : ledger.unfinished(Infinity).filter(({ lane }) => lanes.has(lane));
  return { unfinished: all.slice(0, limit), more: Math.max(0, all.length - limit) };
}
