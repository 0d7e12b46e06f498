import assert from 'node:assert/strict';
import { SettingError } from '../../../lib/core/errors';
import { type SentimentSettings, sentimentStep } from '../../../lib/sentiment/sentimentStep';

const DEFAULTS: SentimentSettings = { property: 'text', engine: 'afinn', to: 'sentiment', detail: false };

const run = (records: readonly unknown[], settings: Partial<SentimentSettings> = {}) =>
  sentimentStep({ ...DEFAULTS, ...settings })(records);

describe('sentiment/sentimentStep', () => {
  it('writes a judgement beside the text, without detail', () => {
    assert.deepEqual(run([{ id: '1', text: 'a good day' }, { text: '' }]).records, [
      { id: '1', text: 'a good day', sentiment: { label: 'positive', score: 3, comparative: 1, confidence: 0.8 } },
      { text: '', sentiment: { label: 'neutral', score: 0, comparative: 0, confidence: 0.63 } },
    ]);
  });

  it('writes everything npm sentiment says, with detail', () => {
    assert.deepEqual(run([{ text: 'good, bad day' }], { detail: true, to: 'analysis.feeling' }).records, [
      {
        text: 'good, bad day',
        analysis: {
          feeling: {
            label: 'neutral',
            score: 0,
            comparative: 0,
            confidence: 0.41,
            tokens: ['good', 'bad', 'day'],
            words: ['bad', 'good'],
            positive: ['good'],
            negative: ['bad'],
          },
        },
      },
    ]);
  });

  it('takes overrides', () => {
    const [post] = run([{ text: 'good kafka' }], { overrides: { kafka: -5 } }).records;
    assert.equal((post as { sentiment: { score: number } }).sentiment.score, -2);
  });

  it('leaves the records it is given as they are', () => {
    const post = Object.freeze({ text: 'good', author: Object.freeze({ name: 'x' }) });
    assert.equal(run([post], { to: 'author.mood' }).records.length, 1);
  });

  it('rejects a post without text, naming the field and the post, and goes on', () => {
    const { records, rejected } = run([{ id: '9' }, { text: 'fine' }, { text: { html: '' } }, 5], {
      property: 'payload.text',
    });
    assert.equal(records.length, 1);
    assert.deepEqual(
      rejected.map(({ error }) => [error.message, error.setting]),
      [
        ['Post 9 has no text.', 'property'],
        ['A post without an id has an object as text, which is no text.', 'property'],
        ['A record must be an object, not 5.', undefined],
      ],
    );
  });

  it('refuses at deploy what it cannot do', () => {
    for (const engine of ['vader', 'constructor', '']) assert.throws(() => run([], { engine }), SettingError);
    assert.throws(() => run([], { property: 'a..b' }), SettingError);
    assert.throws(() => run([], { to: '' }), SettingError);
  });
});
