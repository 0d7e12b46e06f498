import { strict as assert } from 'node:assert';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { Rejection } from '../../../lib/core/records';
import { ElasticsearchCluster } from '../../../lib/elasticsearch/cluster';
import { ElasticsearchSink, type ElasticsearchSinkSettings } from '../../../lib/elasticsearch/sink';
import type { BatcherOptions } from '../../../lib/sinks/batcher';
import { until } from '../../support/until';
import { FakeServer, problem } from './server';
import { SETTINGS } from './settings';

const QUICK = { maxBatch: 100, linger: 1, retry: { retries: 2, base: 1, longest: 5 } };

describe('Elasticsearch sink', () => {
  let server: FakeServer;
  let cluster: ElasticsearchCluster;
  const sinks: ElasticsearchSink[] = [];
  beforeEach(async () => {
    server = await FakeServer.start();
    cluster = new ElasticsearchCluster({ url: server.url, user: 'ann', password: 'x', apiKey: '', timeout: 3_000 });
  });
  afterEach(async () => {
    await Promise.all(sinks.splice(0).map((each) => each.close(0)));
    cluster.close();
    await server.stop();
  });

  function open(
    settings: Partial<ElasticsearchSinkSettings> = {},
    options: Partial<BatcherOptions> = {},
  ): ElasticsearchSink {
    const sink = new ElasticsearchSink(cluster, { ...SETTINGS, ...settings }, { ...QUICK, ...options });
    sinks.push(sink);
    return sink;
  }

  const reasons = (rejected: readonly Rejection[]): string[] => rejected.map(({ error }) => error.message);
  const bulks = (): string[] => server.heard.filter((each) => each.startsWith('POST /_bulk'));

  it('refuses a document with the reason that the server gives, and stores the rest of its batch', async () => {
    server.onRow = (id) => (id === '2' ? 'refuse' : 'take');
    const rejected = await open().add([{ id: '1' }, { id: '2', n: 'zz' }, { id: '3' }]);
    assert.deepEqual(
      rejected.map(({ record }) => record),
      [{ id: '2', n: 'zz' }],
    );
    assert.match(
      reasons(rejected)[0] ?? '',
      /^OpenSearch 2\.19\.1 at http:\S+ refused the document: failed to parse field \[n\] of type \[long\]: For input string: "zz" \(mapper_parsing_exception\)\.$/u,
    );
    assert.deepEqual([...server.documents.keys()].sort(), ['posts/1', 'posts/3']);
    assert.equal(bulks().length, 1);
  });

  // The words of OpenSearch 2.19, which are those of Elasticsearch.
  const answers: readonly (readonly [what: string, status: number, type: string, reason: string, says: RegExp])[] = [
    ['a strict mapping', 400, 'strict_dynamic_mapping_exception', 'mapping set to strict', /mapping set to strict/u],
    ['an index that is not there', 404, 'index_not_found_exception', 'no such index [x]', /action\.auto_create_index/u],
    [
      'an index that is a data stream',
      400,
      'illegal_argument_exception',
      'only write ops with an op_type of create are allowed in data streams',
      /turn on dataStream/u,
    ],
    [
      'too many fields',
      400,
      'illegal_argument_exception',
      'Limit of total fields [1000] has been exceeded',
      /raise index\.mapping\.total_fields/u,
    ],
  ];
  for (const [what, status, type, reason, says] of answers) {
    it(`refuses for good: ${what}`, async () => {
      server.onDocument = ({ id }) => (id === 'bad' ? { status, error: { type, reason } } : undefined);
      const rejected = await open().add([{ id: 'good' }, { id: 'bad' }]);
      assert.match(reasons(rejected).join(), says);
      assert.deepEqual([...server.documents.keys()], ['posts/good']);
    });
  }

  const hindrances: readonly (readonly [what: string, status: number, type: string, reason: string, says: RegExp])[] = [
    [
      'a full disk',
      429,
      'cluster_block_exception',
      'index [a1] blocked by: [TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark, index has read-only-allow-delete block];',
      /flood-stage.*Free some of its disk/u,
    ],
    [
      'an index that is read-only',
      403,
      'cluster_block_exception',
      'index [a1] blocked by: [FORBIDDEN/8/index write (api)];',
      /FORBIDDEN\/8.*Lift the block/u,
    ],
    ['an index that is closed', 400, 'index_closed_exception', 'closed', /Open the index/u],
    [
      'too many shards',
      400,
      'validation_exception',
      'Validation Failed: 1: this action would add [2] total shards, but this cluster currently has [11]/[4] maximum shards open;',
      /have each hold a longer time/u,
    ],
    [
      'a login that may not write there',
      403,
      'security_exception',
      'no permissions for [indices:data/write/bulk]',
      /does not allow "ann" to write there.*no permissions/u,
    ],
    [
      'an overload',
      429,
      'es_rejected_execution_exception',
      'rejected execution',
      /has too much to do: rejected execution/u,
    ],
  ];
  for (const [what, status, type, reason, says] of hindrances) {
    it(`holds what it has for ${what}, says so, and writes it once that is over`, async () => {
      server.onDocument = () => ({ status, error: { type, reason } });
      const sink = open();
      const added = sink.add([{ id: '1' }, { id: '2' }]);
      await until(() => sink.status().circuit.state !== 'closed', 'the circuit to open');
      assert.match(sink.status().circuit.reason ?? '', says);
      server.onDocument = () => undefined;
      assert.deepEqual(await added, []);
      assert.equal(server.documents.size, 2);
    });
  }

  it('fails a message for an index that is blocked, while others are not, and writes theirs', async () => {
    server.onDocument = ({ index }) =>
      index === 'old' ? { status: 403, error: { type: 'cluster_block_exception', reason: 'FORBIDDEN/8' } } : undefined;
    const sink = open({ index: '{{to}}', createTemplate: false });
    const [old, fresh] = await Promise.allSettled([
      sink.add([{ id: '1', to: 'old' }]),
      sink.add([
        { id: '2', to: 'new' },
        { id: '3', to: 'new' },
      ]),
    ]);
    assert.equal(fresh.status, 'fulfilled');
    assert.equal(server.documents.size, 2);
    if (old.status === 'rejected') assert.match(String(old.reason), /FORBIDDEN\/8/u);
    else assert.fail('the old index was written');
  });

  it('holds what it has while the login is not accepted', async () => {
    let locked = true;
    server.onAsked = () => (locked ? { status: 401, body: problem('security_exception', 'who is it?') } : undefined);
    const sink = open();
    const added = sink.add([{ id: '1' }]);
    await until(() => sink.status().circuit.state !== 'closed', 'the circuit to open');
    assert.match(sink.status().circuit.reason ?? '', /did not accept the login: HTTP 401 \(who is it\?\)/u);
    locked = false;
    assert.deepEqual(await added, []);
  });

  it('finds the document that has a server refuse the request as a whole, and refuses that alone', async () => {
    const why = problem('action_request_validation_exception', 'Validation Failed: 1: not this id');
    server.onBulk = (ids) => (ids.includes('17') ? { status: 400, body: why } : undefined);
    const records = Array.from({ length: 40 }, (_, n) => ({ id: String(n) }));
    const rejected = await open().add(records);
    assert.deepEqual(
      rejected.map(({ record }) => record),
      [{ id: '17' }],
    );
    assert.match(reasons(rejected).join(), /refused the request: HTTP 400 \(Validation Failed: 1: not this id\)/u);
    assert.equal(server.documents.size, 39);
  });

  it('divides what is too large for the server, remembers that, and refuses what is too large by itself', async () => {
    await limit(200_000);
    const records = Array.from({ length: 60 }, (_, n) => ({ id: String(n), text: 'x'.repeat(10_000) }));
    const sink = open();
    assert.deepEqual(await sink.add(records), []);
    assert.equal(server.documents.size, 60);
    const first = bulks().length;
    await sink.add(records);
    assert.ok(bulks().length - first < first, 'each batch was tried as a whole again');
    const rejected = await sink.add([{ id: 'huge', text: 'x'.repeat(300_000) }, { id: 'small' }]);
    assert.match(reasons(rejected).join(), /takes no request as large as this record: HTTP 413.*max_content_length/u);
    assert.ok(server.documents.has('posts/small'));
  });

  it('divides down to single documents for a server that takes hardly anything', async () => {
    await limit(60);
    const records = Array.from({ length: 30 }, (_, n) => ({ id: String(n) }));
    assert.deepEqual(await open({ createTemplate: false }).add(records), []);
    assert.equal(server.documents.size, 30);
  });

  async function limit(longest: number): Promise<void> {
    await server.stop();
    server = await FakeServer.start({ longest });
    cluster.close();
    cluster = new ElasticsearchCluster({ url: server.url, user: '', password: '', apiKey: '' });
  }

  it('takes a document that a data stream has already for stored', async () => {
    const sink = open({ dataStream: true, timestamp: 'at' });
    for (let n = 0; n < 2; n++) assert.deepEqual(await sink.add([{ id: '1', at: 0 }]), []);
    assert.equal(server.documents.size, 1);
    assert.deepEqual(server.templates.get('pulseflow-posts')?.data_stream, {});
  });

  it('asks for nothing of the answer that it does not need, and for patience below its own', async () => {
    await open().add([{ id: '1' }]);
    assert.match(bulks()[0] ?? '', /\?timeout=2s&filter_path=errors,items\.\*\.status,items\.\*\.error\.type/u);
  });

  describe('index templates', () => {
    const template = (): {
      index_patterns: string[];
      priority: number;
      template: { settings: object; mappings: object };
    } => server.templates.get('pulseflow-posts-x') as never;
    const months = { index: 'posts-{{created_at|yyyy.MM}}' };
    const post = { id: '1', created_at: '2012-03-04T05:06:07.000Z' };
    const puts = (): number => server.heard.filter((each) => each.startsWith('PUT')).length;

    it('are there before the first document, once', async () => {
      const sink = open({ ...months, shards: 3, replicas: 2 });
      await sink.add([post]);
      await sink.add([post]);
      assert.equal(puts(), 1);
      assert.ok(
        server.heard.findIndex((each) => each.startsWith('PUT')) <
          server.heard.findIndex((each) => each.includes('_bulk')),
      );
      assert.deepEqual(template().index_patterns, ['posts-*']);
      assert.match(JSON.stringify(template().template.settings), /"number_of_shards":3,"number_of_replicas":2/u);
      const { properties } = template().template.mappings as { properties: Record<string, { type?: string }> };
      assert.deepEqual(
        ['created_at', 'text', 'hashtags', 'counts', 'count', '@timestamp'].map((name) => properties[name]?.type),
        ['date', 'text', 'keyword', 'nested', 'long', 'date'],
      );
    });

    it('of ours are made again only when the settings have changed', async () => {
      await open(months).add([post]);
      await open(months).add([post]);
      assert.equal(puts(), 1);
      await open({ ...months, shards: 2 }).add([post]);
      assert.equal(puts(), 2);
    });

    it('of others are left alone, by name and by pattern', async () => {
      const foreign = { index_patterns: ['posts-*'], template: {}, _meta: { managed_by: 'somebody' } };
      server.templates.set('theirs', foreign);
      await open(months).add([post]);
      server.templates.clear();
      server.templates.set('pulseflow-posts-x', foreign);
      await open(months).add([post]);
      assert.equal(puts(), 0);
      assert.equal(server.templates.get('pulseflow-posts-x'), foreign);
      assert.equal(server.documents.size, 1);
    });

    it('are not made where nobody wants them, nor for every index', async () => {
      await open({ ...months, createTemplate: false }).add([post]);
      assert.equal(server.templates.size, 0);
      assert.throws(
        () => open({ index: '{{lang}}' }),
        /SettingError: A template for the index "\{\{lang\}\}" would be/u,
      );
    });

    for (const [what, status, type] of [
      ['may not be made', 403, 'security_exception'],
      ['are found fault with', 400, 'illegal_argument_exception'],
    ] as const) {
      it(`that ${what} hold the flow, as nothing may be written before`, async () => {
        let refusing = true;
        server.onAsked = (method) =>
          refusing && method === 'PUT' ? { status, body: problem(type, 'not this one') } : undefined;
        const sink = open(months);
        const added = sink.add([post]);
        await until(() => sink.status().circuit.state !== 'closed', 'the circuit to open');
        assert.match(
          sink.status().circuit.reason ?? '',
          /"pulseflow-posts-x" could not be made.*not this one.*turn createTemplate off/u,
        );
        assert.equal(server.documents.size, 0);
        refusing = false;
        assert.deepEqual(await added, []);
      });
    }
  });
});
