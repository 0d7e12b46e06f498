/** What is known of one key in one window. */
export interface KeyAggregate {
  count: number;
  /** Sum, least and greatest of the value, where one is asked for. */
  sum: number;
  least: number;
  greatest: number;
}

/** The counts of one window, or of one message's part in it. */
export interface WindowCounts {
  readonly start: number;
  readonly end: number;
  /** The sum of all counts. */
  total: number;
  readonly keys: Map<string, KeyAggregate>;
}

/** A key's line in a result. */
export interface KeyCount {
  readonly key: string;
  readonly count: number;
  readonly sum?: number;
  readonly mean?: number;
  readonly min?: number;
  readonly max?: number;
}

export function emptyCounts(start: number, end: number): WindowCounts {
  return { start, end, total: 0, keys: new Map() };
}

/** Counts one occurrence of a key, with its value (NaN for none). */
export function countKey(counts: WindowCounts, key: string, value: number): void {
  counts.total++;
  const known = counts.keys.get(key);
  const valued = !Number.isNaN(value);
  if (known === undefined) {
    counts.keys.set(key, {
      count: 1,
      sum: valued ? value : 0,
      least: valued ? value : Infinity,
      greatest: valued ? value : -Infinity,
    });
    return;
  }
  known.count++;
  if (!valued) return;
  known.sum += value;
  if (value < known.least) known.least = value;
  if (value > known.greatest) known.greatest = value;
}

/** Adds `part` to `into`. */
export function mergeCounts(into: WindowCounts, part: WindowCounts): void {
  into.total += part.total;
  for (const [key, aggregate] of part.keys) {
    const known = into.keys.get(key);
    if (known === undefined) {
      into.keys.set(key, { ...aggregate });
    } else {
      known.count += aggregate.count;
      known.sum += aggregate.sum;
      known.least = Math.min(known.least, aggregate.least);
      known.greatest = Math.max(known.greatest, aggregate.greatest);
    }
  }
}

/** The lines of a result: by count, the largest first, then by key in the order of UTF-16 code units. */
export function rank(counts: WindowCounts, top: number, valued: boolean): KeyCount[] {
  const entries = [...counts.keys].sort(([aKey, a], [bKey, b]) => b.count - a.count || (aKey < bKey ? -1 : 1));
  const chosen = top > 0 ? entries.slice(0, top) : entries;
  return chosen.map(([key, { count, sum, least, greatest }]) =>
    valued && least <= greatest ? { key, count, sum, mean: sum / count, min: least, max: greatest } : { key, count },
  );
}
