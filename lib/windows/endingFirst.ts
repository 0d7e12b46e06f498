/** Something that ends, at a time that may move on. */
export interface Ending {
  readonly end: number;
}

interface Entry<Item> {
  readonly item: Item;
  /** When it was to end as it was put here. */
  readonly end: number;
}

/**
 * Things by their ends, the earliest first. An end that has moved on is noticed when its turn has come: moving it costs
 * nothing (a binary heap with lazy keys).
 */
export class EndingFirst<Item extends Ending> {
  readonly #heap: Entry<Item>[] = [];

  /** @param isGone tells what has ended otherwise, and is passed over */
  constructor(private readonly isGone: (item: Item) => boolean) {}

  push(item: Item): void {
    this.#heap.push({ item, end: item.end });
    this.#rise(this.#heap.length - 1);
  }

  /** Takes out what ends at a time or before it. */
  take(time: number): Item[] {
    const ended: Item[] = [];
    for (let first = this.#heap[0]; first !== undefined && first.end <= time; first = this.#heap[0]) {
      this.#removeFirst();
      const { item } = first;
      if (this.isGone(item)) continue;
      if (item.end > time) this.push(item);
      else ended.push(item);
    }
    return ended;
  }

  #removeFirst(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.#sink();
  }

  #rise(from: number): void {
    let place = from;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (this.#endAt(parent) <= this.#endAt(place)) return;
      this.#swap(place, parent);
      place = parent;
    }
  }

  #sink(): void {
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= this.#heap.length) return;
      if (this.#endAt(child + 1) < this.#endAt(child)) child++;
      if (this.#endAt(place) <= this.#endAt(child)) return;
      this.#swap(place, child);
      place = child;
    }
  }

  #endAt(place: number): number {
    return this.#heap[place]?.end ?? Infinity;
  }

  #swap(a: number, b: number): void {
    const [atA, atB] = [this.#heap[a], this.#heap[b]];
    if (atA === undefined || atB === undefined) return;
    this.#heap[a] = atB;
    this.#heap[b] = atA;
  }
}
