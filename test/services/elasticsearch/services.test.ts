import assert from 'node:assert/strict';
import { type OpenSearch, startOpenSearch } from '../support/elasticsearch';

describe('the real OpenSearch of the tests', () => {
  let server: OpenSearch;
  before(async () => {
    server = await startOpenSearch();
  });
  after(() => (server as OpenSearch | undefined)?.stop());

  it('says what it is', async () => {
    const { version } = (await server.documents.ask('GET', '/')) as { version: Record<string, string> };
    assert.deepEqual([version.distribution, version.number], ['opensearch', '2.19.1']);
  });

  it('gives back what _bulk has stored, over more than a page, and says what it refused', async () => {
    const many = Array.from({ length: 6_000 }, (_, n) => ({ id: String(n).padStart(5, '0'), count: n }));
    const answer = await store(server, 'posts', [...many, { id: 'bad', count: 'not a number' }]);
    assert.equal(answer.errors, true);
    const refused = answer.items.flatMap(({ index }) => index.error?.type ?? []);
    assert.deepEqual(refused, ['mapper_parsing_exception']);
    const read = await server.documents.all('posts');
    assert.deepEqual(
      read,
      many.map(({ id, count }) => ({ index: 'posts', id, version: 1, source: { count } })),
    );
    assert.equal(await server.documents.count('posts'), many.length);
  });

  it('counts the versions of a document that was written again', async () => {
    await store(server, 'again', [{ id: 'a', count: 1 }]);
    await store(server, 'again', [{ id: 'a', count: 2 }]);
    assert.deepEqual(await server.documents.all('again'), [
      { index: 'again', id: 'a', version: 2, source: { count: 2 } },
    ]);
  });

  it('makes the data stream that an index template asks for', async () => {
    await server.documents.ask('PUT', '/_index_template/streams', { index_patterns: ['stream-*'], data_stream: {} });
    const line = JSON.stringify({ '@timestamp': '2026-01-01T00:00:00Z', text: 'first' });
    await server.documents.ask('POST', '/_bulk', `{"create":{"_index":"stream-posts"}}\n${line}\n`);
    const { data_streams: streams } = (await server.documents.ask('GET', '/_data_stream/stream-posts')) as {
      data_streams: { name: string }[];
    };
    assert.deepEqual(
      streams.map(({ name }) => name),
      ['stream-posts'],
    );
    assert.equal(await server.documents.count('stream-posts'), 1);
  });

  it('keeps what it has acknowledged when it is killed, and answers nobody until it is started again', async () => {
    await store(server, 'durable', [{ id: 'a', count: 1 }]);
    await server.kill();
    await assert.rejects(fetch(server.url));
    await server.restart();
    assert.deepEqual(
      (await server.documents.all('durable')).map(({ id }) => id),
      ['a'],
    );
  });

  it('goes on with what it was asked while it stood still', async () => {
    await store(server, 'still', [{ id: 'a', count: 1 }]);
    server.pause();
    const asked = store(server, 'still', [{ id: 'b', count: 2 }]);
    server.resume();
    await asked;
    assert.equal(await server.documents.count('still'), 2);
  });
});

interface BulkAnswer {
  readonly errors: boolean;
  readonly items: readonly { index: { error?: { type: string } } }[];
}

async function store(
  { documents }: OpenSearch,
  index: string,
  rows: readonly { id: string; count: unknown }[],
): Promise<BulkAnswer> {
  const lines = rows.flatMap(({ id, count }) => [{ index: { _index: index, _id: id } }, { count }]);
  const body = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  return (await documents.ask('POST', '/_bulk', body)) as BulkAnswer;
}
