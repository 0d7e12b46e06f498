import { setTimeout as pause } from 'node:timers/promises';

/** In ms. */
export interface Patience {
  /** How long to wait at most. */
  readonly within?: number;
  /** How long between one look and the next. */
  readonly every?: number;
}

/** Waits for something to become true, and says what it was if it does not. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string | (() => string),
  { within = 10_000, every = 2 }: Patience = {},
): Promise<void> {
  const end = Date.now() + within;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`waited in vain for ${typeof what === 'string' ? what : what()}`);
    await pause(every);
  }
}
