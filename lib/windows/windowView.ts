import { HyperLogLog } from './hyperLogLog';
import type { KeyTable } from './keyTable';
import { largest } from './largest';
import { type Line, addTo, byCount, lineAt } from './line';

/** What a window has come to. */
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

/** A window that consists of the given panes. */
export class PaneView implements WindowView {
  readonly total: number;

  constructor(
    readonly start: number,
    readonly end: number,
    private readonly tables: readonly KeyTable[],
    private readonly maxKeys: number,
  ) {
    this.total = tables.reduce((total, table) => total + table.total, 0);
  }

  lines(limit: number): { lines: Line[]; mostMissed: number } {
    const [only] = this.tables;
    if (this.tables.length === 1 && only !== undefined) {
      const { keys, mostMissed } = only;
      const order = (a: number, b: number): number =>
        only.countOf(b) - only.countOf(a) || ((keys[a] ?? '') < (keys[b] ?? '') ? -1 : 1);
      return { lines: largest(keys.keys(), limit, order).map((slot) => lineAt(only, slot)), mostMissed };
    }
    const { lines, mostMissed } = this.#merged();
    const kept = this.maxKeys > 0 && (limit === 0 || limit > this.maxKeys) ? this.maxKeys : limit;
    const chosen = largest(lines.values(), kept, byCount);
    if (kept === limit || chosen.length === lines.size) return { lines: chosen, mostMissed };
    const named = new Set(chosen);
    let missed = mostMissed;
    for (const line of lines.values()) if (!named.has(line)) missed = Math.max(missed, line.count);
    return { lines: chosen, mostMissed: missed };
  }

  *counts(): Iterable<readonly [string, number]> {
    const [only] = this.tables;
    if (this.tables.length === 1 && only !== undefined) {
      for (const [slot, key] of only.keys.entries()) yield [key, only.countOf(slot)];
      return;
    }
    for (const line of this.#merged().lines.values()) yield [line.key, line.count];
  }

  countOf(key: string): number {
    let count = 0;
    for (const table of this.tables) {
      const slot = table.slotOf(key);
      if (slot !== undefined) count += table.countOf(slot);
    }
    return count;
  }

  distinct(): HyperLogLog | undefined {
    let all: HyperLogLog | undefined;
    for (const table of this.tables) {
      for (const slot of table.keys.keys()) {
        const sketch = table.sketchOf(slot);
        if (sketch !== undefined) (all ??= new HyperLogLog()).merge(sketch);
      }
    }
    return all;
  }

  /**
   * A key that a pane has given up, or never had, occurred there at most as often as its least one, which is added to
   * count and error (Agarwal et al., "Mergeable summaries", PODS 2012).
   */
  #merged(): { lines: Map<string, Line>; mostMissed: number } {
    const lines = new Map<string, Line>();
    let missed = 0;
    for (const table of this.tables) {
      const { mostMissed } = table;
      missed += mostMissed;
      for (const slot of table.keys.keys()) {
        const line = lineAt(table, slot);
        line.count -= mostMissed;
        line.error -= mostMissed;
        const known = lines.get(line.key);
        if (known === undefined) lines.set(line.key, line);
        else addTo(known, line);
      }
    }
    if (missed > 0) {
      for (const line of lines.values()) {
        line.count += missed;
        line.error += missed;
      }
    }
    return { lines, mostMissed: missed };
  }
}

/** The counts alone of a window that has been sent. */
export class SentCounts {
  constructor(
    /** The pane that it began with. */
    readonly window: number,
    private readonly counts: ReadonlyMap<string, number>,
  ) {}

  countOf(key: string): number {
    return this.counts.get(key) ?? 0;
  }

  save(): SavedCounts {
    return { window: this.window, keys: [...this.counts.keys()], counts: [...this.counts.values()] };
  }

  static restore({ window, keys, counts }: SavedCounts): SentCounts {
    return new SentCounts(window, new Map(keys.map((key, at) => [key, counts[at] ?? 0])));
  }
}

/** Such counts as the store has them. */
export interface SavedCounts {
  readonly window: number;
  readonly keys: string[];
  readonly counts: number[];
}

/** Sessions of several keys that began and ended together. */
export class SessionView implements WindowView {
  readonly total: number;

  constructor(
    readonly start: number,
    readonly end: number,
    private readonly sessions: readonly Line[],
  ) {
    this.total = sessions.reduce((total, { count }) => total + count, 0);
  }

  lines(limit: number): { lines: Line[]; mostMissed: number } {
    return { lines: largest(this.sessions, limit, byCount), mostMissed: 0 };
  }

  *counts(): Iterable<readonly [string, number]> {
    for (const { key, count } of this.sessions) yield [key, count];
  }

  countOf(key: string): number {
    return this.sessions.find((session) => session.key === key)?.count ?? 0;
  }

  distinct(): HyperLogLog | undefined {
    let all: HyperLogLog | undefined;
    for (const { distinct } of this.sessions) if (distinct !== undefined) (all ??= new HyperLogLog()).merge(distinct);
    return all;
  }
}

/** The same window as several shapes have it, each with its own records. */
export class JoinedView implements WindowView {
  readonly start: number;
  readonly end: number;
  readonly total: number;

  constructor(private readonly views: readonly [WindowView, ...WindowView[]]) {
    this.start = views[0].start;
    this.end = views[0].end;
    this.total = views.reduce((total, view) => total + view.total, 0);
  }

  lines(limit: number): { lines: Line[]; mostMissed: number } {
    const byKey = new Map<string, Line>();
    let mostMissed = 0;
    for (const view of this.views) {
      const all = view.lines(0);
      mostMissed += all.mostMissed;
      for (const line of all.lines) {
        const known = byKey.get(line.key);
        if (known === undefined) byKey.set(line.key, line);
        else addTo(known, line);
      }
    }
    return { lines: largest(byKey.values(), limit, byCount), mostMissed };
  }

  *counts(): Iterable<readonly [string, number]> {
    for (const { key, count } of this.lines(0).lines) yield [key, count];
  }

  countOf(key: string): number {
    return this.views.reduce((count, view) => count + view.countOf(key), 0);
  }

  distinct(): HyperLogLog | undefined {
    let all: HyperLogLog | undefined;
    for (const view of this.views) {
      const its = view.distinct();
      if (its !== undefined) (all ??= new HyperLogLog()).merge(its);
    }
    return all;
  }
}
