/**
 * The slots of a table in a binary heap by their counts, the least on top; equal counts stand in the order of the
 * slots, so that the same table always gives up the same key.
 */
export class LeastFirst {
  readonly #heap: number[] = [];
  readonly #places: number[] = [];

  constructor(private readonly countOf: (slot: number) => number) {}

  get size(): number {
    return this.#heap.length;
  }

  /** The slot with the least count. */
  get top(): number {
    return this.#heap[0] ?? 0;
  }

  /** Takes in the next slot. */
  push(slot: number): void {
    this.#put(this.#heap.length, slot);
    this.#rise(this.#heap.length - 1);
  }

  /** A slot's count has grown. */
  grown(slot: number): void {
    this.#sink(this.#places[slot] ?? 0);
  }

  #rise(from: number): void {
    const slot = this.#heap[from] ?? 0;
    let place = from;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      const other = this.#heap[parent] ?? 0;
      if (!this.#isLess(slot, other)) break;
      this.#put(place, other);
      place = parent;
    }
    this.#put(place, slot);
  }

  #sink(from: number): void {
    const { length } = this.#heap;
    const slot = this.#heap[from] ?? 0;
    let place = from;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= length) break;
      if (child + 1 < length && this.#isLess(this.#heap[child + 1] ?? 0, this.#heap[child] ?? 0)) child++;
      const other = this.#heap[child] ?? 0;
      if (!this.#isLess(other, slot)) break;
      this.#put(place, other);
      place = child;
    }
    this.#put(place, slot);
  }

  #isLess(a: number, b: number): boolean {
    const difference = this.countOf(a) - this.countOf(b);
    return difference < 0 || (difference === 0 && a < b);
  }

  #put(place: number, slot: number): void {
    this.#heap[place] = slot;
    this.#places[slot] = place;
  }
}
