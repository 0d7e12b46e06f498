import { createRequire } from 'node:module';

interface RequestQueue {
  readonly pending: readonly unknown[];
  scheduleCheckPendingRequests(this: RequestQueue): void;
}

let guarded = false;

/**
 * kafkajs 2.2.4 looks for waiting requests with a timer that it sets again as soon as it fires, about 900 times a second
 * for each connection, even if nothing waits, and with a negative delay at that (tulios/kafkajs#1751, #1704). It needs
 * the timer only while requests wait: whoever queues one sets it.
 */
export function guardBusyLoop(): void {
  if (guarded) return;
  guarded = true;
  const { prototype } = createRequire(__filename)('kafkajs/src/network/requestQueue') as { prototype: RequestQueue };
  // eslint-disable-next-line @typescript-eslint/unbound-method -- it is called with its own queue below
  const schedule = prototype.scheduleCheckPendingRequests;
  prototype.scheduleCheckPendingRequests = function (this: RequestQueue): void {
    if (this.pending.length > 0) schedule.call(this);
  };
}
