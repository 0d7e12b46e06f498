import assert from 'node:assert/strict';
import elasticsearchCluster from '../../../nodes/elasticsearch-cluster/elasticsearch-cluster';
import elasticsearchSink from '../../../nodes/elasticsearch-sink/elasticsearch-sink';
import { NodeBench, type Saved, WARN } from '../../support/nodes';
import { until } from '../../support/until';
import { type OpenSearch, startOpenSearch } from '../support/elasticsearch';

interface Rejected {
  readonly record: { readonly id: string };
  readonly error: { readonly message: string };
}

const PATIENCE = { within: 90_000, every: 20 };
const at = '2012-03-04T05:06:07.000Z';

describe('a real OpenSearch that does not take everything', function () {
  this.timeout(180_000);
  let server: OpenSearch;
  let bench: NodeBench;
  before(async () => {
    server = await startOpenSearch();
  });
  after(() => server.stop());
  beforeEach(() => (bench = new NodeBench([elasticsearchCluster, elasticsearchSink])));
  afterEach(() => bench.dispose());

  async function start(settings: Saved): Promise<void> {
    const cluster = { id: 'c', type: 'elasticsearch-cluster', url: server.url, timeout: '3s' };
    await bench.start({ type: 'elasticsearch-sink', cluster: 'c', replicas: 0, linger: '1ms', ...settings }, cluster);
  }

  /** Sends a batch. @returns the ids of what was stored, as a search finds it, and what was refused */
  async function send(index: string, records: readonly object[]): Promise<{ stored: string[]; refused: Rejected[] }> {
    const { bad, error } = await bench.exchange({ payload: records });
    assert.equal(error, undefined);
    const stored = (await server.documents.all<{ id: string }>(index)).map(({ id }) => id);
    return { stored, refused: (bad[0] ?? []) as Rejected[] };
  }

  it('refuses what does not fit the mapping, with its reason, and stores the rest of the batch', async () => {
    await start({ index: 'mixed' });
    const { stored, refused } = await send('mixed', [
      { id: '1', created_at: at, public_metrics: { like_count: 3 } },
      { id: '2', created_at: at, public_metrics: { like_count: 'many' } },
      { id: '3', created_at: 'yesterday' },
      { id: '4', author: 'ann' },
      { id: '5', _id: 'x' },
      { id: '6', 'a..b': 1 },
      { id: 'x'.repeat(513) },
      { id: '7', text: 'good' },
    ]);
    assert.deepEqual(stored, ['1', '7']);
    const reasons = Object.fromEntries(refused.map(({ record, error }) => [record.id.slice(0, 2), error.message]));
    assert.match(reasons['2'] ?? '', /failed to parse field \[public_metrics\.like_count\] of type \[long\]/u);
    assert.match(reasons['3'] ?? '', /failed to parse date field \[yesterday\]/u);
    assert.match(reasons['4'] ?? '', /object mapping for \[author\] tried to parse field/u);
    assert.match(reasons['5'] ?? '', /Field \[_id\] is a metadata field/u);
    assert.match(reasons['6'] ?? '', /makes object resolution ambiguous/u);
    assert.match(reasons.xx ?? '', /has 513 bytes; the servers take at most 512/u);
  });

  it('refuses fields that a strict mapping does not know', async () => {
    const mappings = { dynamic: 'strict', properties: { id: { type: 'keyword' } } };
    await server.documents.ask('PUT', '/strict', { mappings });
    await start({ index: 'strict' });
    const { stored, refused } = await send('strict', [{ id: '1' }, { id: '2', more: 1 }]);
    assert.deepEqual(stored, ['1']);
    assert.match(refused[0]?.error.message ?? '', /mapping set to strict, dynamic introduction of \[more\]/u);
  });

  it('stores a field of 5 MB, half a character and words of every script as they are', async () => {
    await start({ index: 'odd' });
    const texts = ['x'.repeat(5_000_000), 'a\ud800b', '茶 🍵 e\u0301 \u0000 \u2028', '<script>"\\'];
    const records = texts.map((text, n) => ({ id: String(n), text, note: text }));
    const { stored, refused } = await send('odd', records);
    assert.deepEqual([stored, refused], [['0', '1', '2', '3'], []]);
    const found = await server.documents.all<{ text: string; note: string }>('odd');
    assert.ok(found.every(({ source }, n) => source.text === texts[n] && source.note === texts[n]));
  });

  it('refuses an index name that cannot be, and what has none', async () => {
    await start({ index: 'lang-{{lang}}' });
    const { stored, refused } = await send('lang-*', [{ id: '1', lang: 'en' }, { id: '2', lang: 'EN' }, { id: '3' }]);
    assert.deepEqual(stored, ['1']);
    assert.deepEqual(refused.map(({ record }) => record.id).sort(), ['2', '3']);
  });

  it('holds what it has for an index that is read-only, says so, and stores it once it is not', async () => {
    await server.documents.ask('PUT', '/blocked', {});
    // What a server does by itself when its disk is almost full.
    const block = { 'index.blocks.read_only_allow_delete': true };
    await server.documents.ask('PUT', '/blocked/_settings', block);
    await start({ index: 'blocked' });
    bench.receive('node', { payload: [{ id: '1' }, { id: '2' }] });
    await until(() => bench.status('node').fill === 'red', 'the status to say so', PATIENCE);
    assert.match(bench.logged('node', WARN).join(), /flood-stage watermark.*Free some of its disk/u);
    assert.deepEqual(bench.at('ok'), []);
    await server.documents.ask('PUT', '/blocked/_settings', { 'index.blocks.read_only_allow_delete': null });
    await until(() => bench.recordsAt('ok').length === 2, 'both to be stored', PATIENCE);
    assert.equal((await server.documents.all('blocked')).length, 2);
  });

  it('fails only the messages for the one index that is read-only', async () => {
    await server.documents.ask('PUT', '/by-old', { settings: { 'index.blocks.write': true } });
    await start({ index: 'by-{{to}}' });
    bench.receive('node', { payload: { id: 'old', to: 'old' } });
    for (let n = 0; n < 20; n++) bench.receive('node', { payload: { id: String(n), to: 'new' } });
    await until(() => bench.at('ok').length === 20, 'the others to be stored', PATIENCE);
    assert.equal((await server.documents.all('by-new')).length, 20);
  });

  it('gives up a server that hangs, and stores everything once it goes on', async () => {
    await start({ index: 'hung' });
    await bench.send({ id: '0' });
    server.pause();
    try {
      for (let n = 1; n <= 50; n++) bench.receive('node', { payload: { id: String(n) } });
      await until(() => bench.status('node').fill === 'red', 'the status to say so', PATIENCE);
      assert.match(bench.logged('node', WARN).join(), /no answer within 3 s/u);
    } finally {
      server.resume();
    }
    await until(() => bench.at('ok').length === 51, 'all to be stored', PATIENCE);
    assert.equal((await server.documents.all('hung')).length, 51);
  });

  it('puts documents into a data stream once, made by the template of the sink', async () => {
    await start({ index: 'stream-{{lang}}', dataStream: true, timestamp: 'created_at' });
    const record = { id: '1', lang: 'en', created_at: at };
    for (let n = 0; n < 2; n++) assert.deepEqual((await bench.exchange({ payload: { ...record } })).bad, []);
    const found = await server.documents.all<Record<string, unknown>>('stream-en');
    assert.deepEqual(
      found.map(({ source }) => source),
      [{ ...record, '@timestamp': at }],
    );
    const { data_streams: streams } = (await server.documents.ask('GET', '/_data_stream/stream-en')) as {
      data_streams: { template: string; timestamp_field: { name: string } }[];
    };
    assert.deepEqual([streams[0]?.template, streams[0]?.timestamp_field.name], ['pulseflow-stream-x', '@timestamp']);
  });

  it('makes indexes with the shards and types that the sink says, and leaves templates of others alone', async () => {
    await start({ index: 'made-{{lang}}', shards: 3 });
    await bench.send({ id: '1', lang: 'en', text: 'hello world', since: '2012-01-02' });
    const made = (await server.documents.ask('GET', '/made-en')) as Record<
      string,
      { settings: { index: Record<string, string> }; mappings: { properties: Record<string, { type: string }> } }
    >;
    const { settings, mappings } = made['made-en'] ?? assert.fail('there is no index');
    assert.deepEqual([settings.index.number_of_shards, settings.index.number_of_replicas], ['3', '0']);
    assert.deepEqual(
      ['text', 'created_at', 'hashtags', 'counts', 'since'].map((name) => mappings.properties[name]?.type),
      ['text', 'date', 'keyword', 'nested', 'keyword'],
    );
    await bench.stop();

    await server.documents.ask('PUT', '/_index_template/theirs', {
      index_patterns: ['own-*'],
      template: { settings: { number_of_shards: 2 } },
    });
    await start({ index: 'own-{{lang}}', shards: 3 });
    await bench.send({ id: '1', lang: 'en' });
    assert.equal(
      JSON.stringify(await server.documents.ask('GET', '/own-en/_settings')).includes('"number_of_shards":"2"'),
      true,
    );
  });

  it('forgets nothing when it is killed in the middle of a batch', async () => {
    await start({ index: 'killed', maxBatch: 50 });
    const ids = Array.from({ length: 2_000 }, (_, n) => String(n).padStart(4, '0'));
    for (const id of ids) bench.receive('node', { payload: { id } });
    await until(() => bench.at('ok').length >= 200, 'some to be stored', PATIENCE);
    await server.kill();
    await server.restart();
    await until(() => bench.at('ok').length === ids.length, 'all to be stored', PATIENCE);
    const found = await server.documents.all('killed');
    assert.deepEqual(
      found.map(({ id }) => id),
      ids,
    );
  });
});
