import type { Post } from './post';
import { Draw, mixLong, seedOf } from './random';
import { Authors, copyAuthor } from './sampleAuthors';
import { TextBuilder } from './sampleText';
import { type Topic, rankTopics } from './sampleTopics';
import { Trends } from './sampleTrends';
import { EMOJI, type Mood } from './sampleWords';
import { zipf } from './zipf';

/** What the sample stream is made of. Shares are parts of all posts, 0 to 1. */
export interface SampleOptions {
  /** The same seed gives the same posts. */
  readonly seed: number | string;
  /** Posts that repeat an earlier one exactly; 0.01 by default. */
  readonly duplicates?: number;
  /** Posts whose `created_at` lies behind their time of arrival; 0.02 by default. */
  readonly late?: number;
  /** Posts that are no posts; 0.005 by default. */
  readonly malformed?: number;
  /** How far late posts lie behind at most, in milliseconds; 5 minutes by default, at least 1 second. */
  readonly maxLateness?: number;
}

export type SampleKind = 'regular' | 'duplicate' | 'late' | 'malformed';

/** The ways in which a malformed post is broken. */
export const MALFORMATIONS = ['noText', 'nullText', 'badTime', 'textNumbers', 'noId', 'nestedText'] as const;
export type Malformation = (typeof MALFORMATIONS)[number];

/** A duplicate repeats one of this many posts before it. */
export const REPEAT_DISTANCE = 64;

const KIND = 0x6b1d;
const DETAIL = 0x7a11;

/**
 * An endless, repeatable stream of invented posts. Post `n` is a pure function of the seed and `n`; only its
 * `created_at` depends on the time that it is given. Hashtags follow Zipf's law, with trends that rise and fall.
 */
export class Sample {
  readonly #seed: number;
  readonly #shares: { duplicates: number; late: number; malformed: number };
  readonly #maxLateness: number;
  readonly #topics: readonly [Topic, ...Topic[]];
  readonly #rank: (bits: number) => number;
  readonly #trends: Trends;
  readonly #authors: Authors;
  readonly #draw = new Draw();
  readonly #prefix: number;

