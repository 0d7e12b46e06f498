/**
 * Waits that double with each failure in a row: X's advice for HTTP errors is 5 s, doubling to 320 s. A random part of
 * up to a quarter keeps many clients from coming back all at once.
 */
export class Backoff {
  #failures = 0;

  /** @param random 0 to before 1 */
  constructor(
    private readonly random: () => number,
    private readonly first = 5_000,
    private readonly longest = 320_000,
  ) {}

  /** Another failure: how long to wait now, in milliseconds. */
  fail(): number {
    const wait = Math.min(this.longest, this.first * 2 ** this.#failures++);
    return Math.round(wait * (1 - this.random() / 4));
  }

  succeed(): void {
    this.#failures = 0;
  }
}
