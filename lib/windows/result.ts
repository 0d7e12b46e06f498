import { PART } from './contribution';
import { DISTINCT_ERROR } from './hyperLogLog';
import { largest } from './largest';
import type { Line } from './line';
import type { Trends } from './trends';
import type { WindowView } from './windowView';

/** A key's line in a result; what it has beside the count depends on the settings. */
export interface KeyCount {
  /** Of several fields their values, with ` | ` between them. */
  readonly key: string;
  readonly count: number;
  /** Of several fields each value by its path. */
  readonly keys?: Readonly<Record<string, string>>;
  /** The true count is at most so much less. */
  readonly error?: number;
  readonly sum?: number;
  readonly mean?: number;
  readonly min?: number;
  readonly max?: number;
  readonly distinct?: number;
  readonly rank?: number;
  readonly share?: number;
  readonly previous?: number;
  readonly change?: number;
  readonly expected?: number;
  readonly deviation?: number;
  readonly trend?: number;
}

/** A key that has risen beyond what was to be expected of it. */
export interface Rising {
  readonly key: string;
  readonly count: number;
  readonly expected: number;
  readonly trend: number;
}

/** What a window comes to. */
export interface WindowResult {
  /** The same for every result of the same window of the same node: a sink that writes by it overwrites. */
  readonly id: string;
  /** ISO 8601, in UTC; the end is not part of the window. */
  readonly window: { readonly start: string; readonly end: string };
  /** False for an update: more may come. */
  readonly final: boolean;
  /** The sum of all counts, also of keys that are left out. */
  readonly total: number;
  /** No key that was given up occurred more often. */
  readonly errorBound?: number;
  /** Different values over all keys, and the relative standard error of such figures beyond 128. */
  readonly distinct?: number;
  readonly distinctError?: number;
  readonly counts: KeyCount[];
  readonly trending?: Rising[];
}

/** What a result tells. */
export interface ResultSettings {
  readonly keys: readonly string[];
  readonly value: string;
  readonly distinct: string;
  readonly top: number;
  readonly maxKeys: number;
  readonly details: 'counts' | 'ranks' | 'trends';
}

/** What a window is compared with. */
export interface Comparison {
  readonly before: Pick<WindowView, 'countOf'> | undefined;
  readonly trends: Trends | undefined;
}

/** From so many deviations above its mean on, a key is called trending. */
const TRENDING = 3;
/** How many of them a result names, where `top` does not say. */
const MOST_TRENDING = 20;

/** Makes the result of a window of a node. */
export function resultOf(
  node: string,
  view: WindowView,
  final: boolean,
  settings: ResultSettings,
  comparison: Comparison,
): WindowResult {
  const start = new Date(view.start).toISOString();
  const end = new Date(view.end).toISOString();
  const { lines, mostMissed } = view.lines(settings.top);
  const distinct = settings.distinct === '' ? undefined : (view.distinct()?.estimate ?? 0);
  const { trends } = comparison;
  return {
    id: `${node}:${start}/${end}`,
    window: { start, end },
    final,
    total: view.total,
    ...(settings.maxKeys > 0 ? { errorBound: mostMissed } : {}),
    ...(distinct === undefined ? {} : { distinct, distinctError: DISTINCT_ERROR }),
    counts: lines.map((line, at) => ({
      ...described(line, settings),
      ...(settings.details === 'counts' ? {} : ranked(line, at, view, comparison)),
    })),
    ...(trends === undefined ? {} : { trending: rising(view, trends, settings) }),
  };
}

function described(line: Line, { keys, value, distinct, maxKeys }: ResultSettings): KeyCount {
  const { key, count, error, sum, least, greatest } = line;
  const own = count - error;
  return {
    key: readable(key),
    count,
    ...(keys.length > 1 ? { keys: byPath(key, keys) } : {}),
    ...(maxKeys > 0 ? { error } : {}),
    ...(value !== '' && least <= greatest ? { sum, mean: sum / own, min: least, max: greatest } : {}),
    ...(distinct === '' ? {} : { distinct: line.distinct?.estimate ?? 0 }),
  };
}

function ranked({ key, count }: Line, at: number, view: WindowView, { before, trends }: Comparison): object {
  const share = view.total === 0 ? 0 : count / view.total;
  const previous = before?.countOf(key);
  return {
    rank: at + 1,
    share,
    ...(previous === undefined ? {} : { previous, change: count - previous }),
    ...trends?.of(key, count),
  };
}

/** Of all keys, also those that `top` leaves out, the ones that have risen the most. */
function rising(view: WindowView, trends: Trends, { top }: ResultSettings): Rising[] {
  const risen: Rising[] = [];
  for (const [key, count] of view.counts()) {
    const { expected, trend } = trends.of(key, count);
    if (trend >= TRENDING) risen.push({ key: readable(key), count, expected, trend });
  }
  return largest(risen, top > 0 ? top : MOST_TRENDING, (a, b) => b.trend - a.trend || (a.key < b.key ? -1 : 1));
}

function readable(key: string): string {
  return key.includes(PART) ? key.replaceAll(PART, ' | ') : key;
}

function byPath(key: string, paths: readonly string[]): Record<string, string> {
  const parts = key.split(PART);
  return Object.fromEntries(paths.map((path, at) => [path, parts[at] ?? '']));
}
