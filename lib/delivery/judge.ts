import type { Attempt } from './attempt';

/**
 * Looks at attempts of which nothing is left in the flow. A node may call `done` just before it sends, or begin the
 * sending in the next turn of the event loop, so what looks finished is looked at again when that turn is over.
 */
export class Judge {
  #coming: Attempt[] = [];
  #due = false;

  /** @param judge takes up an attempt that is still idle when its time has come */
  constructor(private readonly judge: (attempt: Attempt) => void) {}

  soon(attempt: Attempt): void {
    if (attempt.judging) return;
    attempt.judging = true;
    this.#coming.push(attempt);
    if (this.#due) return;
    this.#due = true;
    setImmediate(this.#waitATurn);
  }

  // One callback for all that have come up in a turn. Some of them did so after it was asked for; one more turn, and
  // each of them has seen a whole one.
  readonly #waitATurn = (): void => {
    const these = this.#coming;
    this.#coming = [];
    this.#due = false;
    setImmediate(() => {
      for (const attempt of these) {
        attempt.judging = false;
        if (attempt.idle && attempt.delivery.attempt === attempt && !attempt.delivery.finished) this.judge(attempt);
      }
    });
  };
}
