/** Where the count of the month is kept; synchronous, and safe on disk when `save` returns. */
export interface BudgetStore {
  load(): unknown;
  save(count: PostCount): void;
}

/** The posts that an account has read in a month; each costs money. */
export interface PostCount {
  /** UTC: `2026-11`. */
  readonly month: string;
  readonly posts: number;
}

/** Leave to read some posts. */
export interface Grant {
  readonly posts: number;
  /** Says how many it really were. The second call does nothing. */
  settle(read: number): void;
}

/**
 * Counts the posts that an account reads in a UTC month, over all nodes that use it. What a request may bring is
 * counted, and stored, before it is made, and corrected afterwards: a crash in between can only count too many.
 */
export class PostBudget {
  #count: PostCount;

  /** @param now the clock, milliseconds since 1970 */
  constructor(
    private readonly now: () => number,
    private readonly store?: BudgetStore,
  ) {
    this.#count = asCount(store?.load()) ?? { month: this.#month(), posts: 0 };
  }

  /** Posts read (or about to be read) in this month. */
  get used(): number {
    return this.#count.month === this.#month() ? this.#count.posts : 0;
  }

  /** How many posts of a monthly budget are left. */
  left(budget: number): number {
    return Math.max(0, budget - this.used);
  }

  /** When the next month begins, milliseconds since 1970. */
  get renewsAt(): number {
    const date = new Date(this.now());
    return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1);
  }

  /**
   * Leave to read up to `wanted` posts.
   * @param least the least that is of use
   * @param budget the most posts that the account may have read in this month
   * @returns undefined if less than `least` is left
   */
  grant(wanted: number, least: number, budget: number): Grant | undefined {
    const posts = Math.min(wanted, this.left(budget));
    if (posts < least) return undefined;
    this.#add(posts);
    const month = this.#count.month;
    let settled = false;
    return {
      posts,
      settle: (read) => {
        if (settled) return;
        settled = true;
        // What was granted in another month is not given back to this one.
        if (read !== posts && month === this.#month()) this.#add(read - posts);
      },
    };
  }

  #add(posts: number): void {
    this.#count = { month: this.#month(), posts: Math.max(0, this.used + posts) };
    this.store?.save(this.#count);
  }

  #month(): string {
    return new Date(this.now()).toISOString().slice(0, 7);
  }
}

function asCount(stored: unknown): PostCount | undefined {
  if (typeof stored !== 'object' || stored === null) return undefined;
  const { month, posts } = stored as Partial<PostCount>;
  return typeof month === 'string' && typeof posts === 'number' && posts >= 0 ? { month, posts } : undefined;
}
