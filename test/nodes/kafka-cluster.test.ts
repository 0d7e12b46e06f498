import assert from 'node:assert/strict';
import kafkaCluster from '../../nodes/kafka-cluster/kafka-cluster';
import kafkaIn from '../../nodes/kafka-in/kafka-in';
import kafkaOut from '../../nodes/kafka-out/kafka-out';
import { ERROR, NodeBench, node, settle } from '../support/nodes';
import { until } from '../support/until';

const cluster = { id: 'c', type: 'kafka-cluster' };
const write = node('write', 'kafka-out', { cluster: 'c', topic: 'tweets' }, ['stored'], []);
const read = node('read', 'kafka-in', { cluster: 'c', topic: 'tweets', batch: false }, ['got'], []);
const probes = ['got', 'stored', 'caught'].map((id) => node(id, 'probe'));

describe('nodes/kafka-cluster', () => {
  let bench: NodeBench;
  beforeEach(() => (bench = new NodeBench([kafkaCluster, kafkaIn, kafkaOut])));
  afterEach(() => bench.dispose());

  const partitionsSeen = (): Set<unknown> =>
    new Set(bench.at('got').map(({ kafka }) => (kafka as { partition: number }).partition));

  it('gives topics its number of partitions, and keeps their records over a restart', async () => {
    await bench.run([{ ...cluster, partitions: 7 }, write, node('got', 'probe'), node('stored', 'probe')]);
    for (let n = 0; n < 50; n++) bench.receive('write', { payload: { n }, key: `key ${n}` });
    await until(() => bench.at('stored').length === 50, 'all to be stored');
    await bench.stop();
    await bench.run([{ ...cluster, partitions: 2 }, read, ...probes]);
    await until(() => bench.at('got').length === 50, 'all to be read');
    assert.equal(partitionsSeen().size, 7, 'a topic keeps the partitions that it was made with');
  });

  it('keeps topics of the same name on different clusters apart', async () => {
    const other = node('other', 'kafka-in', { cluster: 'c2', topic: 'tweets', batch: false }, ['elsewhere'], []);
    await bench.run([cluster, { ...cluster, id: 'c2' }, write, read, other, ...probes, node('elsewhere', 'probe')]);
    bench.receive('write', { payload: { n: 1 } });
    await until(() => bench.at('got').length === 1, 'the record');
    await settle();
    assert.deepEqual(bench.at('elsewhere'), []);
  });

  for (const [what, settings, said] of [
    ['too few partitions', { partitions: 0 }, /Partitions: 0 is too small: at least 1/u],
    ['a retention that is no duration', { retention: 'long' }, /Retention: "long" is not a duration/u],
    ['an unknown mode', { mode: 'quantum' }, /Mode: "quantum" is not one of the choices/u],
  ] as const) {
    it(`says what is wrong with ${what}; its users say that it does not work, and refuse messages`, async () => {
      const failed = node('failed', 'catch', { scope: ['write'] }, ['caught']);
      await bench.run([{ ...cluster, ...settings }, write, read, failed, ...probes]);
      assert.match(bench.logged('c', ERROR).join(), said);
      for (const user of ['read', 'write']) {
        assert.equal(bench.status(user).fill, 'red');
        assert.match(bench.status(user).text ?? '', /"cluster" refers to no configuration node that works/u);
      }
      bench.receive('write', { payload: { n: 1 } });
      await until(() => bench.at('caught').length === 1, 'the refusal');
    });
  }
});
