import assert from 'node:assert/strict';
import type { Rejection } from '../../../lib/core/records';
import type { Done } from '../../../nodes/common/red';
import { WARN, node, settle } from '../../support/nodes';
import { type KafkaCluster, startKafka } from '../support/kafka';
import { KafkaFlow, eventually, recount } from './flow';

describe('kafka in, on real brokers', () => {
  let kafka: KafkaCluster;
  let flow: KafkaFlow;
  let topic = '';
  let number = 0;
  before(async () => {
    kafka = await startKafka({ brokers: 1, settings: { 'log.retention.check.interval.ms': '500' } });
  });
  after(() => kafka.stop());
  beforeEach(() => {
    flow = new KafkaFlow(kafka);
    topic = `topic-${++number}`;
  });
  afterEach(() => flow.dispose());

  const texts = (count: number, from = 0): string[] => Array.from({ length: count }, (_, n) => `value ${from + n}`);
  const produce = (values: readonly string[], to = topic): Promise<void> =>
    kafka.produce(
      to,
      values.map((value) => ({ key: value, value })),
    );

  describe('records', () => {
    it('bring their key, headers, time and place; null is a tombstone, and no key is null', async () => {
      await kafka.createTopic(topic);
      await kafka.produce(topic, [
        { key: 'k', value: '{"n":1}', headers: { h: 'x', __proto: 'y' } },
        { key: 'gone', value: null },
        { value: '2' },
      ]);
      const [own] = await kafka.read(topic);
      await flow.run([flow.read({ topic, decode: 'json' })]);
      await flow.got(3);
      const [one, two, three] = flow.bench.at('got');
      assert.deepEqual(
        [one?.topic, one?.key, one?.headers, one?.payload],
        [topic, 'k', { h: 'x', __proto: 'y' }, { n: 1 }],
      );
      assert.deepEqual(one?.kafka, { topic, partition: 0, offset: 0, timestamp: own?.timestamp });
      assert.deepEqual([two?.key, two?.payload], ['gone', null]);
      assert.deepEqual([three?.key, three?.headers, three?.payload], [null, {}, 2]);
      await flow.committed('g', topic, 3);
    });

    for (const codec of ['gzip', 'snappy', 'lz4', 'zstd']) {
      it(`are read that Kafka's own producer has compressed with ${codec}`, async () => {
        await kafka.createTopic(topic);
        const values = texts(2_000).map((text) => `${text} ${'again and again '.repeat(20)}`);
        const args = ['--topic', topic, '--compression-codec', codec, '--batch-size', '200000', '--timeout', '100'];
        await kafka.run('org.apache.kafka.tools.ConsoleProducer', args, values.map((value) => `${value}\n`).join(''));
        await flow.run([flow.read({ topic, batch: true })]);
        assert.deepEqual(await flow.got(2_000), values);
      });
    }

    it('come as buffers where that is wanted', async () => {
      await kafka.createTopic(topic);
      await produce(['ä']);
      await flow.run([flow.read({ topic, decode: 'buffer' })]);
      assert.deepEqual(await flow.got(1), [Buffer.from('ä')]);
    });

    it('that are no JSON go to the second output, with their place', async () => {
      await kafka.createTopic(topic);
      await produce(['1', '{', '3']);
      await flow.run([flow.read({ topic, decode: 'json', batch: true })]);
      assert.deepEqual(await flow.got(2), [1, 3]);
      const [odd] = (await flow.got(1, 'odd')) as Rejection[];
      assert.match(odd?.error.message ?? '', /not JSON/u);
      assert.deepEqual((odd?.record as { offset: number }).offset, 1);
      await flow.committed('g', topic, 3);
    });

    it('may have 900 kB, and 10,000 headers', async () => {
      const large = 'x'.repeat(900_000);
      const headers = Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`h${n}`, String(n)]));
      await flow.run([flow.read({ topic })]);
      await flow.put({ topic, payload: [large, 'small'], headers: [{}, headers] });
      await flow.got(2);
      const [one, two] = flow.bench.at('got');
      assert.equal(one?.payload, large);
      assert.deepEqual(two?.headers, headers);
    });
  });

  describe('topics', () => {
    it('may be several, and those that fit a pattern, also when they are made later', async () => {
      for (const name of ['a', 'b', 'c']) await kafka.createTopic(`${topic}.${name}`);
      await flow.run([flow.read({ topic: `${topic}.a, /^${topic}\\.[bd]$/` })]);
      for (const name of ['a', 'b', 'c']) await produce([name], `${topic}.${name}`);
      await flow.got(2);
      await kafka.createTopic(`${topic}.d`);
      await produce(['d'], `${topic}.d`);
      assert.deepEqual((await flow.got(3)).sort(), ['a', 'b', 'd']);
      await settle();
      assert.equal(flow.bench.at('got').length, 3);
    });

    it('that are not there yet are waited for, and the status says so', async () => {
      await flow.run([flow.read({ topic })]);
      await flow.status('read', new RegExp(`waiting .* ${topic}`, 'u'));
      await kafka.createTopic(topic, { partitions: 2 });
      await produce(texts(10));
      assert.deepEqual((await flow.got(10)).sort(), texts(10).sort());
    });

    it('that are deleted and made again are read from the place where a group begins', async () => {
      await kafka.createTopic(topic);
      await produce(texts(20));
      await flow.run([flow.read({ topic })]);
      await flow.committed('g', topic, 20);
      await kafka.deleteTopic(topic);
      await flow.status('read', /waiting/u);
      await kafka.createTopic(topic);
      await produce(texts(5, 100));
      assert.deepEqual((await flow.got(25)).slice(20), texts(5, 100));
      await flow.committed('g', topic, 5);
    });
  });

  describe('a group that has not read before begins', () => {
    it('latest: with what comes from now on, and keeps that place while it is away', async () => {
      await kafka.createTopic(topic);
      await produce(texts(5));
      await flow.run([flow.read({ topic, from: 'latest' })]);
      await flow.status('read', /partitions, lag 0/u);
      await flow.bench.stop();
      await produce(texts(2, 10));
      await flow.bench.again();
      assert.deepEqual(await flow.got(2), texts(2, 10));
    });

    it('time: with the first record of that time', async () => {
      await kafka.createTopic(topic);
      await produce(texts(3));
      const records = await kafka.read(topic);
      await new Promise((resolve) => setTimeout(resolve, 50));
      const time = new Date((records.at(-1)?.timestamp ?? 0) + 1).toISOString();
      await produce(texts(3, 10));
      await flow.run([flow.read({ topic, from: 'time', fromTime: time })]);
      assert.deepEqual(await flow.got(3), texts(3, 10));
    });
  });

  describe('positions', () => {
    it('that somebody moves back with Kafka’s own tool are obeyed, and that is said', async () => {
      await kafka.createTopic(topic);
      await produce(texts(10));
      await flow.run([flow.read({ topic })]);
      await flow.committed('g', topic, 10);
      await flow.bench.stop();
      const reset = ['--group', 'g', '--topic', topic, '--reset-offsets', '--to-offset', '4', '--execute'];
      await kafka.run('org.apache.kafka.tools.consumer.group.ConsumerGroupCommand', reset);
      await flow.bench.again();
      assert.deepEqual((await flow.got(16)).slice(10), texts(6, 4));
      assert.match(flow.bench.logged('read', WARN).join(), /moved back from 10 to 4/u);
    });

    it('whose records are gone go on by the setting, and that is said', async () => {
      await kafka.createTopic(topic);
      await produce(texts(10));
      await flow.run([flow.read({ topic })]);
      await flow.committed('g', topic, 10);
      await flow.bench.stop();
      await produce(texts(10, 10));
      const spec = JSON.stringify({ partitions: [{ topic, partition: 0, offset: 15 }], version: 1 });
      const file = `${flow.bench.folder}/delete.json`;
      await import('node:fs/promises').then((fs) => fs.writeFile(file, spec));
      await kafka.run('org.apache.kafka.tools.DeleteRecordsCommand', ['--offset-json-file', file]);
      await flow.bench.again();
      assert.deepEqual((await flow.got(15)).slice(10), texts(5, 15));
      assert.match(flow.bench.logged('read', WARN).join(), /records from 10 to 14 are gone/u);
    });
  });

  describe('when a record counts as done', () => {
    it('flow: once the flow has finished with it; Kafka is told only of that', async () => {
      const open: Done[] = [];
      flow.bench.behave('got', (_message, _send, done) => void open.push(done));
      await kafka.createTopic(topic);
      await produce(texts(4));
      await flow.run([flow.read({ topic })]);
      await flow.got(4);
      open[0]?.();
      open[1]?.();
      open[3]?.();
      await flow.committed('g', topic, 2);
      open[2]?.();
      await flow.committed('g', topic, 4);
    });

    it('receipt: once it was sent', async () => {
      flow.bench.behave('got', () => undefined);
      await kafka.createTopic(topic);
      await produce(texts(3));
      await flow.run([flow.read({ topic, commit: 'receipt' })]);
      await flow.committed('g', topic, 3);
    });

    it('manual: once msg.ack() is called, or a message with msg.kafka.commit comes back', async () => {
      await kafka.createTopic(topic);
      await produce(texts(4));
      await flow.run([flow.read({ topic, commit: 'manual' })]);
      await flow.got(4);
      const messages = flow.bench.at('got');
      (messages[0]?.ack as () => void)();
      await flow.committed('g', topic, 1);
      flow.bench.receive('read', { kafka: { ...(messages[2]?.kafka as object), commit: true } });
      await flow.committed('g', topic, 3);
    });
  });

  describe('a slow flow', () => {
    it('holds the reading, is never taken for dead, and gets every record once', async () => {
      await kafka.createTopic(topic, { partitions: 2 });
      const values = texts(20_000).map((text) => text.padEnd(500, '.'));
      await produce(values);
      await flow.run([flow.read({ topic, maxInFlight: 10 })]);
      const open: Done[] = [];
      flow.bench.behave('got', (_message, _send, done) => void open.push(done));
      await flow.got(20);
      const [before] = await kafka.describeGroup('g');
      // Longer than the session timeout of the group.
      await new Promise((resolve) => setTimeout(resolve, 35_000));
      assert.equal(flow.bench.at('got').length, 20);
      const states = await kafka.describeGroup('g');
      assert.equal(states[0]?.member, before?.member);
      assert.notEqual(before?.member, undefined);
      flow.bench.receive('read', { report: true });
      await eventually(() => flow.bench.at('report').length > 0, 'the report');
      const report = flow.bench.at('report')[0]?.payload as {
        state: unknown;
        partitions: { lag: number; paused: string; waiting: number }[];
      };
      assert.deepEqual(report.state, { kind: 'joined' });
      assert.equal(
        report.partitions.reduce((sum, { lag }) => sum + lag, 0),
        20_000,
      );
      for (const { paused, waiting } of report.partitions) {
        assert.equal(paused, 'full');
        assert.ok(waiting < 10_000, `${waiting} records wait`);
      }
      flow.bench.behave('got', (_message, _send, done) => done());
      for (const done of open) done();
      await flow.committed('g', topic, 20_000);
      assert.deepEqual(recount(values, flow.bench.recordsAt('got')), { lost: [], doubled: [] });
      assert.equal(flow.bench.logged('read', WARN).length, 0);
    });
  });

  describe('what fails to the last', () => {
    it('is in the dead-letter topic before the group moves on, with the reason in its headers', async () => {
      await kafka.createTopic(topic);
      await produce(['good', 'bad', 'fine']);
      const func = 'if (msg.payload === "bad") throw new Error("no luck"); return msg;';
      await flow.run([
        flow.read({ topic, retries: 1, deadLetterTopic: `${topic}.dead` }, ['fail'], []),
        node('fail', 'function', { func, outputs: 1 }, ['got']),
      ]);
      await flow.committed('g', topic, 3);
      const [letter, ...others] = await kafka.read(`${topic}.dead`);
      assert.deepEqual(others, []);
      assert.deepEqual([letter?.key, letter?.value], ['bad', 'bad']);
      const { 'pulseflow.errors.timestamp': time = '', ...headers } = letter?.headers ?? {};
      assert.ok(Math.abs(Date.parse(time) - Date.now()) < 60_000);
      for (const [name, value] of Object.entries({
        topic,
        partition: '0',
        offset: '1',
        node: 'fail',
        attempts: '2',
      })) {
        assert.equal(headers[`pulseflow.errors.${name}`], value);
      }
      assert.match(headers['pulseflow.errors.exception.message'] ?? '', /no luck/u);
    });
  });
});
