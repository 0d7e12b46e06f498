import { strict as assert } from 'node:assert';
import { afterEach, describe, it } from 'mocha';
import { type ClusterOptions, ElasticsearchCluster } from '../../../lib/elasticsearch/cluster';
import { authorizationOf } from '../../../lib/elasticsearch/login';
import { tryConnection } from '../../../lib/elasticsearch/trial';
import { ELASTICSEARCH, FakeServer, type ServerOptions } from './server';

const NOBODY = { user: '', password: '', apiKey: '' };

describe('Elasticsearch cluster', () => {
  let server: FakeServer | undefined;
  let cluster: ElasticsearchCluster | undefined;
  afterEach(async () => {
    cluster?.close();
    await server?.stop();
    cluster = server = undefined;
  });

  async function connect(
    options: ServerOptions = {},
    own: Partial<ClusterOptions> = {},
  ): Promise<ElasticsearchCluster> {
    server = await FakeServer.start(options);
    cluster = new ElasticsearchCluster({ url: server.url, ...NOBODY, ...own });
    return cluster;
  }

  // As the servers of these versions answer, by their documentation and their sources.
  const elastic = (number: string, extra = {}): object => ({ ...ELASTICSEARCH, version: { number, ...extra } });
  const opensearch = (number: string): object => ({
    cluster_name: 'c',
    version: { distribution: 'opensearch', number },
    tagline: 'The OpenSearch Project: https://opensearch.org/',
  });
  const products: readonly (readonly [
    body: object | string,
    headers: Record<string, string>,
    outcome: string | RegExp,
  ])[] = [
    [elastic('7.10.2', { build_flavor: 'oss' }), {}, 'Elasticsearch 7.10.2'],
    [elastic('8.17.0'), { 'X-Elastic-Product': 'Elasticsearch' }, 'Elasticsearch 8.17.0'],
    [elastic('9.1.2'), { 'X-Elastic-Product': 'Elasticsearch' }, 'Elasticsearch 9.1.2'],
    [{ version: { number: '9.0.0' } }, { 'X-Elastic-Product': 'Elasticsearch' }, 'Elasticsearch 9.0.0'],
    [opensearch('1.3.20'), {}, 'OpenSearch 1.3.20'],
    [opensearch('2.19.1'), {}, 'OpenSearch 2.19.1'],
    [opensearch('3.2.0'), {}, 'OpenSearch 3.2.0'],
    [elastic('6.8.23'), {}, /Elasticsearch 6\.8\.23 at .* is too old.*7\.8/u],
    [elastic('7.7.1'), {}, /Elasticsearch 7\.7\.1 at .* is too old/u],
    [{ status: 'green' }, {}, /is neither Elasticsearch nor OpenSearch/u],
    ['<html>Welcome to nginx</html>', {}, /is neither Elasticsearch nor OpenSearch/u],
    [[], {}, /is neither/u],
  ];
  for (const [body, headers, outcome] of products) {
    it(`knows ${JSON.stringify(body).slice(0, 90)} by what it says: ${String(outcome)}`, async () => {
      const { product } = { product: await connect({ root: { body, headers } }) };
      if (typeof outcome === 'string') {
        const { name = '', version = '' } = (await product.product()) ?? {};
        assert.equal(`${name} ${version}`, outcome);
        assert.equal(product.name, `${outcome} at ${server?.url ?? ''}`);
      } else await assert.rejects(product.product(), outcome);
    });
  }

  it('does without the product where one may not ask for it', async () => {
    const limited = await connect({ root: { status: 403, body: { error: { reason: 'no' }, status: 403 } } });
    assert.equal(await limited.product(), undefined);
    assert.match(limited.name, /^The server at http/u);
  });

  const keys: readonly (readonly [what: string, login: typeof NOBODY, header: string | undefined])[] = [
    ['nobody', NOBODY, undefined],
    ['a user', { ...NOBODY, user: 'ann', password: 'pä:ss' }, `Basic ${Buffer.from('ann:pä:ss').toString('base64')}`],
    ['an encoded key', { ...NOBODY, apiKey: ' aWQ6a2V5\n' }, 'ApiKey aWQ6a2V5'],
    ['a key with its id', { ...NOBODY, apiKey: 'id:key' }, 'ApiKey aWQ6a2V5'],
    ['a key as in a header', { ...NOBODY, apiKey: 'ApiKey aWQ6a2V5' }, 'ApiKey aWQ6a2V5'],
    ['a key and a user', { user: 'ann', password: 'x', apiKey: 'id:key' }, 'ApiKey aWQ6a2V5'],
  ];
  for (const [what, login, header] of keys) {
    it(`logs in as ${what}`, async () => {
      assert.equal(authorizationOf(login), header);
      await (await connect(header === undefined ? {} : { authorization: header }, login)).product();
    });
  }

  it('says that a login is not accepted, and never shows it', async () => {
    const wrong = await connect({ authorization: 'Basic other' }, { user: 'ann', password: 'secret' });
    await assert.rejects(wrong.product(), ({ message }: Error) => {
      assert.match(message, /did not accept the login: HTTP 401 \(unable to authenticate user\)/u);
      assert.match(message, /Correct user and password, or the API key/u);
      assert.doesNotMatch(message, /secret/u);
      return true;
    });
  });

  it('goes to the next address when one does not answer, and stays there', async () => {
    const other = await FakeServer.start();
    try {
      const two = await connect();
      cluster = new ElasticsearchCluster({ url: `${server?.url ?? ''}, ${other.url}`, ...NOBODY });
      two.close();
      await cluster.product();
      await server?.goAway();
      assert.deepEqual(await cluster.indexNames(), []);
      assert.equal(cluster.name, `OpenSearch 2.19.1 at ${other.url}`);
      await server?.comeBack();
      await cluster.indexNames();
      assert.equal(other.heard.length, 2);
    } finally {
      await other.stop();
    }
  });

  it('keeps a path in front of the API', async () => {
    await connect();
    cluster?.close();
    cluster = new ElasticsearchCluster({ url: `${server?.url ?? ''}/search/`, ...NOBODY });
    await assert.rejects(cluster.indexNames(), /HTTP 404/u);
    assert.deepEqual(server?.heard, ['GET /search/_resolve/index/*']);
  });

  it('is tried before it is deployed', async () => {
    await connect();
    const url = server?.url ?? '';
    assert.deepEqual(await tryConnection({ url, ...NOBODY }), { product: 'OpenSearch 2.19.1', cluster: 'fake' });
    await server?.goAway();
    await assert.rejects(tryConnection({ url, ...NOBODY }), /cannot be reached: nothing listens there/u);
    await assert.rejects(tryConnection({ url: 'localhost:9200', ...NOBODY }), /is not the address of a server/u);
  });
});
