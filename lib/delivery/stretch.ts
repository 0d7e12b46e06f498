import type { Carrier } from './lane';

/** A message that was sent in the present stretch of code. */
export interface Sent {
  readonly from: string;
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
  readonly #sent: Sent[] = [];
  readonly #end = (): void => {
    this.#sent.length = 0;
  };

  add(from: string, to: string, message: Carrier): void {
    if (this.#sent.length === 0) void NOW.then(this.#end);
    this.#sent.push({ from, to, message });
  }

  /** What a node has sent; nothing if one of these messages has `own` as its property, as nearly always. */
  sentBy(node: string, property: string, own: unknown): readonly Sent[] {
    let some = false;
    for (const { from, message } of this.#sent) {
      if (from !== node) continue;
      if (message[property] === own) return NOTHING;
      some = true;
    }
    return some ? this.#sent.filter(({ from }) => from === node) : NOTHING;
  }
}
