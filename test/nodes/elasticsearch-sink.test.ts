import assert from 'node:assert/strict';
import elasticsearchCluster from '../../nodes/elasticsearch-cluster/elasticsearch-cluster';
import elasticsearchSink from '../../nodes/elasticsearch-sink/elasticsearch-sink';
import { FakeServer, problem } from '../lib/elasticsearch/server';
import { ERROR, NodeBench, type Saved, WARN } from '../support/nodes';
import { until } from '../support/until';

const sink = { type: 'elasticsearch-sink', cluster: 'c', index: 'posts-{{created_at|yyyy.MM}}', linger: '1ms' };
const at = '2012-03-04T05:06:07.000Z';

describe('nodes/elasticsearch-sink', () => {
  let bench: NodeBench;
  let server: FakeServer;
  let cluster: Saved;
  beforeEach(async () => {
    server = await FakeServer.start();
    cluster = { id: 'c', type: 'elasticsearch-cluster', url: server.url };
    bench = new NodeBench([elasticsearchCluster, elasticsearchSink]);
  });
  afterEach(async () => {
    await bench.dispose();
    await server.stop();
  });

  it('stores records and batches, sends them on once they are safe, and the rest to output 2', async () => {
    await bench.start(sink, cluster);
    const one = { id: '1', text: 'a', created_at: at };
    assert.deepEqual(await bench.send(one), one);
    assert.deepEqual(server.documents.get('posts-2012.03/1')?.source, one);
    server.onRow = (id) => (id === '3' ? 'refuse' : 'take');
    const [two, three] = ['2', '3'].map((id) => ({ id, created_at: at }));
    const without = { created_at: at };
    const { ok, bad } = await bench.exchange({ payload: [two, three, without] });
    assert.deepEqual(ok, [[two]]);
    const rejected = (bad[0] ?? []) as { record: unknown; error: { message: string } }[];
    assert.deepEqual(
      rejected.map(({ record }) => record),
      [without, three],
    );
    assert.match(rejected[0]?.error.message ?? '', /has no "id", which documentId needs/u);
    assert.match(rejected[1]?.error.message ?? '', /mapper_parsing_exception/u);
    assert.deepEqual([...server.documents.keys()], ['posts-2012.03/1', 'posts-2012.03/2']);
  });

  it('holds what it has while the server is away, says so, and stores it when it is back', async () => {
    await bench.start(sink, cluster);
    await server.goAway();
    bench.receive('node', { payload: { id: '1', created_at: at } });
    await until(() => bench.status('node').fill === 'red', 'the status to say so');
    assert.match(bench.status('node').text ?? '', /^server away since .*, 1 records waiting$/u);
    assert.match(bench.logged('node', WARN).join(), /cannot be reached: nothing listens there.*1 records wait/u);
    assert.deepEqual(bench.at('ok'), []);
    await server.comeBack();
    await until(() => bench.at('ok').length === 1, 'the record to be stored');
    assert.equal(server.documents.size, 1);
    await until(() => bench.status('node').fill === 'green', 'the status to say so');
  });

  it('stores what it holds when its flow is stopped, as its cluster is there until it has', async () => {
    await bench.start({ ...sink, linger: '1h' }, cluster);
    bench.receive('node', { payload: ['1', '2'].map((id) => ({ id, created_at: at })) });
    await bench.stop();
    assert.deepEqual([...server.documents.keys()], ['posts-2012.03/1', 'posts-2012.03/2']);
    assert.deepEqual(bench.recordsAt('caught'), []);
  });

  it('has as many requests under way as it may', async () => {
    server.onRequest = (ids) => (ids.includes('1') ? 'hang' : 'rows');
    await bench.start({ ...sink, concurrency: 4, maxBatch: 1 }, cluster);
    bench.receive('node', { payload: { id: '1', created_at: at } });
    await until(() => server.requests.length > 0, 'the request that hangs');
    const others = Array.from({ length: 20 }, (_, n) => `other ${n}`);
    for (const id of others) bench.receive('node', { payload: { id, created_at: at } });
    await until(() => server.documents.size > 0, 'others to be stored meanwhile');
    server.onRequest = () => 'rows';
    await server.goAway();
    await server.comeBack();
    await until(() => bench.at('ok').length === 21, 'all to be stored');
    assert.equal(server.documents.size, 21);
  });

  it('names single records without an id by their place in Kafka; a repeated one takes the place of the first', async () => {
    await bench.start({ ...sink, documentId: '', index: 'readings' }, cluster);
    const message = { payload: { celsius: 20 }, kafka: { topic: 't', partition: 1, offset: 7, timestamp: 0 } };
    for (let n = 0; n < 2; n++) assert.deepEqual((await bench.exchange({ ...message })).bad, []);
    assert.equal(server.documents.size, 1);
    assert.match([...server.documents.keys()][0] ?? '', /^readings\/t-1-7-/u);
    const batch = { payload: [{ celsius: 20 }], kafka: { topic: 't', partition: 1, firstOffset: 7, lastOffset: 7 } };
    const [refused] = (await bench.exchange(batch)).bad as { error: { message: string } }[][];
    assert.match(refused?.[0]?.error.message ?? '', /no id for this record.*one by one/u);
  });

  for (const [what, settings, said] of [
    ['an index that cannot be', { index: 'Posts' }, /The index "Posts" has capital letters/u],
    ['a data stream without a time', { dataStream: true }, /needs a time, and no field is named/u],
    ['too many shards', { shards: 5000 }, /Shards: 5000 is too large/u],
    ['a template for everything', { index: '{{lang}}' }, /one for every index of the cluster/u],
  ] as const) {
    it(`says what is wrong with ${what}`, async () => {
      await bench.start({ ...sink, ...settings }, cluster);
      assert.match(await bench.fail({ id: '1', created_at: at }), said);
    });
  }

  it('says so when its cluster is missing, or has no address', async () => {
    await bench.start(sink, { ...cluster, url: 'localhost:9200' });
    assert.match(bench.logged('c', ERROR).join(), /"localhost:9200" is not an address/u);
    assert.match(await bench.fail({ id: '1' }), /"cluster" refers to no configuration node that works/u);
  });

  it('logs in with the credentials of its cluster', async () => {
    await server.stop();
    server = await FakeServer.start({ authorization: 'ApiKey aWQ6a2V5' });
    await bench.run(
      [
        { ...cluster, url: server.url },
        { id: 'node', z: 'f', x: 0, y: 0, ...sink, wires: [['ok'], []] },
        { id: 'ok', z: 'f', x: 0, y: 0, type: 'probe', wires: [] },
      ],
      { c: { apiKey: 'id:key' } },
    );
    await bench.send({ id: '1', created_at: at });
    assert.equal(server.documents.size, 1);
  });

  it('keeps its messages when the login is not accepted', async () => {
    server.onAsked = () => ({ status: 401, body: problem('security_exception', 'who is it?') });
    await bench.start(sink, cluster);
    bench.receive('node', { payload: { id: '1', created_at: at } });
    await until(() => bench.status('node').fill === 'red', 'the status to say so');
    assert.match(bench.logged('node', WARN).join(), /did not accept the login.*Correct user and password/u);
    server.onAsked = () => undefined;
    await until(() => bench.at('ok').length === 1, 'the record to be stored');
  });
});
