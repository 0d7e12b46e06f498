import { SortedWindow } from './sortedWindow';

/** Fewer values than this say nothing about what is usual: none is judged yet. */
export const LEAST_VALUES = 20;

/**
 * Judges the numbers of one field against the last ones of it: a number is an outlier if it lies further from their
 * median than `k` times their spread (the Hampel identifier: Hampel, "The Influence Curve and its Role in Robust
 * Estimation", JASA 69, 1974). Every number judged becomes one of the last ones, outliers too: up to half of the
 * window they do not move the median much, and where the level has really shifted, it is learnt.
 */
export class OutlierWindow {
  readonly #sorted: SortedWindow;
  /** The same in order of arrival, from `#first` on. */
  #recent: number[] = [];
  #first = 0;
  /** The committed ones alone; in flight are those of `#recent` that are not among them. */
  #committed: number[] = [];

  constructor(
    private readonly size: number,
    private readonly k: number,
  ) {
    this.#sorted = new SortedWindow(size + 1);
  }

  /** Whether `value` is an outlier; it is one of the last ones from now on. */
  judge(value: number): boolean {
    const enough = this.#sorted.length >= Math.min(LEAST_VALUES, this.size);
    const outlier = enough && this.#isFar(value);
    this.#add(value);
    return outlier;
  }

  get committed(): readonly number[] {
    return this.#committed;
  }

  /** Takes values to the committed ones; `rebuild` afterwards if others that came before them are still in flight. */
  commit(values: readonly number[]): void {
    this.#committed.push(...values);
    if (this.#committed.length > this.size) this.#committed = this.#committed.slice(-this.size);
  }

  /** Sets the committed values. Call `rebuild` afterwards. */
  load(values: readonly number[]): void {
    this.#committed = values.slice(-this.size);
  }

  /** Makes the last values anew: the committed ones, then those in flight, in their order. */
  rebuild(inFlight: Iterable<readonly number[]>): void {
    this.#sorted.clear();
    this.#recent = [];
    this.#first = 0;
    for (const value of this.#committed) this.#add(value);
    for (const values of inFlight) for (const value of values) this.#add(value);
  }

  #isFar(value: number): boolean {
    const spread = this.#sorted.spread();
    return spread > 0 && Math.abs(value - this.#sorted.median()) > this.k * spread;
  }

  #add(value: number): void {
    this.#sorted.insert(value);
    this.#recent.push(value);
    if (this.#sorted.length <= this.size) return;
    this.#sorted.remove(this.#recent[this.#first++] ?? value);
    if (this.#first >= this.size) {
      this.#recent = this.#recent.slice(this.#first);
      this.#first = 0;
    }
  }
}
