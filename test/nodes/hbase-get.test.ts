import assert from 'node:assert/strict';
import hbaseCluster from '../../nodes/hbase-cluster/hbase-cluster';
import hbaseGet from '../../nodes/hbase-get/hbase-get';
import hbaseSink from '../../nodes/hbase-sink/hbase-sink';
import kafkaCluster from '../../nodes/kafka-cluster/kafka-cluster';
import kafkaIn from '../../nodes/kafka-in/kafka-in';
import kafkaOut from '../../nodes/kafka-out/kafka-out';
import type { Done, Message } from '../../nodes/common/red';
import { NodeBench, type Saved, coreNode, node, settle } from '../support/nodes';
import { until } from '../support/until';

const COLUMNS = { 'd:text': 'text', 'd:likes': 'likes|long' };
const cluster = { id: 'c', type: 'hbase-cluster' };
const sink = node('sink', 'hbase-sink', { cluster: 'c', table: 'posts', columns: COLUMNS }, ['stored'], []);
const POSTS = Array.from({ length: 1_000 }, (_, n) => ({
  id: String(n).padStart(4, '0'),
  text: `post ${n}`,
  likes: n,
}));
const withRow = POSTS.map(({ id, text, likes }) => ({ likes, text, row: id }));

interface Parts {
  readonly id: string;
  readonly index: number;
  readonly count?: number;
  readonly parts?: Parts;
}

