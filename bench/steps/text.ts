import Sentiment from 'sentiment';
import twitter from 'twitter-text';
import type { Step } from '../../lib/core/records';
import { decode } from '../../lib/log/codec';
import { afinnScorer } from '../../lib/sentiment/afinn';
import { sentimentStep } from '../../lib/sentiment/sentimentStep';
import { extractHashtags } from '../../lib/text/entities';
import { hashtagStep } from '../../lib/text/hashtagStep';
import { timed } from '../measure';
import { BATCH, batchesOf } from '../posts';
import { type Bench, type StepSubject, STEP_POSTS, step } from './step';

/** As hashtag-extract and sentiment have it by default. */
export const HASHTAGS = {
  from: 'text',
  to: 'hashtags',
  kinds: ['hashtag'],
  lowercase: true,
  output: 'enrich',
} as const;
const SENTIMENT = { property: 'text', engine: 'afinn', to: 'sentiment', detail: false } as const;

/** Steps that need nothing but the post. */
export function textSteps({ posts }: Bench): StepSubject[] {
  const lines = posts.lines.slice(0, STEP_POSTS);
  const records = posts.records.slice(0, STEP_POSTS);
  const texts = records.map((record) => (record as { text: string }).text);
  const batches = batchesOf(records, BATCH);
  const singles = batchesOf(records, 1);
  const hashtags = hashtagStep(HASHTAGS);
  const sentiment = sentimentStep(SENTIMENT);
  const detailed = sentimentStep({ ...SENTIMENT, detail: true });
  const scorer = afinnScorer();
  const analyzer = new Sentiment();

  const each = <Item>(items: readonly Item[], make: (item: Item) => unknown) =>
    timed(items.length, () => consume(items, make));
  const npm = { name: 'npm sentiment', round: each(texts, (text) => analyzer.analyze(text)) };
  const through = (all: readonly unknown[][], step: Step) => timed(records.length, () => runAll(all, step));
  return [
    step(
      'parse JSON',
      'batch',
      each(lines, (line) => decode(line, 'json')),
    ),
    step('hashtags: extraction alone', 'one', each(texts, extractHashtags), {
      name: 'twitter-text',
      round: each(texts, twitter.extractHashtags),
    }),
    step('hashtags: the step', 'batch', through(batches, hashtags)),
    step('hashtags: the step', 'one', through(singles, hashtags)),
    step(
      'sentiment: scoring alone',
      'one',
      each(texts, (text) => scorer.judge(text)),
      npm,
    ),
    step(
      'sentiment: scoring, with its words',
      'one',
      each(texts, (text) => scorer.score(text)),
      npm,
    ),
    step('sentiment: the step', 'batch', through(batches, sentiment)),
    step('sentiment: the step, with its words', 'one', through(singles, detailed)),
  ];
}

/** What was made last; kept, so that nothing is optimised away. */
const kept: { last: unknown } = { last: undefined };

function consume<Item>(items: readonly Item[], make: (item: Item) => unknown): void {
  for (const item of items) kept.last = make(item);
}

function runAll(batches: readonly unknown[][], through: Step): void {
  for (const batch of batches) {
    const outcome = through(batch);
    const [first] = outcome.rejected;
    if (first !== undefined) throw new Error(`a post was rejected: ${first.error.message}`);
    kept.last = outcome;
  }
}