  constructor(options: SampleOptions) {
    this.#seed = seedOf(options.seed);
    this.#shares = {
      duplicates: options.duplicates ?? 0.01,
      late: options.late ?? 0.02,
      malformed: options.malformed ?? 0.005,
    };
    this.#maxLateness = Math.max(1_000, options.maxLateness ?? 300_000);
    this.#topics = rankTopics(this.#seed);
    this.#rank = zipf(this.#topics.length, 1.05);
    this.#trends = new Trends(this.#seed, this.#topics.length);
    this.#authors = new Authors(this.#seed);
    this.#prefix = 1_900_000 + (this.#seed % 90_000);
  }

  /** The hashtags of the vocabulary, without `#`, the most frequent (trends aside) first. */
  get vocabulary(): string[] {
    return this.#topics.map(({ tag }) => tag);
  }

  /** What kind of post `n` is. Exactly the shares of the options, in the long run. */
  kindOf(n: number): SampleKind {
    const kind = this.#drawKind(n);
    return kind === 'duplicate' && this.#original(n) < 0 ? 'regular' : kind;
  }

  /** Which post a duplicate `n` repeats: a regular or late one among the 64 before it. */
  originalOf(n: number): number {
    return this.#original(n);
  }

  /** How a malformed post `n` is broken. */
  malformationOf(n: number): Malformation {
    return MALFORMATIONS[this.#detail(n) % MALFORMATIONS.length] ?? 'noText';
  }

  /** How far a late post `n` lies behind, in milliseconds: 1 second to `maxLateness`, evenly over the logarithm. */
  latenessOf(n: number): number {
    return Math.round(1_000 * (this.#maxLateness / 1_000) ** (this.#detail(n) / 0xffff_ffff));
  }

  /** The `id` of post `n`: 19 digits, ascending with `n`. */
  idOf(n: number): string {
    const low = n * 1_009 + (mixLong(this.#seed, n) % 1_000);
    return String(this.#prefix + Math.floor(low / 1e12)) + String(low % 1e12).padStart(12, '0');
  }

  /**
   * Post `n` as it comes from the stream.
   * @param n 0, 1, 2 and so on
   * @param time when it comes, milliseconds since 1970. A duplicate has to be given the time of its original.
   */
  post(n: number, time: number): unknown {
    switch (this.kindOf(n)) {
      case 'regular':
        return this.#compose(n, time);
      case 'late':
        return this.#compose(n, time - this.latenessOf(n));
      case 'duplicate':
        return this.post(this.#original(n), time);
      case 'malformed':
        return this.#break(this.#compose(n, time), this.malformationOf(n));
    }
  }

  #drawKind(n: number): SampleKind {
    const { duplicates, late, malformed } = this.#shares;
    const unit = mixLong(this.#seed ^ KIND, n) / 0x1_0000_0000;
    if (unit < duplicates) return 'duplicate';
    if (unit < duplicates + late) return 'late';
    return unit < duplicates + late + malformed ? 'malformed' : 'regular';
  }

  #original(n: number): number {
    const first = Math.max(0, n - REPEAT_DISTANCE);
    for (let m = n - 1 - (this.#detail(n) % (REPEAT_DISTANCE / 2)); m >= first; m--) {
      const kind = this.#drawKind(m);
      if (kind === 'regular' || kind === 'late') return m;
    }
    return -1;
  }

  #detail(n: number): number {
    return mixLong(this.#seed ^ DETAIL, n);
  }

  #compose(n: number, time: number): Post {
    const draw = this.#draw.start(mixLong(this.#seed, n));
    const trend = this.#trends.topic(n, draw.unit());
    const topic = this.#topics[trend < 0 ? this.#rank(draw.bits()) : trend] ?? this.#topics[0];
    const author = this.#authors.choose(draw.bits());
    const builder = this.#write(draw, topic, trend >= 0);
    // Most posts are hardly seen; few are seen by very many.
    const impressions = draw.heavy(90, 0.85, 20_000_000);
    const likes = Math.floor(impressions * 0.05 * draw.unit());
    return {
      id: this.idOf(n),
      text: builder.text,
      created_at: isoTime(time),
      lang: topic.language.lang,
      author_id: author.id,
      author: copyAuthor(author),
      entities: builder.entities,
      public_metrics: {
        retweet_count: Math.floor(likes * 0.4 * draw.unit()),
        reply_count: Math.floor(likes * 0.3 * draw.unit()),
        like_count: likes,
        quote_count: Math.floor(likes * 0.05 * draw.unit()),
        bookmark_count: Math.floor(likes * 0.1 * draw.unit()),
        impression_count: impressions,
      },
    };
  }

  #write(draw: Draw, topic: Topic, trending: boolean): TextBuilder {
    const builder = new TextBuilder();
    const { phrases, closers, stop } = topic.language;
    const mood = moodOf(draw.unit());
    const tagged = trending || draw.unit() < 0.72;
    if (draw.unit() < 0.1) {
      const other = this.#authors.choose(draw.bits());
      builder.mention(other.username, other.id);
      builder.add(' ');
    }
    const phrase = draw.pick(phrases[mood]);
    const slot = phrase.indexOf('{}');
    builder.add(phrase.slice(0, slot));
    if (tagged) builder.hashtag(topic.tag);
    else builder.add(topic.plain);
    builder.add(phrase.slice(slot + 2));
    const closer = draw.pick(closers);
    if (draw.unit() < 0.3) builder.add(` ${draw.pick(EMOJI[mood])}`);
    else if (closer !== '' && !/[.?？]$/u.test(phrase)) builder.add(stop);
    if (closer !== '') builder.add(` ${closer}`);
    for (let more = tagged ? draw.below(8) - 5 : 0; more > 0; more--) this.#addTag(builder, draw, topic);
    if (draw.unit() < 0.12) {
      builder.add(' ');
      builder.link(`https://example.com/${draw.bits().toString(36)}`);
    }
    return builder;
  }

  #addTag(builder: TextBuilder, draw: Draw, topic: Topic): void {
    const other = this.#topics[this.#rank(draw.bits())];
    if (other?.language !== topic.language || other === topic) return;
    builder.add(' ');
    builder.hashtag(other.tag);
  }

  #break(post: Post, how: Malformation): unknown {
    switch (how) {
      case 'noText':
        return without(post, 'text');
      case 'nullText':
        return { ...post, text: null };
      case 'badTime':
        return { ...post, created_at: 'yesterday at noon' };
      case 'textNumbers':
        return { ...post, public_metrics: { retweet_count: 'many', like_count: '1.2K', reply_count: 'n/a' } };
      case 'noId':
        return without(post, 'id');
      case 'nestedText':
        return { ...post, text: { body: { text: post.text } } };
    }
  }
}

function without(post: Post, field: string): unknown {
  return Object.fromEntries(Object.entries(post).filter(([name]) => name !== field));
}

function moodOf(unit: number): Mood {
  if (unit < 0.38) return 'positive';
  return unit < 0.62 ? 'negative' : 'neutral';
}

let lastTime = Number.NaN;
let lastText = '';

/** ISO 8601 text. At high rates many posts share a millisecond: remembering the last one saves a tenth of the time. */
function isoTime(time: number): string {
  if (time !== lastTime) {
    lastText = new Date(time).toISOString();
    lastTime = time;
  }
  return lastText;
}
