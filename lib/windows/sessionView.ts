import { type HyperLogLog, unionOf } from './hyperLogLog';
import { largest } from './largest';
import { type Line, byCount } from './line';
import type { WindowView } from './windowView';

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
    return unionOf(this.sessions.map(({ distinct }) => distinct));
  }
}
