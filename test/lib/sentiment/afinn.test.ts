import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
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

describe('sentiment/afinn', () => {
  for (const [text, label, score] of CASES) {
    it(`${JSON.stringify(text)} is ${label}`, () => {
      const found = scorer.score(text);
      assert.deepEqual([found.label, found.score], [label, score]);
    });
  }

  it('gives what npm sentiment gives for 49,570 real posts', function () {
    const npm = new Npm();
    for (const text of realTexts(this)) {
      const { score, comparative, tokens, words, positive, negative } = npm.analyze(text);
      const { label, confidence, ...ours } = scorer.score(text);
      assert.deepEqual(ours, { score, comparative, tokens, words, positive, negative }, text);
      assert.equal(label, score > 0 ? 'positive' : score < 0 ? 'negative' : 'neutral');
      assert.ok(confidence >= 0 && confidence <= 1);
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
    for (const piece of ['good ', ' ', '\n', 'a', '.', 'not ', '😂', '\ud83d', '\t \u3000']) {
      scorer.score(piece.repeat(1_000_000 / piece.length));
    }
  });
});
