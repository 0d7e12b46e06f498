import { type Clock, systemClock } from '../sinks/clock';

/** How long work in flight is waited for, in ms. */
export interface Patience {
  /** Nothing has ended for so long: the rest is taken to be stuck. */
  readonly quiet?: number;
  /** The longest wait in all, however well it goes. */
  readonly longest?: number;
  readonly clock?: Clock;
}

const QUIET = 250;
const LONGEST = 5_000;
const LOOK_EVERY = 10;

/**
 * Waits while work in flight keeps getting less: until none is left, until it has not fallen for a while, or until
 * patience ends. Whoever calls it has stopped giving out more.
 * @returns what is still in flight
 */
export async function subside(inFlight: () => number, patience: Patience = {}): Promise<number> {
  const { quiet = QUIET, longest = LONGEST, clock = systemClock } = patience;
  const end = clock.now() + longest;
  let least = inFlight();
  // Counted in looks: while the event loop is blocked, nothing can be finished either.
  let looksLeft = quiet / LOOK_EVERY;
  while (least > 0 && looksLeft > 0 && clock.now() < end) {
    await new Promise<void>((resolve) => clock.after(LOOK_EVERY, resolve));
    const now = inFlight();
    looksLeft = now < least ? quiet / LOOK_EVERY : looksLeft - 1;
    least = Math.min(least, now);
  }
  return least;
}
