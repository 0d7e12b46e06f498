import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { setTimeout as pause } from 'node:timers/promises';
import { Kafka, logLevel } from 'kafkajs';
import type { Rejection } from '../../../lib/core/records';
import { ERROR, type Saved, node } from '../../support/nodes';
import { type KafkaCluster, startKafka } from '../support/kafka';
import { KafkaFlow, eventually, recount } from './flow';

interface Offsets {
  readonly groupId: string;
  readonly topics: readonly {
    readonly topic: string;
    readonly partitions: readonly { readonly partition: number; readonly offset: string }[];
  }[];
}

interface BrokerOfKafkajs {
  endTxn(request: unknown): Promise<unknown>;
  offsetCommit(request: Offsets): Promise<unknown>;
  txnOffsetCommit(request: Offsets): Promise<unknown>;
}

// Not a part of what kafkajs shows: what sends the requests.
const Broker = createRequire(__filename)('kafkajs/src/broker') as { readonly prototype: BrokerOfKafkajs };

/** For how long the answer to a commit is kept back, in ms: a group joins anew in less. */
const LATE = 15_000;

describe('kafka out in transactions, on real brokers', () => {
  let kafka: KafkaCluster;
  let flow: KafkaFlow;
  let source = '';
  let target = '';
  let group = '';
  let number = 0;
  let mend: () => unknown = () => undefined;
  before(async () => {
    kafka = await startKafka({ brokers: 1 });
  });
  after(() => kafka.stop());
  beforeEach(() => {
    flow = new KafkaFlow(kafka);
    number++;
    [source, target, group] = [`source-${number}`, `target-${number}`, `group-${number}`];
  });
  afterEach(async () => {
    mend();
    await flow.dispose();
  });

  /** Has the end of transactions fail, before the broker has heard of it or after. @param when of the n-th one */
  const failing = (
    when: (n: number) => 'before' | 'after' | 'late' | undefined,
  ): { failed: () => number; mend: () => unknown } => {
    const real = Object.getOwnPropertyDescriptor(Broker.prototype, 'endTxn') ?? {};
    let [n, failed] = [0, 0];
    Broker.prototype.endTxn = async function (request) {
      const how = when(n++);
      if (how !== 'before') await (real.value as typeof Broker.prototype.endTxn).call(this, request);
      if (how === undefined) return;
      failed++;
      if (how === 'late') {
        await pause(LATE);
        return;
      }
      throw new Error('the connection was broken');
    };
    mend = () => Object.defineProperty(Broker.prototype, 'endTxn', real);
    return { failed: () => failed, mend };
  };

  /** Notes each offset that Kafka is told of the group and is less than one before. */
  const movedBack = (): string[] => {
    const found: string[] = [];
    const highest = new Map<string, number>();
    const undo: (() => unknown)[] = [mend];
    for (const name of ['offsetCommit', 'txnOffsetCommit'] as const) {
      const real = Object.getOwnPropertyDescriptor(Broker.prototype, name) ?? {};
      Broker.prototype[name] = function (request) {
        for (const { topic, partitions } of request.groupId === group ? request.topics : []) {
          for (const { partition, offset } of partitions) {
            const place = `${topic}/${partition}`;
            const before = highest.get(place) ?? -1;
            if (Number(offset) < before) found.push(`${name} of ${place}: ${offset} after ${before}`);
            highest.set(place, Math.max(before, Number(offset)));
          }
        }
        return (real.value as BrokerOfKafkajs[typeof name]).call(this, request);
      };
      undo.push(() => Object.defineProperty(Broker.prototype, name, real));
    }
    mend = () => undo.map((each) => each());
    return found;
  };

  const texts = (count: number): string[] => Array.from({ length: count }, (_, n) => `value ${n}`);
  const out = (settings: Saved = {}): Saved =>
    node(
      'out',
      'kafka-out',
      { cluster: 'c', topic: target, encode: 'text', transactions: true, ...settings },
      ['got'],
      ['refused'],
    );
  const fill = async (values: readonly string[]): Promise<void> => {
    await kafka.createTopic(source, { partitions: 3 });
    await kafka.createTopic(target, { partitions: 4 });
    await kafka.produce(
      source,
      values.map((value) => ({ key: value, value })),
    );
  };
  const written = async (isolation?: 'read_uncommitted'): Promise<(string | null)[]> =>
    (await kafka.read(target, isolation)).map(({ value }) => value);

  for (const batch of [true, false]) {
    it(`writes what is made of a topic together with its group's offsets, ${batch ? 'in batches' : 'one by one'}`, async () => {
      const values = texts(3_000);
      await fill(values);
      await flow.run([flow.read({ topic: source, group, batch }, ['out'], ['odd'], ['report']), out()]);
      await flow.committed(group, source, values.length);
      assert.deepEqual((await written()).sort(), values.sort());
    });
  }

  it('writes without a source in a transaction of its own, and is done when it is written', async () => {
    await kafka.createTopic(target, { partitions: 2 });
    await flow.run([], {}, { transactions: true });
    for (let n = 0; n < 3; n++) {
      await flow.put({ topic: target, payload: [`a ${n}`, `b ${n}`] });
      assert.equal((await written()).length, 2 * (n + 1));
    }
  });

  it('a record that the topic does not take comes out at the second output, and nothing else is lost', async () => {
    const values = texts(200);
    await fill(values);
    await kafka.createTopic(`${target}-small`, { settings: { 'max.message.bytes': '2000' } });
    const func =
      'msg.payload = msg.payload.map((text) => text === "value 77" ? text + "!".repeat(5000) : text); return msg;';
    await flow.run([
      flow.read({ topic: source, group, batch: true }, ['swell'], ['odd'], ['report']),
      node('swell', 'function', { func, outputs: 1 }, ['out']),
      out({ topic: `${target}-small` }),
    ]);
    await flow.committed(group, source, values.length);
    const [refused] = (await flow.got(1, 'refused')) as Rejection[];
    assert.match(refused?.error.message ?? '', /bytes, more than topic target-\d+-small takes/);
    assert.match((refused?.record as { value: string }).value, /^value 77!!/);
    const read = (await kafka.read(`${target}-small`)).map(({ value }) => value);
    assert.deepEqual(read.sort(), values.filter((value) => value !== 'value 77').sort());
  });

  it('goes on where it was after the broker was away, each record once', async () => {
    const values = texts(6_000);
    await fill(values);
    const func = 'await new Promise((resolve) => setTimeout(resolve, 100)); return msg;';
    await flow.run([
      flow.read({ topic: source, group, batch: true, maxBatch: 50, maxInFlight: 200 }, ['work'], ['odd'], ['report']),
      node('work', 'function', { func, outputs: 1 }, ['out']),
      out(),
    ]);
    await flow.got(1_000);
    await kafka.kill(1);
    await kafka.restart(1);
    await flow.committed(group, source, values.length);
    assert.deepEqual(recount(values, await written()), { lost: [], doubled: [] });
  });

  it('a transaction whose commit has failed, or has only seemed to, is made once', async () => {
    const values = texts(3_000);
    await fill(values);
    const { failed } = failing((n) => (n % 3 === 0 ? 'before' : n % 3 === 1 ? 'after' : undefined));
    const slow = 'await new Promise((resolve) => setTimeout(resolve, 20)); return msg;';
    await flow.run([
      flow.read({ topic: source, group, batch: true, maxBatch: 50, maxInFlight: 100 }, ['work'], ['odd'], ['report']),
      node('work', 'function', { func: slow, outputs: 1 }, ['out']),
      out(),
    ]);
    await flow.committed(group, source, values.length);
    assert.ok(failed() >= 4, `only ${failed()} have failed`);
    assert.deepEqual((await written()).sort(), values.sort());
    assert.match(
      flow.bench.logged('out', ERROR).join(),
      /could not be written in a transaction, and are tried again: .*broken/u,
    );
  });

  it('a transaction ends where a message ends, however many wait: a failure after it loses none of the rest', async () => {
    const values = texts(9_000);
    await fill(values);
    // First the records pile up, then every other commit is made though it seems to have failed.
    const { failed } = failing((n) => (n < 9 ? 'before' : n % 2 === 0 ? 'after' : undefined));
    await flow.run([
      flow.read({ topic: source, group, batch: true, maxBatch: 300, maxInFlight: 9_000 }, ['out'], ['odd'], ['report']),
      out(),
    ]);
    await flow.committed(group, source, values.length);
    assert.ok(failed() > 10, `only ${failed()} have failed`);
    assert.deepEqual(recount(values, await written()), { lost: [], doubled: [] });
  });

  it('a group that is joined anew while the answer to a commit is under way goes on behind it', async () => {
    const values = texts(6_000);
    await fill(values);
    const { failed } = failing((n) => (n === 4 ? 'late' : undefined));
    const backwards = movedBack();
    const slow = 'await new Promise((resolve) => setTimeout(resolve, 100)); return msg;';
    await flow.run([
      flow.read(
        { topic: `/${source}.*/`, group, batch: true, maxBatch: 20, maxInFlight: 40 },
        ['work'],
        ['odd'],
        ['report'],
      ),
      node('work', 'function', { func: slow, outputs: 1 }, ['out']),
      out(),
    ]);
    await eventually(() => failed() > 0, 'a commit that is answered late');
    // Now it reads another topic as well, and joins again for that.
    await kafka.createTopic(`${source}.more`);
    await kafka.produce(`${source}.more`, [{ key: 'more', value: 'more' }]);
    await flow.committed(group, `${source}.more`, 1);
    await flow.committed(group, source, values.length);
    // What comes after that is neither held back nor told of before it is written.
    const later = values.slice(0, 60).map((value) => `later ${value}`);
    await kafka.produce(
      source,
      later.map((value) => ({ key: value, value })),
    );
    await flow.committed(group, source, values.length + later.length);
    assert.deepEqual(recount([...values, 'more', ...later], await written()), { lost: [], doubled: [] });
    assert.deepEqual(backwards, []);
  });

  it('whoever is fenced by another takes its partitions up anew, and goes on', async () => {
    const values = texts(2_000);
    await fill(values);
    const slow = 'await new Promise((resolve) => setTimeout(resolve, 50)); return msg;';
    await flow.run([
      flow.read({ topic: source, group, batch: true, maxBatch: 20, maxInFlight: 60 }, ['work'], ['odd'], ['report']),
      node('work', 'function', { func: slow, outputs: 1 }, ['out']),
      out(),
    ]);
    await flow.got(300);
    const other = new Kafka({ brokers: [...kafka.addresses.plain], logLevel: logLevel.NOTHING }).producer({
      transactionalId: `pulseflow.${group}.${source}.1`,
    });
    await other.connect();
    await (await other.transaction()).abort();
    await other.disconnect();
    await flow.committed(group, source, values.length);
    assert.deepEqual((await written()).sort(), values.sort());
  });

  it('what waits for its transaction when the flow stops is written at the next start, or made again where others have gone on', async () => {
    await kafka.createTopic(source);
    await kafka.createTopic(target);
    const values = texts(40);
    await kafka.produce(
      source,
      values.map((value) => ({ key: value, value })),
    );
    const broken = failing(() => 'before');
    await flow.run([
      flow.read({ topic: source, group, batch: true, maxBatch: 10 }, ['out'], ['odd'], ['report']),
      out(),
    ]);
    await flow.got(40);
    await flow.bench.stop();
    broken.mend();
    assert.deepEqual(await written(), []);
    // Another instance has gone on to the middle of a batch.
    await kafka.run('org.apache.kafka.tools.consumer.group.ConsumerGroupCommand', [
      ...['--group', group, '--topic', source, '--reset-offsets', '--to-offset', '15', '--execute'],
    ]);
    await flow.bench.again();
    await flow.committed(group, source, 40);
    assert.deepEqual(await written(), values.slice(15));
  });

  it('a group that is moved back has its records written again, from there', async () => {
    const values = texts(100);
    await fill(values);
    await flow.run([flow.read({ topic: source, group, batch: true }, ['out'], ['odd'], ['report']), out()]);
    await flow.committed(group, source, values.length);
    await flow.bench.stop();
    await kafka.run('org.apache.kafka.tools.consumer.group.ConsumerGroupCommand', [
      ...['--group', group, '--topic', source, '--reset-offsets', '--to-earliest', '--execute'],
    ]);
    await flow.bench.again();
    await eventually(async () => (await written()).length === 200, 'the records to be written again');
    assert.deepEqual(recount(values, await written()).lost, []);
  });
});
