import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import Npm from 'sentiment';
import { afinnScorer } from '../../../lib/sentiment/afinn';
import type { Label } from '../../../lib/sentiment/scorer';
import { realTexts, sharedFile } from '../text/shared';

const scorer = afinnScorer();

const CASES: readonly (readonly [text: string, label: Label, score: number])[] = [
  ['What a great day', 'positive', 3],
  ['This is terrible, I hate it', 'negative', -6],
  ['The train leaves at noon', 'neutral', 0],
  ['good and bad', 'neutral', 0],
  ['not good', 'negative', -3],
  ["don't worry", 'positive', 3],
  ['GREAT!!! 😂', 'positive', 4],
  ['', 'neutral', 0],
  ['   \n\t ', 'neutral', 0],
  ['#love', 'positive', 3],
];

const npm = new Npm();

/** Words and what stands around them where cutting a text is hard: white space of all kinds, letters that change length. */
const PIECES: readonly string[] = [
  ...['good', 'BAD', 'Not', "Can't", 'dont', 'naïve', 'NAÏVE', 'self-contradictory', 'no fun', '😂', '❤', 'Ⓜ', 'ⓜ'],
  ...[
    ' ',
    ' ',
    ' ',
    '  ',
    '\n',
    '\t',
    '\r',
    '\v',
    '\f',
    '.',
    ',',
    '!',
    '#',
    '_',
    '(',
    '"',
    "'",
    '-',
    '@',
    '\\',
    '’',
    '…',
  ],
  ...['\u00a0', '\u0085', '\u1680', '\u180e', '\u2003', '\u200b', '\u2028', '\u2029', '\u202f', '\u3000', '\ufeff'],
  ...[
    'İ',
    'I',
    'ı',
    'ẞ',
    'ΑΣ',
    'Σ',
    '\u212a',
    'li\u212ae',
    'Å',
    'É',
    'Ж',
    '𐐀',
    '𞤀',
    '\ud83d',
    '\ude02',
    '\ufe0f',
    '\u200d',
  ],
];

function assertAsNpm(text: string): void {
  const { score, comparative, tokens, words, positive, negative } = npm.analyze(text);
  const { label, confidence, ...ours } = scorer.score(text);
  assert.deepEqual(ours, { score, comparative, tokens, words, positive, negative }, JSON.stringify(text));
  assert.deepEqual(scorer.judge(text), { label, score, comparative, confidence }, JSON.stringify(text));
  assert.equal(label, score > 0 ? 'positive' : score < 0 ? 'negative' : 'neutral');
  assert.ok(confidence >= 0 && confidence <= 1);
}

/** The same for very many texts: without the lists, which take longer to compare than to make. */
function assertScoredAsNpm(text: string): void {
  const { score, comparative } = npm.analyze(text);
  const ours = scorer.judge(text);
  if (ours.score !== score || ours.comparative !== comparative) assertAsNpm(text);
}

describe('sentiment/afinn', () => {
  for (const [text, label, score] of CASES) {
    it(`${JSON.stringify(text)} is ${label}`, () => {
      const found = scorer.score(text);
      assert.deepEqual([found.label, found.score], [label, score]);
    });
  }

  it('gives what npm sentiment gives for 49,570 real posts', function () {
    for (const text of realTexts(this)) assertAsNpm(text);
  });

  it('gives what npm sentiment gives for any text', () => {
    const pieces = fc.array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: 'binary', maxLength: 3 })));
    fc.assert(
      fc.property(
        pieces.map((each) => each.join('')),
        assertAsNpm,
      ),
      { numRuns: 3_000 },
    );
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
        assertAsNpm,
      ),
      { numRuns: 1_000 },
    );
  });

  it('gives what npm sentiment gives beside, inside and after every character there is', () => {
    for (let point = 0; point <= 0x10ffff; point++) {
      const sign = String.fromCodePoint(point);
      // Of the other planes those with a lower case, and a sample of the rest.
      if (point > 0xffff && point % 64 !== 0 && sign.toLowerCase() === sign) continue;
      assertScoredAsNpm(`Good${sign}Bad ${sign} NOT${sign} Great${sign}`);
      if (point <= 0xffff) assertScoredAsNpm(`${sign}Good${sign}${sign}bad ${sign}`);
    }
  });

  it('is right about as often as its confidence says', function () {
    const file = sharedFile(this, 'data', 'sentiment-labelled.tsv.gz');
    const bins = new Map<number, { count: number; right: number; claimed: number }>();
    for (const line of gunzipSync(readFileSync(file)).toString('utf8').trimEnd().split('\n')) {
      const [, gold, text = ''] = line.split('\t');
      const { label, confidence } = scorer.score(text);
      const key = Math.floor(confidence * 10);
      const bin = bins.get(key) ?? { count: 0, right: 0, claimed: 0 };
      bins.set(key, bin);
      bin.count++;
      bin.claimed += confidence;
      if (label === gold) bin.right++;
    }
    for (const [key, { count, right, claimed }] of bins) {
      if (count < 500) continue;
      assert.ok(
        Math.abs(right - claimed) / count < 0.06,
        `${key / 10}: claims ${claimed / count}, is ${right / count}`,
      );
    }
  });

  it('gives what npm sentiment gives for long texts, and for short ones after them', () => {
    for (const times of [300, 50_000, 1, 700]) assertAsNpm('not good, BAD ünd '.repeat(times));
  });

  it('judges as it scores, with overrides too', () => {
    for (const overrides of [
      { kafka: 0.1, spark: 0.2, hdfs: -0.7 },
      { good: -2, 'a\tb': 3 },
    ]) {
      for (const text of ['kafka spark hdfs', 'not kafka, GOOD spark', 'a\tb', '']) {
        const { label, score, comparative, confidence } = scorer.score(text, overrides);
        assert.deepEqual(scorer.judge(text, overrides), { label, score, comparative, confidence });
      }
    }
  });

  it('takes overrides in place of, and beside, the lexicon, for one call', () => {
    assert.equal(scorer.score('good kafka', { kafka: 4, good: 1 }).score, 5);
    assert.equal(scorer.score('good kafka').score, 3);
    assert.equal(new Npm().analyze('good kafka').score, 3);
    assert.equal(scorer.score('not kafka', { kafka: 4 }).score, -4);
    assert.equal(scorer.score('KAFKA', { Kafka: 4 }).score, 4);
    assert.equal(scorer.score('😂', { '😂': -2 }).score, -2);
    assert.deepEqual(scorer.score('good', { good: 0 }).words, ['good']);
  });

  it('scores words named like properties of objects as any other', () => {
    const text = 'constructor toString valueOf hasOwnProperty __proto__ prototype isPrototypeOf';
    assert.deepEqual([scorer.score(text).score, scorer.score(text).words], [0, []]);
    assert.equal(scorer.score('constructor good').score, 3);
    assert.equal(scorer.score('constructor', { constructor: 2 }).score, 2);
    const hostile = JSON.parse('{"__proto__": 5, "hasOwnProperty": 5}') as Record<string, number>;
    assert.equal(scorer.score('good __proto__', hostile).score, 3);
  });

  it('takes a megabyte of anything in its stride', () => {
    for (const piece of ['good ', ' ', '\n', 'a', '.', 'not ', '😂', '\ud83d', '\t \u3000', 'a\t', 'İ ', '\u00a0']) {
      const text = piece.repeat(1_000_000 / piece.length);
      assert.equal(scorer.score(text).score, scorer.judge(text).score);
    }
  });
});
