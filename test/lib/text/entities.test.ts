import assert from 'node:assert/strict';
import {
  type EntityKind,
  extractCashtags,
  extractEntities,
  extractHashtags,
  extractMentions,
} from '../../../lib/text/entities';

const ALL: readonly EntityKind[] = ['hashtag', 'cashtag', 'mention'];

/** What each text holds, with its signs: the rules a person meets, by example. */
const CASES: readonly (readonly [rule: string, text: string, found: readonly string[]])[] = [
  ['a tag of digits alone is none', '#2024 #1_2 #2024election', ['#2024election']],
  ['a sign in mid-word is none', 'C#sharp a$TSLA me@example.com', []],
  ['the full-width sign counts', '＃日本 ＠name', ['＃日本', '＠name']],
  ['a tag in a URL is none', 'http://example.com/#anchor example.com/#b', []],
  ['a tag after a URL is one', 'http://example.com #tag', ['#tag']],
  ['a tag before a URL in the same word wins over it', '#föö.com/#bar', ['#föö', '#bar']],
  ['tags that run together are none but the last', '#a#b #c', ['#c']],
  ['a tag that a sign follows is none, the one after two signs is', '#a##b', ['#b']],
  ['a keycap is no tag', '#️⃣ #⃣a', []],
  ['an emoji ends a tag', '#party🎉#time', ['#party', '#time']],
  ['a name is 20 characters long', '@abcdefghijklmnopqrstuvwxyz', ['@abcdefghijklmnopqrst']],
  ['a list is no mention', '@name/list @name', ['@name']],
  ['a mention in a URL is one', 'http://example.com/@name', ['@name']],
  ['RT may stand before a name', 'RT@one xRT@two', ['@one']],
  ['a cashtag is six letters and a suffix of two', '$TSLA $BRK.A $TOOLONGG $BRK.ABC', ['$TSLA', '$BRK.A', '$BRK']],
  ['kinds stand in order of appearance', '@a $B #c @d', ['@a', '$B', '#c', '@d']],
];

const MEGABYTE = 1_000_000;
const HOSTILE = [
  ...[
    'a.',
    '#',
    '＃',
    '#a',
    '#a.',
    '@',
    '@a ',
    'rt@',
    '$A ',
    '#a ',
    '#1',
    '://',
    'http://',
    'https://a.',
    'http://t.co/',
  ],
  ...['.com#', 'x.com/#a(', '(a.co/', '((a.co', 'a.co/!(a.co/!)', 'a.co?', 'a.co:1', 'a.co/@', 'a_b.com.', '_.', '"a.'],
  ...['中.', '中.中国/', '中', '中。', 'é.com', 'x.comm中x.com', 'xn--', 'xn--a.', '\ud83d', '\ude00#', '\u{1f600}#a'],
];

describe('text/entities', () => {
  for (const [rule, text, found] of CASES) {
    it(rule, () => {
      assert.deepEqual(
        extractEntities(text, ALL).map(({ indices }) => text.slice(...indices)),
        found,
      );
    });
  }

  it('gives text without sign, and indices with it', () => {
    assert.deepEqual(extractHashtags('a #tag'), [{ kind: 'hashtag', text: 'tag', indices: [2, 6] }]);
    assert.deepEqual(extractCashtags('a $TSLA'), [{ kind: 'cashtag', text: 'TSLA', indices: [2, 7] }]);
    assert.deepEqual(extractMentions('a @name'), [{ kind: 'mention', text: 'name', indices: [2, 7] }]);
  });

  it('finds nothing in an empty text, and no kind where none is asked for', () => {
    assert.deepEqual(extractEntities('', ALL), []);
    assert.deepEqual(extractEntities('#tag', []), []);
    assert.deepEqual(extractEntities('#tag', ['hashtag', 'hashtag']).length, 1);
  });

  // What is quadratic takes minutes on these and fails by mocha's time limit.
  for (const piece of HOSTILE) {
    it(`takes a megabyte of ${JSON.stringify(piece)} in its stride`, () => {
      const half = piece.repeat(MEGABYTE / 2 / piece.length);
      extractEntities(`#a ${half}#b #a.b${half}.com/#b`, ALL);
    });
  }
});
