import assert from 'node:assert/strict';
import fc from 'fast-check';
import * as twitter from 'twitter-text';
import {
  type Entity,
  extractCashtags,
  extractEntities,
  extractHashtags,
  extractMentions,
  extractMentionsOrLists,
  extractReply,
} from '../../../lib/text/entities';
import { findUrls } from '../../../lib/text/urls';
import { realTexts } from './shared';

const WORDS_OF_TEXT = /[^\t-\r \u0085\u00a0\u1680\u180e\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/gu;

const SIGNS = [
  '#',
  '＃',
  '##',
  '@',
  '＠',
  '$',
  '&',
  '_',
  '1',
  '٣',
  '/',
  '/list-',
  '://',
  ' ',
  '\t',
  '\u3000',
  '\u180e',
];
const WORDS = [
  'a',
  'Zz',
  'é',
  'ß',
  'ж',
  '中',
  'ひ',
  'हि',
  'न्',
  'ı',
  'ſ',
  '\u212a',
  'Ꮳ',
  'ꭰ',
  'ＡＢ',
  'RT',
  'rt',
  'Rt:',
];
const MARKS = [
  '\u0300',
  '\u0345',
  '\ufe0f',
  '\ufe0e',
  '\u20e3',
  '\u200d',
  '\u200c',
  '·',
  '・',
  '～',
  '\u0085',
  '\ufeff',
];
const ASTRAL = ['😀', '👍🏽', '\ud83d', '\ude00', '\u{20021}', '\u{104a0}', '\u{16f04}', '\u{1d7ce}'];
const NAMES = ['abcdefghijklmnopqrstu', 'TSLA', '.T', '_ab', '-', '+', '~', '!', '%', '*', ':', ',', '(', ')'];
const LINKS = ['http://', 'HTTPS://', 'httpſ://', 'https://t.co/', 't.co/', 'www.', '.com', '.CO.UK', '.', '..', '://'];
const HOSTS = [
  '.中国',
  '.みんな',
  '嘉里大酒店',
  '嘉里',
  '.भारत',
  'म्',
  'xn--',
  'xn--a-',
  '.ſe',
  '.ﬁ',
  '.loß',
  '。',
  '｡',
];
const LONG = ['a'.repeat(30), '中'.repeat(11), '.vermögensberatung', '\u0001', '\u007f', '\u200e', '\u202a'];
const PATHS = [
  '/',
  '//',
  '?',
  '=',
  '&',
  '(',
  ')',
  '((',
  '))',
  ':80',
  '#a',
  '!',
  ';',
  "'",
  '"',
  '|',
  '–',
  'Ι',
  '@',
  '-',
];

function textOf(...pieces: readonly (readonly string[])[]) {
  return fc.array(fc.constantFrom(...pieces.flat()), { maxLength: 14 }).map((parts) => parts.join(''));
}

/** Compares everything at once, in one shape, as twitter-text and as we find it. */
function compare(text: string): void {
  const place = (found: string, indices: readonly number[]) => `${found} ${indices.join()}`;
  const ours = (entities: readonly Entity[]) => entities.map((entity) => place(entity.text, entity.indices));
  const message = JSON.stringify(text);
  assert.deepEqual(
    ours(extractHashtags(text)),
    twitter.extractHashtagsWithIndices(text).map((tag) => place(tag.hashtag, tag.indices)),
    message,
  );
  assert.deepEqual(
    ours(extractCashtags(text)),
    twitter.extractCashtagsWithIndices(text).map((tag) => place(tag.cashtag, tag.indices)),
    message,
  );
  assert.deepEqual(
    ours(extractMentions(text)),
    twitter.extractMentionsWithIndices(text).map((mention) => place(mention.screenName, mention.indices)),
    message,
  );
}

function compareRest(text: string): void {
  const message = JSON.stringify(text);
  assert.deepEqual(
    extractMentionsOrLists(text).map(({ name, list, indices }) => [name, list, [...indices]]),
    twitter.extractMentionsOrListsWithIndices(text).map((one) => [one.screenName, one.listSlug, one.indices]),
    message,
  );
  assert.equal(extractReply(text), twitter.extractReplies(text), message);
  assert.deepEqual(
    [...text.matchAll(WORDS_OF_TEXT)].flatMap((word) => findUrls(text, word.index, word.index + word[0].length)),
    twitter.extractUrlsWithIndices(text).map((url) => url.indices),
    message,
  );
}

describe('text/entities against twitter-text 3.1.0', () => {
  it('finds the same in 49,570 real posts', function () {
    const texts = realTexts(this);
    assert.equal(texts.length, 49_570);
    for (const text of texts) compare(text);
  });

  it('finds the same in any mixture of signs, scripts, marks and half emoji', () => {
    fc.assert(
      fc.property(textOf(SIGNS, WORDS, MARKS, ASTRAL, NAMES, LINKS), (text) => {
        compare(text);
        compareRest(text);
      }),
      { numRuns: 20_000 },
    );
  });

  it('finds the same in and around any mixture of URLs', () => {
    fc.assert(
      fc.property(textOf(LINKS, HOSTS, PATHS, LONG, ['a', 'é', 'ö', '中', '_', ' ', '1', '😀']), (text) => {
        compare(text);
        compareRest(text);
      }),
      { numRuns: 20_000 },
    );
  });

  it('finds the same in any UTF-16 text at all', () => {
    const units = fc.array(fc.oneof(fc.constantFrom(0x23, 0x24, 0x40, 0x2e, 0x2f), fc.nat(0xffff)), { maxLength: 20 });
    fc.assert(
      fc.property(units, (codes) => {
        compare(String.fromCharCode(...codes));
        compareRest(String.fromCharCode(...codes));
      }),
      { numRuns: 5_000 },
    );
  });

  it('gives several kinds as the kinds alone, in order of appearance, without overlap', () => {
    const kinds = ['mention', 'hashtag', 'cashtag'] as const;
    fc.assert(
      fc.property(textOf(SIGNS, WORDS, NAMES, LINKS), (text) => {
        const found = extractEntities(text, kinds);
        for (const kind of kinds) {
          assert.deepEqual(
            found.filter((entity) => entity.kind === kind),
            extractEntities(text, [kind]),
          );
        }
        let end = 0;
        for (const { indices } of found) {
          assert.ok(indices[0] >= end);
          [, end] = indices;
        }
      }),
      { numRuns: 5_000 },
    );
  });
});
