/** A column of numbers that grows. */
export class Column {
  #values = new Float64Array(8);

  /** @param initial what a place holds that nothing was written to */
  constructor(private readonly initial = 0) {
    if (initial !== 0) this.#values.fill(initial);
  }

  get(slot: number): number {
    return this.#values[slot] ?? this.initial;
  }

  set(slot: number, value: number): void {
    const { length } = this.#values;
    if (slot >= length) {
      const grown = new Float64Array(Math.max(slot + 1, length + (length >> 1)));
      grown.set(this.#values);
      if (this.initial !== 0) grown.fill(this.initial, length);
      this.#values = grown;
    }
    this.#values[slot] = value;
  }
}

/** Sum, least and greatest of the values of each key. */
export class ValueColumns {
  readonly sums = new Column();
  readonly least = new Column(Infinity);
  readonly greatest = new Column(-Infinity);

  add(slot: number, value: number): void {
    this.sums.set(slot, this.sums.get(slot) + value);
    if (value < this.least.get(slot)) this.least.set(slot, value);
    if (value > this.greatest.get(slot)) this.greatest.set(slot, value);
  }

  set(slot: number, sum: number, least: number, greatest: number): void {
    this.sums.set(slot, sum);
    this.least.set(slot, least);
    this.greatest.set(slot, greatest);
  }
}
