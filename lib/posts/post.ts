/** The counts that X keeps of a post. */
export interface PostMetrics {
  retweet_count?: number;
  reply_count?: number;
  like_count?: number;
  quote_count?: number;
  bookmark_count?: number;
  impression_count?: number;
}

/** The author of a post, joined in from the `includes.users` of X's answer. */
export interface PostAuthor {
  id: string;
  name?: string;
  username: string;
  public_metrics?: {
    followers_count?: number;
    following_count?: number;
    tweet_count?: number;
    listed_count?: number;
  };
  [field: string]: unknown;
}

/** Something that X found in a post's text, from `start` to before `end`, counted in code points. */
export interface Span {
  start: number;
  end: number;
}

/** What X found in a post's text. */
export interface PostEntities {
  hashtags?: (Span & { tag: string })[];
  mentions?: (Span & { username: string; id?: string })[];
  urls?: (Span & { url: string; expanded_url?: string; display_url?: string })[];
  [kind: string]: unknown;
}

/** A post in the shape and with the names of X API v2, its author joined in. */
export interface Post {
  /** Decimal digits; too large for a number. */
  id: string;
  text: string;
  /** ISO 8601, UTC, milliseconds: `2026-11-23T02:50:51.000Z`. */
  created_at: string;
  /** BCP 47, such as `en` or `zh`. */
  lang?: string;
  author_id?: string;
  author?: PostAuthor;
  entities?: PostEntities;
  public_metrics?: PostMetrics;
  [field: string]: unknown;
}

/** What the value of a post's field has to be. */
export type FieldKind = 'text' | 'time' | 'number';

const METRICS = ['retweet', 'reply', 'like', 'quote', 'bookmark', 'impression'].map(
  (name) => `public_metrics.${name}_count`,
);
const AUTHOR_METRICS = ['followers', 'following', 'tweet', 'listed'].map(
  (name) => `author.public_metrics.${name}_count`,
);

/** The kinds of the fields of a post that are known; any other field may hold anything. */
export const FIELD_KINDS: ReadonlyMap<string, FieldKind> = new Map<string, FieldKind>([
  ['id', 'text'],
  ['text', 'text'],
  ['created_at', 'time'],
  ['lang', 'text'],
  ['author_id', 'text'],
  ['author.id', 'text'],
  ['author.name', 'text'],
  ['author.username', 'text'],
  ...[...METRICS, ...AUTHOR_METRICS].map((path): [string, FieldKind] => [path, 'number']),
]);

/** The fields of interest: what the steps after this one, the tables and the charts make use of. */
export const FIELDS_OF_INTEREST: readonly string[] = [
  'id',
  'text',
  'created_at',
  'lang',
  'author.id',
  'author.username',
  'author.name',
  'author.public_metrics.followers_count',
  'public_metrics.retweet_count',
  'public_metrics.reply_count',
  'public_metrics.like_count',
  'public_metrics.quote_count',
];

/** X's own limit for the longest posts (of Premium subscribers), in characters. */
export const LONGEST_POST = 25_000;
