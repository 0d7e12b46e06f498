import { createRequire } from 'node:module';

interface ConsumerGroup {
  maxWaitTime: number;
  readonly subscriptionState: { paused(): readonly unknown[] };
  fetch(this: ConsumerGroup, nodeId: string): Promise<unknown>;
}

/** How long a fetch waits while partitions are paused, in ms: as soon as one is resumed it is to be fetched. */
const PAUSED_WAIT = 20;

let mended = false;

/**
 * kafkajs 2.2.4 does not notice that a partition was resumed until the fetch under way has ended; if all were paused, it
 * sleeps for as long as a fetch may wait (`consumerGroup.js`, `fetch`). A flow that takes records faster than that
 * stands still in between. While anything is paused, fetches and sleeps are kept short.
 */
export function mendPausedFetch(): void {
  if (mended) return;
  mended = true;
  const { prototype } = createRequire(__filename)('kafkajs/src/consumer/consumerGroup') as { prototype: ConsumerGroup };
  // eslint-disable-next-line @typescript-eslint/unbound-method -- it is called with its own group below
  const { fetch } = prototype;
  const configured = new WeakMap<ConsumerGroup, number>();
  prototype.fetch = function (this: ConsumerGroup, nodeId: string): Promise<unknown> {
    const longest = configured.get(this) ?? this.maxWaitTime;
    configured.set(this, longest);
    this.maxWaitTime = this.subscriptionState.paused().length > 0 ? Math.min(PAUSED_WAIT, longest) : longest;
    return fetch.call(this, nodeId);
  };
}
