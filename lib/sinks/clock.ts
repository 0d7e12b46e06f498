/** Time as sinks see it: passed in, so that tests decide when a linger or a roll is due. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls `run` once, `milliseconds` from now. @returns a function that calls it off */
  after(milliseconds: number, run: () => void): () => void;
}

/** Node's timers take no longer delay (2^31 - 1 ms, almost 25 days); a longer one would fire at once. */
const LONGEST = 2_147_483_647;

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after: (milliseconds, run) => {
    const timer = setTimeout(run, Math.min(milliseconds, LONGEST));
    return () => clearTimeout(timer);
  },
};
