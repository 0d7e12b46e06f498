const DATE = { type: 'date' } as const;
const KEYWORD = { type: 'keyword', ignore_above: 1_024 } as const;
const LONG = { type: 'long' } as const;
const DOUBLE = { type: 'double' } as const;
const FLAG = { type: 'boolean' } as const;
/** To be searched by its words, and, as `text.keyword`, sorted and counted. */
const TEXT = { type: 'text', fields: { keyword: KEYWORD } } as const;

type Properties = Readonly<Record<string, object>>;

function all<Field extends object>(names: readonly string[], field: Field): Readonly<Record<string, Field>> {
  return Object.fromEntries(names.map((name) => [name, field]));
}

/** What a line of a window has beside its key; see `lib/windows/result`. */
const LINE: Properties = {
  key: KEYWORD,
  ...all(['count', 'error', 'distinct', 'rank', 'previous', 'change'], LONG),
  ...all(['sum', 'mean', 'min', 'max', 'share', 'expected', 'deviation', 'trend'], DOUBLE),
};

const POST: Properties = {
  ...all(['id', 'lang', 'author_id', 'hashtags'], KEYWORD),
  text: TEXT,
  created_at: DATE,
  author: {
    properties: {
      ...all(['id', 'username'], KEYWORD),
      name: TEXT,
      public_metrics: {
        properties: all(['followers_count', 'following_count', 'tweet_count', 'listed_count'], LONG),
      },
    },
  },
  public_metrics: {
    properties: all(
      ['retweet_count', 'reply_count', 'like_count', 'quote_count', 'bookmark_count', 'impression_count'],
      LONG,
    ),
  },
  sentiment: { properties: { label: KEYWORD, ...all(['score', 'comparative', 'confidence'], DOUBLE) } },
};

/**
 * A result of *window count*, as a whole or as rows. The lines of a whole one are `nested`: as plain objects their keys and
 * counts would lose each other, and no query could tell how often a key was counted.
 */
const WINDOW: Properties = {
  window: { properties: { start: DATE, end: DATE } },
  final: FLAG,
  ...all(['total', 'errorBound'], LONG),
  distinctError: DOUBLE,
  counts: { type: 'nested', properties: LINE },
  trending: { type: 'nested', properties: LINE },
  window_id: KEYWORD,
  window_start: DATE,
  window_end: DATE,
  ...LINE,
};

/** How the fields of posts and of window results are indexed. Other fields are taken as they come. */
export const MAPPINGS = {
  // A text that looks like a date would have all later ones refused that do not.
  date_detection: false,
  dynamic_templates: [
    { texts: { match_mapping_type: 'string', mapping: { ...KEYWORD, fields: { text: { type: 'text' } } } } },
  ],
  properties: { '@timestamp': DATE, ...WINDOW, ...POST },
} as const;
