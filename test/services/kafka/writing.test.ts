import assert from 'node:assert/strict';
import type { Rejection } from '../../../lib/core/records';
import { node } from '../../support/nodes';
import { type KafkaCluster, startKafka } from '../support/kafka';
import { KafkaFlow, eventually, recount } from './flow';

describe('kafka out, on real brokers', () => {
  let kafka: KafkaCluster;
  let flow: KafkaFlow;
  let topic = '';
  let number = 0;
  before(async () => {
    kafka = await startKafka({ brokers: 1 });
  });
  after(() => kafka.stop());
  beforeEach(() => {
    flow = new KafkaFlow(kafka);
    topic = `written-${++number}`;
  });
  afterEach(() => flow.dispose());

  const texts = (count: number): string[] => Array.from({ length: count }, (_, n) => `value ${n}`);

  for (const compression of ['none', 'gzip', 'snappy', 'lz4', 'zstd']) {
    it(`writes with ${compression} what Kafka's own consumer reads`, async () => {
      await flow.run([], { partitions: 1 }, { compression });
      const values = texts(3_000).map((text) => `${text} 😀 ${'again '.repeat(30)}`);
      await flow.put({ topic, payload: values });
      assert.deepEqual(
        (await kafka.read(topic)).map(({ value }) => value),
        values,
      );
    });
  }

  it('gives a key the partition that Kafka’s own producer gives it, makes the topic, and keeps keys and headers', async () => {
    await flow.run([], { partitions: 7 });
    const keys = Array.from({ length: 100 }, (_, n) => `key ${n} ü`);
    await flow.put({ topic, payload: keys, key: keys, headers: { who: 'me', n: 1 } });
    await kafka.produce(
      topic,
      keys.map((key) => ({ key, value: 'own' })),
    );
    const records = await kafka.read(topic);
    const placed = (own: boolean): string[] =>
      records
        .filter(({ value }) => (value === 'own') === own)
        .map(({ key, partition }) => `${key ?? ''} ${partition}`)
        .sort();
    assert.equal(new Set(records.map(({ partition }) => partition)).size, 7);
    assert.deepEqual(placed(false), placed(true));
    assert.deepEqual(records.find(({ value }) => value === keys[0])?.headers, { who: 'me', n: '1' });
  });

  it('writes to the partition that msg.partition names, null as a tombstone, and rejects a partition that is not there', async () => {
    await kafka.createTopic(topic, { partitions: 3 });
    await flow.run([]);
    await flow.put({ topic, payload: ['a', null], key: ['k', 'k'], partition: 2 });
    const records = await kafka.read(topic);
    assert.deepEqual(
      records.map(({ partition, value }) => [partition, value]),
      [
        [2, 'a'],
        [2, null],
      ],
    );
    await flow.put({ topic, payload: ['b'], partition: 3 });
    const [refused] = (await flow.got(1, 'refused')) as Rejection[];
    assert.match(refused?.error.message ?? '', /no partition 3, only 0 to 2/u);
  });

  for (const acks of ['leader', 'none'])
    it(`writes acknowledged by ${acks === 'none' ? 'nobody' : 'the leader'}`, async () => {
      await kafka.createTopic(topic);
      await flow.run([], {}, { acks });
      await flow.put({ topic, payload: texts(100) });
      await eventually(async () => (await kafka.read(topic)).length === 100, 'the records');
    });

  it('rejects the one record that is too large for the topic, and writes the others of its batch', async () => {
    await kafka.createTopic(topic, { settings: { 'max.message.bytes': '20000' } });
    await flow.run([]);
    const values = texts(300).map((text) => text.padEnd(1_000, '.'));
    await flow.put({ topic, payload: [...values.slice(0, 150), 'x'.repeat(50_000), ...values.slice(150)] });
    assert.deepEqual(
      recount(
        values,
        (await kafka.read(topic)).map(({ value }) => value),
      ),
      { lost: [], doubled: [] },
    );
    const [refused, ...others] = (await flow.got(1, 'refused')) as Rejection[];
    assert.deepEqual(others, []);
    assert.match(refused?.error.message ?? '', /has 50\d+ bytes, more than topic .* takes/u);
  });

  it('rejects the one record that a compacted topic does not take', async () => {
    await kafka.createTopic(topic, { settings: { 'cleanup.policy': 'compact' } });
    await flow.run([]);
    await flow.put({ topic, payload: ['a', 'b', 'c'], key: ['a', null, 'c'] });
    assert.deepEqual(
      (await kafka.read(topic)).map(({ value }) => value),
      ['a', 'c'],
    );
    assert.equal((await flow.got(1, 'refused')).length, 1);
  });

  it('fails a message for a topic that is missing, where the cluster node makes none', async () => {
    await flow.run([node('net', 'catch', { scope: ['write'] }, ['got'])], { createTopics: false });
    flow.bench.receive('write', { topic, payload: 'x' });
    await flow.got(1);
    assert.match(
      (flow.bench.at('got')[0]?.error as { message: string }).message,
      new RegExp(`no topic ${topic} to write to.*Make it`, 'u'),
    );
  });

  it('gives a dead letter the time of its record', async () => {
    await kafka.createTopic(`${topic}.dead`);
    await kafka.createTopic(topic);
    // Dead letters keep the time of their record.
    await kafka.produce(topic, [{ key: 'a', value: '{' }]);
    await flow.run([flow.read({ topic, decode: 'json', deadLetterTopic: `${topic}.dead` }, ['got'], [])]);
    const [own] = await kafka.read(topic);
    await eventually(async () => (await kafka.read(`${topic}.dead`)).length === 1, 'the letter');
    const [letter] = await kafka.read(`${topic}.dead`);
    assert.equal(letter?.timestamp, own?.timestamp);
  });

  it('waits with its done until the broker has acknowledged', async () => {
    await kafka.createTopic(topic);
    await flow.run([node('after', 'complete', { scope: ['write'] }, ['got'])], {}, { linger: '200ms' });
    await flow.put({ topic, payload: ['first'] });
    await flow.got(1);
    kafka.signal(1, 'SIGSTOP');
    flow.bench.receive('write', { topic, payload: ['second'] });
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    assert.equal(flow.bench.at('got').length, 1);
    kafka.signal(1, 'SIGCONT');
    await flow.got(2);
    assert.deepEqual(
      (await kafka.read(topic)).map(({ value }) => value),
      ['first', 'second'],
    );
  });
});
