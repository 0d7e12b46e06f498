import { Draw, mix } from './random';
import { LANGUAGES, type Language } from './sampleWords';

/** What a post can be about. */
export interface Topic {
  /** The hashtag, without `#`. */
  readonly tag: string;
  /** The same in plain words: `morning coffee`. */
  readonly plain: string;
  readonly language: Language;
}

/**
 * All topics, the most frequent first: English has every other rank, the other languages share the rest in turns.
 * The seed decides the order within a language.
 */
export function rankTopics(seed: number): readonly [Topic, ...Topic[]] {
  const [english, ...others] = LANGUAGES.map((language) => shuffled(language, seed));
  const ranked: Topic[] = [];
  const lists = [english ?? [], ...others];
  const total = lists.reduce((sum, list) => sum + list.length, 0);
  for (let turn = 0; ranked.length < total; turn++) {
    for (const list of [lists[0], lists[1 + (turn % (lists.length - 1))]]) {
      const topic = list?.pop();
      if (topic) ranked.push(topic);
    }
  }
  const [first, ...rest] = ranked;
  if (!first) throw new RangeError('The sample stream has no topics.');
  return [first, ...rest];
}

function shuffled(language: Language, seed: number): Topic[] {
  const draw = new Draw().start(mix(seed, language.tags.length));
  const topics = language.tags.map((tag) => ({ tag, plain: plainWords(tag), language }));
  for (let last = topics.length - 1; last > 0; last--) {
    const other = draw.below(last + 1);
    const moved = topics[last];
    const chosen = topics[other];
    if (moved && chosen) {
      topics[last] = chosen;
      topics[other] = moved;
    }
  }
  return topics;
}

function plainWords(tag: string): string {
  return tag
    .replace(/_/gu, ' ')
    .replace(/(?<=\p{Ll})(?=[\p{Lu}\d])/gu, ' ')
    .toLowerCase();
}
