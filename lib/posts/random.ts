/**
 * Mixes two 32-bit integers into one in which every bit of the input changes about half of the bits.
 * The finaliser is MurmurHash3's `fmix32` (Austin Appleby, public domain).
 */
export function mix(a: number, b: number): number {
  let hash = Math.imul(a ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(b + 0x7f4a7c15, 0xc2b2ae35);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** Mixes a seed with a whole number of up to 53 bits. */
export function mixLong(seed: number, n: number): number {
  return mix(mix(seed, n >>> 0), Math.floor(n / 0x1_0000_0000));
}

/** A seed for anything a person may write as one: a number, or text of any kind. */
export function seedOf(seed: number | string): number {
  let hash = 0x811c9dc5;
  for (const char of String(seed)) hash = mix(hash, char.codePointAt(0) ?? 0);
  return hash;
}

/**
 * Random numbers that are a pure function of where they were started: Mulberry32 (Tommy Ettinger, public domain),
 * 32 bits of state, good enough for posts, not for secrets. One object is started anew for each post.
 */
export class Draw {
  #state = 0;

  start(state: number): this {
    this.#state = state;
    return this;
  }

  /** The next 32 bits. */
  bits(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (t ^ (t >>> 14)) >>> 0;
  }

  /** 0 to before 1. */
  unit(): number {
    return this.bits() / 0x1_0000_0000;
  }

  /** A whole number, 0 to before `limit`. */
  below(limit: number): number {
    return Math.floor(this.unit() * limit);
  }

  /** One of the list. */
  pick<T>(list: readonly [T, ...T[]]): T {
    return list[this.below(list.length)] ?? list[0];
  }

  /**
   * A whole number of a heavy-tailed (Lomax, or Pareto II) law: P(X > x) = (1 + x / scale) ** -shape.
   * @param most the largest number that can come
   */
  heavy(scale: number, shape: number, most: number): number {
    return Math.min(most, Math.floor(scale * ((1 - this.unit()) ** (-1 / shape) - 1)));
  }
}
