import assert from 'node:assert/strict';
import { type Saved, node } from '../../support/nodes';
import { type KafkaCluster, startKafka } from '../support/kafka';
import { KafkaFlow, eventually, recount } from './flow';

describe('a group on real brokers', () => {
  let kafka: KafkaCluster;
  let flow: KafkaFlow;
  before(async () => {
    kafka = await startKafka({ brokers: 1 });
  });
  after(() => kafka.stop());
  beforeEach(() => (flow = new KafkaFlow(kafka)));
  afterEach(() => flow.dispose());

  const texts = (count: number, from = 0): string[] => Array.from({ length: count }, (_, n) => `value ${from + n}`);
  const reader = (id: string, topic: string, to: string): Saved =>
    node(
      id,
      'kafka-in',
      { cluster: 'c', topic, group: topic, batch: false, decode: 'text', maxInFlight: 50 },
      [to],
      [],
      [],
    );

  it('shares its partitions out; when a member leaves and returns, each record is finished once', async () => {
    const topic = 'shared';
    await kafka.createTopic(topic, { partitions: 6 });
    const all: string[] = [];
    let number = 0;
    const produce = async (count: number): Promise<void> => {
      const values = texts(count, number);
      number += count;
      all.push(...values);
      await kafka.produce(
        topic,
        values.map((value) => ({ key: value, value })),
      );
    };
    // A little work for each record, so that some are always in the flow.
    const finished: unknown[] = [];
    for (const id of ['one', 'two'])
      flow.bench.behave(id, ({ payload }, _send, done) => {
        setTimeout(() => {
          finished.push(payload);
          done();
        }, 5);
      });
    await flow.run([
      node('one', 'probe'),
      node('two', 'probe'),
      reader('first', topic, 'one'),
      reader('second', topic, 'two'),
    ]);
    await produce(2_000);
    await eventually(() => flow.bench.at('one').length > 100 && flow.bench.at('two').length > 100, 'both to read');
    const members = new Set((await kafka.describeGroup(topic)).map(({ member }) => member));
    assert.equal(members.size, 2);

    const running = produce(3_000);
    await flow.bench.deploy('second', { d: true });
    await running;
    await flow.committed(topic, topic, 5_000);
    assert.equal(new Set((await kafka.describeGroup(topic)).map(({ member }) => member)).size, 1);

    const more = produce(3_000);
    await flow.bench.deploy('second', { d: false });
    await more;
    await flow.committed(topic, topic, 8_000);
    const { lost } = recount(all, finished);
    assert.deepEqual(lost, []);
    // What the flow had not finished when its partition went is given out again; the position is in the store with
    // what was counted, so the ledger's own count has each record once.
    assert.ok(finished.length - all.length <= 6 * 50 * 2, `${finished.length - all.length} repeated`);
  });

  it('may have members that read different topics', async () => {
    for (const topic of ['left', 'right']) {
      await kafka.createTopic(topic, { partitions: 2 });
      await kafka.produce(
        topic,
        texts(50).map((value) => ({ key: value, value: `${topic} ${value}` })),
      );
    }
    const of = (id: string, topic: string, to: string): Saved => ({ ...reader(id, topic, to), group: 'both' });
    await flow.run([
      node('one', 'probe'),
      node('two', 'probe'),
      of('first', 'left', 'one'),
      of('second', 'right', 'two'),
    ]);
    await flow.got(50, 'one');
    await flow.got(50, 'two');
    await flow.committed('both', 'left', 50);
    await flow.committed('both', 'right', 50);
    assert.deepEqual(
      recount(
        texts(50).map((value) => `left ${value}`),
        flow.bench.recordsAt('one'),
      ),
      { lost: [], doubled: [] },
    );
    assert.deepEqual(
      recount(
        texts(50).map((value) => `right ${value}`),
        flow.bench.recordsAt('two'),
      ),
      { lost: [], doubled: [] },
    );
  });

  it('is left at once by a node that is deployed anew, which goes on where it was', async () => {
    const topic = 'redeployed';
    await kafka.createTopic(topic, { partitions: 2 });
    await flow.run([node('one', 'probe'), reader('first', topic, 'one')]);
    for (let round = 0; round < 4; round++) {
      const values = texts(200, round * 200);
      await kafka.produce(
        topic,
        values.map((value) => ({ key: value, value })),
      );
      await flow.got((round + 1) * 200, 'one');
      await flow.bench.deploy('first', { name: `round ${round}` });
    }
    await flow.committed(topic, topic, 800);
    assert.deepEqual(recount(texts(800), flow.bench.recordsAt('one')), { lost: [], doubled: [] });
  });

  it('has each record once in one member, whatever another does', async () => {
    const topic = 'kept';
    await kafka.createTopic(topic, { partitions: 4 });
    const values = texts(4_000);
    await kafka.produce(
      topic,
      values.map((value) => ({ key: value, value })),
    );
    // However slowly the second member joins, there is something left for it.
    const shared = (): boolean => flow.bench.at('one').length < 1_500 || flow.bench.at('two').length > 0;
    const whenShared = (done: () => void): void => {
      if (shared()) done();
      else setTimeout(() => whenShared(done), 20);
    };
    flow.bench.behave('one', (_message, _send, done) => void setTimeout(() => whenShared(done), 3));
    flow.bench.behave('two', (_message, _send, done) => void setTimeout(done, 3));
    await flow.run([node('one', 'probe'), node('two', 'probe'), reader('first', topic, 'one')]);
    await eventually(() => flow.bench.at('one').length > 500, 'some records');
    await flow.bench.deployFlow([...flow.bench.flow, reader('second', topic, 'two')], 'nodes');
    await flow.committed(topic, topic, 4_000);
    const found = [...flow.bench.recordsAt('one'), ...flow.bench.recordsAt('two')];
    assert.deepEqual(recount(values, found).lost, []);
    assert.ok(found.length - values.length <= 4 * 50, `${found.length - values.length} repeated`);
    // Partitions that stayed where they were were not begun again: no record twice at one member.
    assert.deepEqual(recount([], flow.bench.recordsAt('one')).doubled, []);
    assert.ok(flow.bench.at('two').length > 0);
  });
});
