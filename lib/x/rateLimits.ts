/** What X has said of one endpoint's request limit. */
export interface RateLimit {
  /** Requests in each period of 15 minutes. */
  readonly limit: number;
  readonly remaining: number;
  /** When the period ends, in milliseconds since 1970 by our own clock. */
  readonly resetAt: number;
}

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** A moment more than X says, for clocks that tick apart. */
const MARGIN = 1_000;
const LONGEST = 15 * 60_000;

/** Remembers the request limits of an account, by endpoint, from the headers of its answers. */
export class RateLimits {
  readonly #limits = new Map<string, RateLimit>();

  /** @param now the clock, milliseconds since 1970 */
  constructor(private readonly now: () => number) {}

  /**
   * Reads `x-rate-limit-limit`, `-remaining` and `-reset` (epoch seconds) of an answer. The time left is measured
   * against the answer's own `date`, since our clock may be wrong.
   */
  learn(endpoint: string, headers: Headers): void {
    const limit = whole(headers['x-rate-limit-limit']);
    const remaining = whole(headers['x-rate-limit-remaining']);
    const reset = whole(headers['x-rate-limit-reset']);
    if (limit === undefined || remaining === undefined || reset === undefined) return;
    const date = Date.parse(String(headers.date));
    const left = reset * 1_000 - (Number.isNaN(date) ? this.now() : date);
    this.#limits.set(endpoint, {
      limit,
      remaining,
      resetAt: this.now() + Math.min(Math.max(0, left), LONGEST) + MARGIN,
    });
  }

  /** Says that there are no requests left, whatever the headers said: until their reset, or for `otherwise` ms. */
  exhaust(endpoint: string, otherwise: number): void {
    const known = this.of(endpoint);
    this.#limits.set(endpoint, {
      limit: known?.limit ?? 0,
      remaining: 0,
      resetAt: known?.resetAt ?? this.now() + otherwise,
    });
  }

  /** Milliseconds before a request makes sense; 0 if one may be made now. */
  wait(endpoint: string): number {
    const known = this.of(endpoint);
    return known?.remaining === 0 ? known.resetAt - this.now() : 0;
  }

  /** The limit of the present period; undefined before the first answer, and after the period has ended. */
  of(endpoint: string): RateLimit | undefined {
    const known = this.#limits.get(endpoint);
    return known && known.resetAt > this.now() ? known : undefined;
  }
}

function whole(header: string | string[] | undefined): number | undefined {
  const number = typeof header === 'string' && header.trim() !== '' ? Number(header) : Number.NaN;
  return Number.isFinite(number) ? number : undefined;
}
