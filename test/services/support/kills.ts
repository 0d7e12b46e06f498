import { setTimeout as pause } from 'node:timers/promises';

/** What is done while servers are killed. */
export interface Work {
  /** The share of it that is done, from 0 to 1. */
  share(): number;
  /** Waits until a share of it is done. */
  reached(share: number): Promise<void>;
}

/** What is killed. */
export interface Victims {
  /** Servers, and `Node-RED`. */
  readonly names: readonly string[];
  /** Kills a server, and starts it again after a while. */
  server(name: string): Promise<void>;
  /** Kills Node-RED, and starts it again. */
  nodeRed(): Promise<void>;
}

/** How long to wait for a server before the next is killed, in ms; another server waits until it is back. */
const AWAY = 2_000;

/**
 * Kills each of them, in random order, after a random part of what is left to do, so that there is work in flight.
 * @param random numbers from 0 up to 1
 */
export async function killAtRandom(work: Work, victims: Victims, random: () => number): Promise<void> {
  const order = victims.names.map((name) => ({ name, at: random() })).sort((one, other) => one.at - other.at);
  let back: Promise<void> = Promise.resolve();
  for (const [index, { name }] of order.entries()) {
    if (name !== 'Node-RED') await back;
    const done = work.share();
    await work.reached(done + ((0.9 - done) * random()) / (order.length - index));
    if (name === 'Node-RED') {
      await victims.nodeRed();
    } else {
      back = victims.server(name);
      await Promise.race([back, pause(AWAY)]);
    }
  }
  await back;
}
