import assert from 'node:assert/strict';
import type { Rejection } from '../../lib/core/records';
import sentimentNode from '../../nodes/sentiment/sentiment';
import { NodeBench } from '../support/nodes';
import { until } from '../support/until';

const sentiment = { type: 'sentiment' };

interface Judged {
  readonly text: string;
  readonly sentiment: Record<string, unknown>;
}

describe('nodes/sentiment', () => {
  let bench: NodeBench;
  beforeEach(() => (bench = new NodeBench([sentimentNode])));
  afterEach(() => bench.dispose());

  it('judges a text in msg.payload into msg.sentiment, as node-red-node-sentiment does', async () => {
    await bench.start(sentiment);
    const { ok, messages } = await bench.exchange({ payload: 'good great best brilliant', topic: 't' });
    assert.deepEqual(ok, ['good great best brilliant']);
    const { sentiment: judged, topic } = messages[0] as unknown as Judged & { topic: string };
    assert.equal(topic, 't');
    assert.equal(judged.score, 13);
    assert.equal(judged.comparative, 3.25);
    assert.deepEqual(judged.tokens, ['good', 'great', 'best', 'brilliant']);
    assert.equal((judged.positive as unknown[]).length, 4);
    assert.deepEqual(judged.negative, []);
    assert.equal(judged.label, 'positive');
  });

  it('takes scores of words from msg.overrides, for that message alone', async () => {
    await bench.start(sentiment);
    const scoreOf = async (overrides?: object): Promise<unknown> => {
      const { messages } = await bench.exchange({ payload: 'sick wicked', ...(overrides ? { overrides } : {}) });
      return (messages[0]?.sentiment as { score: number }).score;
    };
    const plain = await scoreOf();
    assert.equal(await scoreOf({ sick: 10, wicked: 10 }), 20);
    assert.equal(await scoreOf(), plain);
    const one = await bench.exchange({ payload: { text: 'sick' }, overrides: { sick: 7 } });
    assert.equal((one.ok[0] as Judged).sentiment.score, 7);
    const many = await bench.exchange({ payload: [{ text: 'sick' }], overrides: { sick: 7 } });
    assert.equal((many.ok[0] as Judged[])[0]?.sentiment.score, 7);
    const wrong = await bench.exchange({ payload: { text: 'sick' }, overrides: 'sick' });
    assert.match(wrong.error ?? '', /msg\.overrides must be an object/u);
    assert.deepEqual([wrong.ok, wrong.bad], [[], []]);
  });

  it('judges a record into the record and onto the message', async () => {
    await bench.start(sentiment);
    const { ok, messages } = await bench.exchange({ payload: { text: 'awful', lang: 'en' } });
    const [record] = ok as Judged[];
    assert.equal(record?.sentiment.label, 'negative');
    assert.deepEqual(messages[0]?.sentiment, record.sentiment);
  });

  it('judges a batch record by record, without the words it rests on', async () => {
    await bench.start(sentiment);
    const { ok } = await bench.exchange({ payload: [{ text: 'love' }, { text: '' }, { text: 'hate' }] });
    const [batch] = ok as Judged[][];
    assert.deepEqual(
      batch?.map(({ sentiment: { label } }) => label),
      ['positive', 'neutral', 'negative'],
    );
    assert.deepEqual(Object.keys(batch[0]?.sentiment ?? {}), ['label', 'score', 'comparative', 'confidence']);
  });

  it('sends records without a text to output 2, in the form of the message', async () => {
    await bench.start(sentiment);
    const one = await bench.exchange({ payload: { id: '1' } });
    assert.deepEqual(one.ok, []);
    assert.deepEqual((one.bad as Rejection[])[0]?.record, { id: '1' });
    const both = await bench.exchange({ payload: [{ text: 'ok' }, { id: '2' }] });
    assert.equal((both.ok[0] as unknown[]).length, 1);
    assert.deepEqual(
      (both.bad[0] as Rejection[]).map(({ record }) => record),
      [{ id: '2' }],
    );
  });

  it('reads and writes where it is told', async () => {
    await bench.start({ ...sentiment, property: 'payload.post.body', to: 'mood' });
    const { ok, messages } = await bench.exchange({ payload: { post: { body: 'love' } } });
    assert.equal((ok[0] as { mood: { label: string } }).mood.label, 'positive');
    assert.equal((messages[0]?.sentiment as { label: string }).label, 'positive');
  });

  for (const payload of [42, true, null, undefined]) {
    it(`does not fall over a payload that is ${String(payload)}`, async () => {
      await bench.start(sentiment);
      const { ok, bad, error } = await bench.exchange({ payload });
      assert.deepEqual([ok.length, bad.length, error], [0, 1, undefined]);
    });
  }

  for (const [what, settings, said] of [
    ['an unknown engine', { engine: 'oracle' }, /"oracle" is not one of the choices/u],
    ['a path that is none', { property: '[' }, /"\[" is not a path/u],
  ] as const) {
    it(`says at deploy what is wrong with ${what}, and refuses every message`, async () => {
      await bench.start({ ...sentiment, ...settings });
      assert.match(bench.status('node').text ?? '', said);
      assert.equal(bench.status('node').fill, 'red');
      assert.match(await bench.fail('love'), said);
      assert.match(await bench.fail([{ text: 'love' }]), said);
    });
  }

  it('counts texts and records in its status', async () => {
    await bench.start(sentiment);
    await bench.exchange({ payload: 'love' });
    await bench.exchange({ payload: [{ text: 'love' }, { text: 'hate' }] });
    await until(
      () => bench.status('node').text === '3 records',
      () => `3 records, not ${bench.status('node').text ?? ''}`,
    );
  });
});
