/** How long a tick lasts at least, in ms: a pace is kept by a few posts at a time, not by one timer a post. */
const TICK = 50;
/** What may be caught up after a pause of the flow, in ms. */
const MOST_BEHIND = 1_000;

/** Keeps to a number of posts a second, by a token bucket. */
export class Pace {
  #tokens = 0;
  #last: number | undefined;

  /** @param rate posts a second; 0 for no limit */
  constructor(private rate: number) {}

  setRate(rate: number): void {
    this.rate = rate;
    this.#tokens = 0;
    this.#last = undefined;
  }

  /** How long to wait before the next post may go, in ms. */
  wait(now: number): number {
    if (this.rate <= 0) return 0;
    const elapsed = Math.min(now - (this.#last ?? now), MOST_BEHIND);
    this.#last = now;
    this.#tokens = Math.min(this.#tokens + (elapsed * this.rate) / 1000, Math.max(1, (MOST_BEHIND * this.rate) / 1000));
    if (this.#tokens >= 1) return 0;
    return Math.max(TICK, Math.ceil(((1 - this.#tokens) * 1000) / this.rate));
  }

  /** How many posts may go now. */
  get allowance(): number {
    return this.rate <= 0 ? Infinity : Math.floor(this.#tokens);
  }

  spent(posts: number): void {
    this.#tokens -= posts;
  }
}
