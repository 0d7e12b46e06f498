import { type HyperLogLog, unionOf } from './hyperLogLog';
import { largest } from './largest';
import { type Line, byCount } from './line';
import type { WindowView } from './windowView';

/** A window whose lines are there already: sessions of several keys that began and ended together, say. */
export class LinesView implements WindowView {
  readonly total: number;

  constructor(
    readonly start: number,
    readonly end: number,
    private readonly all: readonly Line[],
  ) {
    this.total = all.reduce((total, { count }) => total + count, 0);
  }

  lines(limit: number): { lines: Line[]; mostMissed: number } {
    return { lines: largest(this.all, limit, byCount), mostMissed: 0 };
  }

  *counts(): Iterable<readonly [string, number]> {
    for (const { key, count } of this.all) yield [key, count];
  }

  countOf(key: string): number {
    return this.all.find((line) => line.key === key)?.count ?? 0;
  }

  distinct(): HyperLogLog | undefined {
    return unionOf(this.all.map(({ distinct }) => distinct));
  }
}
