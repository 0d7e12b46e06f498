/**
 * Makes the median absolute deviation estimate the standard deviation of normally distributed values:
 * 1 / Φ⁻¹(3/4) = 1.4826 (Rousseeuw and Croux, "Alternatives to the Median Absolute Deviation", JASA 88, 1993).
 */
const MAD_SCALE = 1.4826;

/**
 * The same for the mean absolute deviation: √(π/2) = 1.2533 (Iglewicz and Hoaglin, "How to Detect and Handle
 * Outliers", 1993, who take it where the median one is 0).
 */
const MEAN_SCALE = 1.2533;

/** Some numbers in order, from which the median can be read at once. Inserting moves the memory behind: for thousands. */
export class SortedWindow {
  readonly #values: Float64Array;
  #length = 0;

  constructor(capacity: number) {
    this.#values = new Float64Array(capacity);
  }

  get length(): number {
    return this.#length;
  }

  insert(value: number): void {
    const index = this.#search(value);
    this.#values.copyWithin(index + 1, index, this.#length);
    this.#values[index] = value;
    this.#length++;
  }

  /** Removes one number equal to `value`, which must be there. */
  remove(value: number): void {
    const index = this.#search(value);
    this.#values.copyWithin(index, index + 1, this.#length);
    this.#length--;
  }

  clear(): void {
    this.#length = 0;
  }

  median(): number {
    const half = this.#length >> 1;
    return this.#length % 2 === 1 ? this.#at(half) : (this.#at(half - 1) + this.#at(half)) / 2;
  }

  /**
   * How far the numbers spread around their median, in units of a standard deviation: the scaled median absolute
   * deviation; where that is 0, for more than half of the numbers are the same, the scaled mean absolute deviation.
   * 0 if all numbers are the same.
   */
  spread(): number {
    const median = this.median();
    const mad = this.#medianDeviation(median);
    if (mad > 0) return MAD_SCALE * mad;
    let sum = 0;
    for (let index = 0; index < this.#length; index++) sum += Math.abs(this.#at(index) - median);
    return (MEAN_SCALE * sum) / this.#length;
  }

  /** Walks from the median outwards: deviations to either side are in order already, so half of them are enough. */
  #medianDeviation(median: number): number {
    const half = this.#length >> 1;
    let above = half;
    let below = half - 1;
    let last = 0;
    let beforeLast = 0;
    for (let taken = 0; taken <= half; taken++) {
      const up = above < this.#length ? this.#at(above) - median : Number.POSITIVE_INFINITY;
      const down = below >= 0 ? median - this.#at(below) : Number.POSITIVE_INFINITY;
      beforeLast = last;
      if (up <= down) {
        last = up;
        above++;
      } else {
        last = down;
        below--;
      }
    }
    return this.#length % 2 === 1 ? last : (beforeLast + last) / 2;
  }

  #at(index: number): number {
    return this.#values[index] ?? Number.NaN;
  }

  #search(value: number): number {
    let low = 0;
    let high = this.#length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#at(middle) < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