describe('nodes/hbase-get', () => {
  let bench: NodeBench;
  beforeEach(
    () =>
      (bench = new NodeBench([
        ...[hbaseCluster, hbaseSink, hbaseGet, kafkaCluster, kafkaIn, kafkaOut],
        coreNode('sequence/17-split.js'),
      ])),
  );
  afterEach(() => bench.dispose());

  /** Starts the node over a table with all posts. */
  const start = async (settings: Saved, ...others: Saved[]): Promise<void> => {
    const get = { type: 'hbase-get', cluster: 'c', table: 'posts', columns: COLUMNS, ...settings };
    await bench.start(get, cluster, sink, node('stored', 'probe'), ...others);
    bench.receive('sink', { payload: POSTS });
    await until(() => bench.at('stored').length === 1, 'the posts to be stored');
  };

  it('finds a row by its key, and says on output 2 that there is none', async () => {
    await start({});
    const { ok, bad } = await bench.exchange({ payload: { id: '0042' }, other: 'kept' });
    assert.deepEqual([ok, bad], [[withRow[42]], []]);
    const missing = await bench.exchange({ payload: { id: '5000' } });
    assert.deepEqual(missing.ok, []);
    assert.deepEqual(missing.bad, [
      { record: { id: '5000' }, error: { name: 'RecordError', message: 'The HBase table "posts" has no row "5000".' } },
    ]);
  });

  it('looks each record of a batch up, and keeps what else the message has', async () => {
    await start({});
    const asked = [{ id: '0001' }, { id: 'nobody' }, { id: '0003' }, { no: 'id' }];
    const { ok, bad, messages } = await bench.exchange({ payload: asked, other: 'kept' });
    assert.deepEqual(ok, [[withRow[1], withRow[3]]]);
    const refused = (bad as { record: unknown; error: { message: string } }[][]).flat();
    assert.deepEqual(new Set(refused.map(({ record }) => record)), new Set([asked[1], asked[3]]));
    assert.ok(refused.some(({ error }) => error.message.includes('has no "id", which row needs')));
    assert.ok(messages.every(({ other }) => other === 'kept'));
  });

  it('takes a payload that is the key itself, and what msg.hbase says', async () => {
    await start({ row: '{{payload}}' });
    assert.deepEqual(await bench.send('0007'), withRow[7]);
    assert.deepEqual((await bench.exchange({ hbase: { row: '0008' } })).ok, [withRow[8]]);
    assert.deepEqual((await bench.exchange({ hbase: { prefix: '001', limit: 2 } })).ok, [withRow.slice(10, 12)]);
    assert.deepEqual((await bench.exchange({ hbase: { start: '0998', reversed: true } })).ok, [
      withRow.slice(998).reverse(),
    ]);
    const { bad } = await bench.exchange({ hbase: { limit: 'all', prefix: '' } });
    assert.match(JSON.stringify(bad), /msg\.hbase\.limit is no number of rows/u);
  });

  it('reads a prefix as batches that a join node puts together', async () => {
    await start(
      { by: 'prefix', prefix: '0{{digit}}', batch: 30 },
      node('join', 'join', { mode: 'auto' }, ['joined']),
      node('joined', 'probe'),
      { id: 'ok2', z: 'f', type: 'probe', x: 0, y: 0, wires: [] },
    );
    const { ok, messages } = await bench.exchange({ payload: { digit: 3 }, parts: { id: 'outer', index: 0 } });
    assert.deepEqual(ok.flat(), withRow.slice(300, 400));
    assert.deepEqual(
      ok.map((each) => (each as unknown[]).length),
      [30, 30, 30, 10],
    );
    const parts = messages.map((message) => message.parts as Parts);
    assert.deepEqual(
      parts.map(({ index, count }) => [index, count]),
      [
        [0, undefined],
        [1, undefined],
        [2, undefined],
        [3, 4],
      ],
    );
    assert.equal(new Set(parts.map(({ id }) => id)).size, 1);
    assert.deepEqual(parts[0]?.parts, { id: 'outer', index: 0 });
    for (const message of messages) bench.receive('join', message);
    await until(() => bench.at('joined').length === 1, 'the join node');
    assert.deepEqual(bench.at('joined')[0]?.payload, withRow.slice(300, 400));
  });

  it('sends records one by one, or all in one message', async () => {
    await start({ by: 'range', start: '{{from}}', stop: '{{to}}', batch: 1 });
    const { ok, messages } = await bench.exchange({ payload: { from: '0010', to: '0013' } });
    assert.deepEqual(ok, withRow.slice(10, 13));
    assert.equal((messages.at(-1)?.parts as Parts).count, 3);
    await bench.deploy('node', { batch: 0 });
    const all = await bench.exchange({ payload: { from: '0000', to: '' } });
    assert.match(JSON.stringify(all.bad), /which stop needs/u);
    await bench.deploy('node', { batch: 0, stop: '' });
    assert.deepEqual((await bench.exchange({ payload: { from: '0000' } })).ok, [withRow]);
  });

  it('says on output 2 that a range has no rows', async () => {
    await start({ by: 'prefix', prefix: '9' });
    const { ok, bad } = await bench.exchange({ payload: 'go' });
    assert.deepEqual(ok, []);
    assert.match(JSON.stringify(bad), /"record":\{"prefix":"9","start":""\}.*has no rows there/u);
  });

  it('reads on only as the flow finishes with what it has, and is done when all is', async () => {
    const waiting: Done[] = [];
    await start({ by: 'prefix', prefix: '', batch: 100, maxInFlight: 200 });
    bench.behave('ok', (_, __, done) => void waiting.push(done));
    bench.receive('node', { payload: 'go' });
    await until(() => waiting.length === 2, 'the first two');
    await settle();
    assert.deepEqual([waiting.length, bench.at('done').length], [2, 0]);
    for (let finished = 0; finished < 10; finished++) {
      await until(() => waiting.length > 0, `message ${finished}`);
      assert.ok(waiting.length <= 2);
      assert.equal(bench.at('done').length, 0);
      waiting.shift()?.();
    }
    await until(() => bench.at('done').length === 1, 'it to be done');
    assert.deepEqual(bench.recordsAt('ok'), withRow);
  });

  it('sends a message again that the flow has failed at, with what it was', async () => {
    await start({ by: 'prefix', prefix: '', batch: 400 });
    let failed = 0;
    bench.behave('ok', (message: Message, _, done) => {
      const records = message.payload as { text: string }[];
      if (failed++ === 1) {
        records.length = 0;
        done(new Error('not now'));
      } else done();
    });
    bench.receive('node', { payload: 'go' });
    await until(() => bench.at('done').length === 1, 'it to be done');
    const texts = bench.recordsAt('ok').map((each) => (each as { text: string }).text);
    assert.deepEqual(new Set(texts).size, 1_000);
  });

  it('belongs to the message of a source before it, which goes on when all is finished', async () => {
    await start(
      { by: 'prefix', prefix: '{{prefix}}', batch: 100 },
      { id: 'k', type: 'kafka-cluster' },
      node('ask', 'kafka-out', { cluster: 'k', topic: 'asked' }, [], []),
      node('asked', 'kafka-in', { cluster: 'k', topic: 'asked', group: 'g', batch: false }, ['node'], []),
    );
    const waiting: Done[] = [];
    bench.behave('ok', (_, __, done) => void waiting.push(done));
    bench.receive('ask', { payload: { prefix: '0' } });
    await until(() => waiting.length === 10, 'all messages');
    await settle();
    assert.equal(bench.position('g', 'k'), 0);
    for (const done of waiting) done();
    await until(() => bench.position('g', 'k') === 1, 'the position');
    assert.deepEqual(bench.recordsAt('ok'), withRow);
  });

  it('fails a message on a table that is not there', async () => {
    await bench.start({ type: 'hbase-get', cluster: 'c', table: 'nothing' }, cluster);
    assert.match(
      await bench.fail({ id: '1' }),
      /"nothing" does not exist \(TableNotFoundException\)\. Correct the name\./u,
    );
  });

  it('says what is wrong with its settings', async () => {
    await bench.start({ type: 'hbase-get', cluster: 'c', table: 'posts', columns: { 'd:n': 'n|int' } }, cluster);
    assert.match(await bench.fail({ id: '1' }), /"d:n" has no path|n\|int/u);
  });
});
