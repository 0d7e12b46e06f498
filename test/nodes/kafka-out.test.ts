import assert from 'node:assert/strict';
import type { Rejection } from '../../lib/core/records';
import type { Message } from '../../nodes/common/red';
import kafkaCluster from '../../nodes/kafka-cluster/kafka-cluster';
import kafkaIn from '../../nodes/kafka-in/kafka-in';
import kafkaOut from '../../nodes/kafka-out/kafka-out';
import { NodeBench, node, settle } from '../support/nodes';
import { until } from '../support/until';

const cluster = { id: 'c', type: 'kafka-cluster', partitions: 1 };
const write = { type: 'kafka-out', cluster: 'c', topic: 'tweets' };
const reader = (settings: object = {}): object[] => [
  node('read', 'kafka-in', { cluster: 'c', topic: 'tweets', batch: false, ...settings }, ['got'], []),
  node('got', 'probe'),
];

describe('nodes/kafka-out', () => {
  let bench: NodeBench;
  beforeEach(() => (bench = new NodeBench([kafkaCluster, kafkaIn, kafkaOut])));
  afterEach(() => bench.dispose());

  const start = (settings: object = {}, reading: object = {}): Promise<void> =>
    bench.start({ ...write, ...settings }, cluster, ...(reader(reading) as Message[]));
  const got = async (count: number): Promise<Message[]> => {
    await until(() => bench.at('got').length >= count, `${count} records`);
    return bench.at('got');
  };

  it('sends records on once they are stored, in the form they had', async () => {
    await start();
    assert.deepEqual((await bench.exchange({ payload: { id: '1' } })).ok, [{ id: '1' }]);
    assert.deepEqual((await bench.exchange({ payload: [{ id: '2' }, { id: '3' }] })).ok, [[{ id: '2' }, { id: '3' }]]);
    assert.deepEqual(
      (await got(3)).map(({ payload, kafka }) => [payload, (kafka as { offset: number }).offset]),
      [
        [{ id: '1' }, 0],
        [{ id: '2' }, 1],
        [{ id: '3' }, 2],
      ],
    );
  });

  it('takes the key from a path, whatever kind of value it is', async () => {
    await start({ key: 'payload.user.id' });
    const ids = ['a', 7, true, { x: 1 }, null, undefined];
    await bench.exchange({ payload: ids.map((id) => ({ user: { id } })) });
    assert.deepEqual(
      (await got(6)).map(({ key }) => key),
      ['a', '7', 'true', '{"x":1}', null, null],
    );
  });

  it('takes keys and headers from the message where none are set: one for all, or one for each', async () => {
    await start();
    await bench.exchange({ payload: { n: 1 }, key: 'k', headers: { source: 'test', count: 3, deep: { x: 1 } } });
    await bench.exchange({ payload: [{ n: 2 }, { n: 3 }], key: ['x', null], headers: [{ a: '1' }, {}] });
    await bench.exchange({ payload: [{ n: 4 }, { n: 5 }], key: 'same', headers: { b: '2' } });
    assert.deepEqual(
      (await got(5)).map(({ key, headers }) => [key, headers]),
      [
        ['k', { source: 'test', count: '3' }],
        ['x', { a: '1' }],
        [null, {}],
        ['same', { b: '2' }],
        ['same', { b: '2' }],
      ],
    );
  });

  it('writes a tombstone for null, under the key of the message even where a path is set', async () => {
    await start({ key: 'id' });
    await bench.exchange({ payload: { id: 'k' } });
    await bench.exchange({ payload: null, key: 'k' });
    await bench.exchange({ payload: [null, { id: 'l' }], key: ['k', 'other'] });
    assert.deepEqual(
      (await got(4)).map(({ key, payload }) => [key, payload]),
      [
        ['k', { id: 'k' }],
        ['k', null],
        ['k', null],
        ['l', { id: 'l' }],
      ],
    );
  });

  it('writes to the topic of the message where none is set', async () => {
    await start({ topic: '' }, { topic: 'here, there', group: 'all' });
    await bench.exchange({ payload: 1, topic: 'here' });
    await bench.exchange({ payload: 2, topic: 'there' });
    const seen = (await got(2)).map(({ payload, topic }) => [payload, topic]);
    assert.deepEqual(seen.sort(), [
      [1, 'here'],
      [2, 'there'],
    ]);
    for (const topic of [undefined, '', 5]) {
      const { ok, bad } = await bench.exchange({ payload: 3, topic });
      assert.deepEqual(ok, []);
      assert.match((bad as Rejection[])[0]?.error.message ?? '', /no topic to write to/u);
    }
  });

  it('sends what it cannot encode to output 2 and stores the rest', async () => {
    await start({ encode: 'text' }, { decode: 'text' });
    const { ok, bad } = await bench.exchange({ payload: ['a', { b: 1 }, 3], key: ['x', 'y', 'z'] });
    assert.deepEqual(ok, [['a', 3]]);
    const [rejected] = bad as Rejection[][];
    assert.deepEqual(
      rejected?.map(({ record, error }) => [record, error.name]),
      [[{ b: 1 }, 'RecordError']],
    );
    assert.deepEqual(
      (await got(2)).map(({ payload, key }) => [payload, key]),
      [
        ['a', 'x'],
        ['3', 'z'],
      ],
    );
  });

  it('does not fall over a record that has no JSON', async () => {
    await start();
    const round: Record<string, unknown> = {};
    round.itself = round;
    for (const record of [round, { n: 1n }, undefined, () => 1]) {
      const { ok, bad, error } = await bench.exchange({ payload: record });
      assert.deepEqual([ok.length, bad.length, error], [0, 1, undefined]);
    }
  });

  it('keeps bytes as they are', async () => {
    await start({ encode: 'buffer' }, { decode: 'buffer' });
    const bytes = Buffer.from([0, 255, 128, 10]);
    await bench.exchange({ payload: bytes });
    assert.deepEqual((await got(1))[0]?.payload, bytes);
  });

  it('stores what a source sent only when the flow is done with it, together with the position', async () => {
    await bench.run([
      cluster,
      node('write', 'kafka-out', { cluster: 'c', topic: 'tweets' }, [], []),
      node('first', 'kafka-in', { cluster: 'c', topic: 'tweets', batch: false, group: 'copy' }, ['copy', 'hold'], []),
      node('copy', 'kafka-out', { cluster: 'c', topic: 'copies' }, ['copied'], []),
      ...(reader({ topic: 'copies' }) as Message[]),
      node('hold', 'probe'),
      node('copied', 'probe'),
    ]);
    let finish: () => void = () => undefined;
    bench.behave('hold', (_message, _send, done) => (finish = done));
    bench.receive('write', { payload: { n: 1 } });
    await until(() => bench.at('copied').length === 1, 'the copy to be taken');
    await settle();
    assert.deepEqual(bench.at('got'), []);
    finish();
    assert.deepEqual((await got(1))[0]?.payload, { n: 1 });
  });

  for (const [what, settings, said] of [
    ['a key that is no path', { key: 'a..b' }, /"a\.\.b" is not a path/u],
    ['a missing cluster', { cluster: '' }, /Cluster: is needed, but empty/u],
    ['an unknown cluster', { cluster: 'nowhere' }, /"cluster" refers to no configuration node/u],
    ['a batch size of nothing', { maxBatch: 0 }, /0 is too small/u],
  ] as const) {
    it(`says at deploy what is wrong with ${what}, and refuses every message`, async () => {
      await start(settings);
      assert.match(bench.status('node').text ?? '', said);
      assert.equal(bench.status('node').fill, 'red');
      assert.match(await bench.fail({ id: '1' }), said);
    });
  }

  it('counts in its status', async () => {
    await start();
    await bench.exchange({ payload: [1, 2, 3] });
    await until(() => bench.status('node').text === '3 records', 'the count');
  });
});
