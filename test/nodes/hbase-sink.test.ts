import assert from 'node:assert/strict';
import { EmbeddedHBase } from '../../lib/hbase/embedded';
import { Store, storeFile } from '../../lib/store/store';
import hbaseCluster from '../../nodes/hbase-cluster/hbase-cluster';
import hbaseSink from '../../nodes/hbase-sink/hbase-sink';
import { FakeHBase } from '../support/fakeHBase';
import { NodeBench } from '../support/nodes';

const cluster = { id: 'c', type: 'hbase-cluster' };
const sink = {
  type: 'hbase-sink',
  cluster: 'c',
  table: 'posts',
  columns: { 'd:text': 'text', 'd:user': 'author.name' },
};

describe('nodes/hbase-sink', () => {
  let bench: NodeBench;
  beforeEach(() => (bench = new NodeBench([hbaseCluster, hbaseSink])));
  afterEach(() => bench.dispose());

  it('stores records and batches, sends them on once they are safe, and the rest to output 2', async () => {
    await bench.start(sink, cluster);
    const one = { id: '1', text: 'a', author: { name: 'ann' } };
    assert.deepEqual(await bench.send(one), one);
    const rejected = bench.send([{ id: '2', text: 'b' }, { text: 'no key' }], 'bad');
    assert.deepEqual(
      ((await rejected) as { record: unknown }[]).map(({ record }) => record),
      [{ text: 'no key' }],
    );
    await bench.stop();
    const store = new Store(storeFile(bench.folder));
    const table = await new EmbeddedHBase(store, 'c').open('posts', { createTable: false, families: [] });
    const row = await table.get('1');
    assert.deepEqual(
      row?.cells.map(({ column, value }) => [column, value.toString()]),
      [
        ['d:text', 'a'],
        ['d:user', 'ann'],
      ],
    );
    assert.equal(await table.count(), 2);
    store.close();
  });

  it('puts cells at the time that kafka in gives with a record, or with those of a batch', async () => {
    await bench.start(sink, cluster);
    await bench.exchange({ payload: { id: '1', text: 'a' }, kafka: { timestamp: 11 } });
    await bench.exchange({ payload: ['2', '3'].map((id) => ({ id, text: 'a' })), kafka: {}, timestamp: [12, 13] });
    await bench.exchange({ payload: [{ id: '4', text: 'a' }], kafka: {}, timestamp: [14, 15] });
    await bench.stop();
    const store = new Store(storeFile(bench.folder));
    const table = await new EmbeddedHBase(store, 'c').open('posts', { createTable: false, families: [] });
    const times: number[] = [];
    for await (const { cells } of table.scan()) times.push(cells[0]?.timestamp ?? 0);
    assert.deepEqual(times.slice(0, 3), [11, 12, 13]);
    assert.ok((times[3] ?? 0) > 1e12, 'times that do not fit its records are not taken');
    store.close();
  });

  it('stores what it holds when its flow is stopped, as its gateway can be reached until it has', async () => {
    const gateway = await new FakeHBase().start();
    await bench.start({ ...sink, linger: '1h' }, { ...cluster, mode: 'rest', url: gateway.url });
    bench.receive('node', { payload: ['1', '2'].map((id) => ({ id, text: 'a' })) });
    await bench.stop();
    assert.deepEqual([...(gateway.tables.get('posts')?.rows.keys() ?? [])], ['1', '2']);
    assert.deepEqual(bench.recordsAt('caught'), []);
    await gateway.stop();
  });

  it('fails a message on a table that it may not make', async () => {
    await bench.start({ ...sink, createTable: false }, cluster);
    assert.match(await bench.fail({ id: '1', text: 'a' }), /"posts" does not exist \(TableNotFoundException\)/u);
  });

  it('says what is wrong with its settings', async () => {
    await bench.start({ ...sink, columns: { text: 'text' } }, cluster);
    assert.match(await bench.fail({ id: '1' }), /"text" is not a column/u);
  });

  it('says so when its cluster is missing', async () => {
    await bench.start(sink);
    assert.match(await bench.fail({ id: '1' }), /config|cluster/u);
  });
});
