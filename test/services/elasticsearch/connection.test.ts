import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { type ClusterOptions, ElasticsearchCluster } from '../../../lib/elasticsearch/cluster';
import { ElasticsearchSink } from '../../../lib/elasticsearch/sink';
import { tryConnection } from '../../../lib/elasticsearch/trial';
import { SETTINGS } from '../../lib/elasticsearch/settings';
import { certificates } from '../support/certificates';
import { type OpenSearch, startOpenSearch } from '../support/elasticsearch';

const NOBODY = { user: '', password: '', apiKey: '' };
const BASIC = `Basic ${Buffer.from('ann:secret').toString('base64')}`;

/** Stands before a server as its security would: speaks TLS, and lets through who says the right thing. */
class Door {
  readonly #server: https.Server;

  private constructor(target: string, wants: string, store: string, options: https.ServerOptions) {
    const { password } = certificates();
    this.#server = https.createServer(
      { pfx: readFileSync(store), passphrase: password, ...options },
      (request, response) => {
        if (request.headers.authorization !== wants) {
          response.writeHead(401, { 'Content-Type': 'application/json' });
          response.end(
            JSON.stringify({ error: { type: 'security_exception', reason: 'missing authentication' }, status: 401 }),
          );
          return;
        }
        const { method, url, headers } = request;
        const onward = http.request(`${target}${url ?? ''}`, { method, headers }, (answer) => {
          response.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(response);
        });
        onward.on('error', () => response.destroy());
        request.pipe(onward);
      },
    );
  }

  static async open(target: string, wants: string, store: string, options: https.ServerOptions = {}): Promise<Door> {
    const door = new Door(target, wants, store, options);
    door.#server.listen(0, 'localhost');
    await once(door.#server, 'listening');
    return door;
  }

  get url(): string {
    return `https://localhost:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

describe('a real OpenSearch behind TLS and a login', function () {
  this.timeout(120_000);
  let server: OpenSearch;
  let door: Door | undefined;
  const { caFile, valid, expired, clientFile } = certificates();
  const ca = readFileSync(caFile);
  before(async () => {
    server = await startOpenSearch();
  });
  after(() => server.stop());
  afterEach(() => {
    door?.close();
    door = undefined;
  });

  async function store(id: string, options: ClusterOptions): Promise<void> {
    const cluster = new ElasticsearchCluster(options);
    const sink = new ElasticsearchSink(cluster, SETTINGS, { maxBatch: 10, linger: 1 });
    assert.deepEqual(await sink.add([{ id }]), []);
    await sink.close(1_000);
    cluster.close();
    const found = await server.documents.all('posts');
    assert.ok(found.some((each) => each.id === id));
  }

  for (const [what, wants, login] of [
    ['user and password', BASIC, { ...NOBODY, user: 'ann', password: 'secret' }],
    ['an encoded API key', 'ApiKey aWQ6a2V5', { ...NOBODY, apiKey: 'aWQ6a2V5' }],
    ['an API key with its id', 'ApiKey aWQ6a2V5', { ...NOBODY, apiKey: 'id:key' }],
  ] as const) {
    it(`is written to by ${what}`, async () => {
      door = await Door.open(server.url, wants, valid);
      await store(what, { url: door.url, ...login, tls: { ca } });
      assert.match((await tryConnection({ url: door.url, ...login, tls: { ca } })).product, /^OpenSearch 2\.19/u);
      await assert.rejects(
        tryConnection({ url: door.url, ...NOBODY, user: 'eve', tls: { ca } }),
        /did not accept the login: HTTP 401 \(missing authentication\)/u,
      );
    });
  }

  it('is shown a client certificate where it wants one', async () => {
    door = await Door.open(server.url, BASIC, valid, { requestCert: true, ca });
    const pem = readFileSync(clientFile);
    await store('client', {
      url: door.url,
      ...NOBODY,
      user: 'ann',
      password: 'secret',
      tls: { ca, cert: pem, key: pem },
    });
    await assert.rejects(
      tryConnection({ url: door.url, ...NOBODY, user: 'ann', password: 'secret', tls: { ca } }),
      /cannot be/u,
    );
  });

  it('is not trusted without its CA certificate, nor with one that has expired', async () => {
    door = await Door.open(server.url, BASIC, valid);
    await assert.rejects(
      tryConnection({ url: door.url, ...NOBODY }),
      /cannot be talked to by TLS.*trust its certificate/u,
    );
    await assert.rejects(tryConnection({ url: door.url.replace('https', 'http'), ...NOBODY }), /cannot be reached/u);
    door.close();
    door = await Door.open(server.url, BASIC, expired);
    await assert.rejects(tryConnection({ url: door.url, ...NOBODY, tls: { ca } }), /by TLS: .*CERT_HAS_EXPIRED/u);
  });

  it('goes on at the next address when one is away', async () => {
    door = await Door.open(server.url, BASIC, valid);
    const url = `https://localhost:1, ${door.url}`;
    await store('failover', { url, ...NOBODY, user: 'ann', password: 'secret', tls: { ca } });
  });
});
