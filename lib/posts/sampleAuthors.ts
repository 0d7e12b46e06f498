import type { PostAuthor } from './post';
import { Draw, mix } from './random';
import { CREATURES, TRAITS } from './sampleWords';
import { zipf } from './zipf';

const AUTHORS = 5_000;

/** Five thousand invented authors; few write much, most write little (Zipf's law with exponent 0.8). */
export class Authors {
  readonly #rank = zipf(AUTHORS, 0.8);
  readonly #known: PostAuthor[] = [];

  constructor(private readonly seed: number) {
    const draw = new Draw();
    for (let index = 0; index < AUTHORS; index++) this.#known.push(this.#invent(draw.start(mix(seed, index)), index));
  }

  /** The author that 32 random bits choose. Not to be changed: see `copyAuthor`. */
  choose(bits: number): PostAuthor {
    const index = this.#rank(bits);
    return this.#known[index] ?? this.#invent(new Draw().start(mix(this.seed, index)), index);
  }

  #invent(draw: Draw, index: number): PostAuthor {
    const trait = draw.pick(TRAITS);
    const creature = draw.pick(CREATURES);
    return {
      id: String(20_000_000 + index * 977 + draw.below(900)),
      name: `${trait} ${creature}`,
      // At most 15 characters, as on X.
      username: `${trait.slice(0, 3).toLowerCase()}_${creature.toLowerCase()}${index}`,
      public_metrics: {
        followers_count: draw.heavy(120, 0.9, 8_000_000),
        following_count: draw.heavy(180, 1.6, 50_000),
        tweet_count: draw.heavy(900, 1.1, 900_000),
        listed_count: draw.heavy(2, 1, 40_000),
      },
    };
  }
}

/** An author for one post alone, which the flow may change. */
export function copyAuthor(author: PostAuthor): PostAuthor {
  return { ...author, public_metrics: { ...author.public_metrics } };
}
