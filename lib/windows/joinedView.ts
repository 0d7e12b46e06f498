import { type HyperLogLog, unionOf } from './hyperLogLog';
import { largest } from './largest';
import { type Line, type Merged, addTo, byCount } from './line';
import type { WindowView } from './windowView';

/** The same window as several shapes have it, each with its own records. */
export class JoinedView implements WindowView {
  readonly start: number;
  readonly end: number;
  readonly total: number;
  #together: Merged | undefined;

  constructor(private readonly views: readonly [WindowView, ...WindowView[]]) {
    this.start = views[0].start;
    this.end = views[0].end;
    this.total = views.reduce((total, view) => total + view.total, 0);
  }

  lines(limit: number): { lines: Line[]; mostMissed: number } {
    const { lines, mostMissed } = this.#merged();
    return { lines: largest(lines.values(), limit, byCount), mostMissed };
  }

  *counts(): Iterable<readonly [string, number]> {
    for (const { key, count } of this.#merged().lines.values()) yield [key, count];
  }

  countOf(key: string): number {
    return this.views.reduce((count, view) => count + view.countOf(key), 0);
  }

  distinct(): HyperLogLog | undefined {
    return unionOf(this.views.map((view) => view.distinct()));
  }

  #merged(): Merged {
    if (this.#together !== undefined) return this.#together;
    const lines = new Map<string, Line>();
    let mostMissed = 0;
    for (const view of this.views) {
      const all = view.lines(0);
      mostMissed += all.mostMissed;
      for (const line of all.lines) {
        const known = lines.get(line.key);
        // The views keep their lines: one of them is asked again when its window is remembered as sent.
        if (known === undefined) lines.set(line.key, { ...line });
        else addTo(known, line);
      }
    }
    return (this.#together = { lines, mostMissed });
  }
}
