import type { WindowLog } from './windowLog';
import type { WindowView } from './windowView';

/** What was to be expected of a key, and how far its count is from that. */
export interface Trend {
  readonly expected: number;
  readonly deviation: number;
  /** (count - expected) / deviation. */
  readonly trend: number;
}

interface Course {
  mean: number;
  variance: number;
  /** After how many windows that was. */
  at: number;
}

interface Saved {
  readonly windows: number;
  readonly courses: [key: string, mean: number, variance: number, at: number][];
}

/** A key of which less than this is expected is forgotten. */
const FORGOTTEN = 1e-3;
/** How often it is looked for such keys, in windows. */
const LOOK_EVERY = 32;
const PART = 'trends';

/**
 * The course of each key over the windows: the exponentially weighted mean and variance of its counts, with
 * `alpha = 2 / (history + 1)`: `variance' = (1 - alpha) (variance + alpha (count - mean)²)`, `mean' = mean + alpha
 * (count - mean)` (T. Finch, "Incremental calculation of weighted mean and variance", 2009, equations 124 and 143). A
 * window without the key counts as 0. The deviation is at least that of a Poisson process of the same mean, and at least
 * 1, so that rare keys do not trend by chance.
 */
export class Trends {
  readonly #alpha: number;
  readonly #courses = new Map<string, Course>();
  readonly #unsaved: Set<string> | undefined;
  #windows = 0;

  /**
   * @param history how many windows the mean remembers
   * @param durable remembers what has changed, to be saved
   */
  constructor(history: number, durable: boolean) {
    this.#alpha = 2 / (history + 1);
    if (durable) this.#unsaved = new Set();
  }

  /** Compares a count with the windows observed so far. */
  of(key: string, count: number): Trend {
    const { mean, variance } = this.#now(key);
    const deviation = Math.max(Math.sqrt(variance), Math.sqrt(mean), 1);
    return { expected: mean, deviation, trend: (count - mean) / deviation };
  }

  /** Takes in a window that has closed. */
  observe(view: WindowView): void {
    const alpha = this.#alpha;
    const first = this.#windows === 0;
    for (const [key, count] of view.counts()) {
      const { mean, variance } = this.#now(key);
      const off = count - mean;
      this.#courses.set(key, {
        mean: first ? count : mean + alpha * off,
        variance: first ? 0 : (1 - alpha) * (variance + alpha * off * off),
        at: this.#windows + 1,
      });
      this.#unsaved?.add(key);
    }
    this.#windows++;
    if (this.#windows % LOOK_EVERY === 0) this.#forget();
  }

  clear(): void {
    this.#courses.clear();
    this.#unsaved?.clear();
    this.#windows = 0;
  }

  save(log: WindowLog): void {
    if (this.#unsaved === undefined || this.#unsaved.size === 0) return;
    const change = this.#saved(this.#unsaved);
    this.#unsaved.clear();
    log.save(PART, change, () => this.#saved(this.#courses.keys()));
  }

  load(parts: ReadonlyMap<string, readonly unknown[]>): void {
    this.clear();
    for (const { windows, courses } of (parts.get(PART) ?? []) as Saved[]) {
      this.#windows = windows;
      for (const [key, mean, variance, at] of courses) this.#courses.set(key, { mean, variance, at });
    }
  }

  #saved(keys: Iterable<string>): Saved {
    const courses: Saved['courses'] = [];
    for (const key of keys) {
      const course = this.#courses.get(key);
      if (course !== undefined) courses.push([key, course.mean, course.variance, course.at]);
    }
    return { windows: this.#windows, courses };
  }

  /** The course of a key up to now: the windows that it was not in have counted as 0. */
  #now(key: string): { mean: number; variance: number } {
    const course = this.#courses.get(key);
    if (course === undefined) return { mean: 0, variance: 0 };
    const { mean, variance, at } = course;
    // k times (1 - alpha)(variance + alpha mean²) and (1 - alpha) mean, in one step.
    const rest = (1 - this.#alpha) ** (this.#windows - at);
    return { mean: mean * rest, variance: rest * (variance + mean * mean * (1 - rest)) };
  }

  #forget(): void {
    for (const key of [...this.#courses.keys()]) {
      if (this.#now(key).mean >= FORGOTTEN) continue;
      this.#courses.delete(key);
      this.#unsaved?.delete(key);
    }
  }
}
