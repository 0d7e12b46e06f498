import type { Carrier } from './lane';

/** A message that was sent in the present stretch of code. */
export interface Sent {
  readonly to: string;
  readonly message: Carrier;
}

// Much cheaper than queueMicrotask, which makes an AsyncResource each time; this is called once a hop.
const NOW = Promise.resolve();
const NOTHING: readonly Sent[] = [];

/**
 * What nodes have sent since the event loop last called anyone: in one go, without a pause, as *join* sends what it has
 * made of messages and completes them. A microtask ends it, and so every callback of a timer has one of its own.
 */
export class Stretch {
  // Nearly always a single one, which needs no list.
  #from = '';
  #first: Sent | undefined;
  readonly #others: (Sent & { readonly from: string })[] = [];
  readonly #end = (): void => {
    this.#first = undefined;
    if (this.#others.length > 0) this.#others.length = 0;
  };

  add(from: string, to: string, message: Carrier): void {
    if (this.#first !== undefined) {
      this.#others.push({ from, to, message });
      return;
    }
    void NOW.then(this.#end);
    this.#from = from;
    this.#first = { to, message };
  }

  /** What a node has sent; nothing if one of these messages has `own` as its property, as nearly always. */
  sentBy(node: string, property: string, own: unknown): readonly Sent[] {
    const first = this.#from === node ? this.#first : undefined;
    if (first?.message[property] === own) return NOTHING;
    const all: Sent[] = first === undefined ? [] : [first];
    for (const sent of this.#others) {
      if (sent.from !== node) continue;
      if (sent.message[property] === own) return NOTHING;
      all.push(sent);
    }
    return all;
  }
}
