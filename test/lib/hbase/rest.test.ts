import assert from 'node:assert/strict';
import { createServer } from 'node:https';
import { RecordError, SettingError, StoreError, StoreUnavailableError } from '../../../lib/core/errors';
import { RestHBase, type RestSettings } from '../../../lib/hbase/rest/cluster';
import { encodeCellSet } from '../../../lib/hbase/rest/cellSet';
import { shellCommand } from '../../../lib/hbase/rest/schema';
import { tryGateways } from '../../../lib/hbase/rest/trial';
import type { PutRow, Row } from '../../../lib/hbase/table';
import { FakeHBase, decodePut } from '../../support/fakeHBase';
import { selfSigned } from '../../support/selfSigned';

const OPTIONS = { createTable: true, families: ['d'] };

describe('HBase over its REST gateway', () => {
  let gateway: FakeHBase;
  const clusters: RestHBase[] = [];
  beforeEach(async () => {
    gateway = await new FakeHBase().start();
  });
  afterEach(async () => {
    for (const each of clusters.splice(0)) each.close();
    await gateway.stop();
  });

  const settings = (more: Partial<RestSettings> = {}): RestSettings => ({
    url: gateway.url,
    user: '',
    password: '',
    timeout: 5_000,
    ...more,
  });
  const hbase = (more: Partial<RestSettings> = {}): RestHBase => {
    const made = new RestHBase(settings(more));
    clusters.push(made);
    return made;
  };
  const put = (row: string, cells: Record<string, string>, timestamp = 1): PutRow => ({
    row,
    cells: Object.entries(cells).map(([column, value]) => ({ column, timestamp, value })),
  });
  const keys = async (rows: AsyncIterable<Row>): Promise<string[]> => {
    const found: string[] = [];
    for await (const { row } of rows) found.push(row);
    return found;
  };

  describe('tables', () => {
    it('are made with families, versions, time to live and compression', async () => {
      await hbase().open('posts', {
        createTable: true,
        families: ['d', 'm'],
        versions: 5,
        ttl: 90_000,
        compression: 'gz',
      });
      const expected = { VERSIONS: '5', TTL: '90', COMPRESSION: 'GZ' };
      assert.deepEqual(
        [...(gateway.tables.get('posts')?.families ?? [])],
        [
          ['d', expected],
          ['m', expected],
        ],
      );
    });

    it('are given the families that they lack, and keep the others as they are', async () => {
      gateway.table('posts', 'd').families.set('d', { VERSIONS: '9' });
      await hbase().open('posts', { ...OPTIONS, families: ['d', 'm'] });
      assert.deepEqual(
        [...(gateway.tables.get('posts')?.families ?? [])],
        [
          ['d', { VERSIONS: '9' }],
          ['m', { VERSIONS: '3' }],
        ],
      );
      // PUT would replace the schema.
      assert.ok(gateway.asked.every((each) => !/^PUT .*\/schema/u.test(each)));
    });

    it('are left alone where nothing is missing', async () => {
      gateway.table('posts', 'd');
      await hbase().open('posts', OPTIONS);
      assert.deepEqual(gateway.asked, ['GET /posts/schema']);
    });

    it('are made once where several ask at the same time', async () => {
      const cluster = hbase();
      await Promise.all(
        ['a', 'b', 'c'].map((family) => cluster.open('posts', { createTable: true, families: [family] })),
      );
      assert.deepEqual([...(gateway.tables.get('posts')?.families.keys() ?? [])], ['a', 'b', 'c']);
    });

    it('that are missing are a wrong setting where they may not be made', async () => {
      await assert.rejects(hbase().open('posts', { createTable: false, families: ['d'] }), (thrown: SettingError) => {
        assert.ok(thrown instanceof SettingError);
        assert.match(
          thrown.message,
          /"posts" does not exist \(TableNotFoundException\)\. Correct the name, or turn on/u,
        );
        return true;
      });
    });

    it('are named in order', async () => {
      gateway.table('b');
      gateway.table('a');
      assert.deepEqual(await hbase().tableNames(), ['a', 'b']);
    });

    it('have the names of namespaces encoded', async () => {
      await hbase().open('ns:posts', OPTIONS);
      assert.ok(gateway.tables.has('ns:posts'));
    });
  });

  describe('putting', () => {
    it('stores keys, columns, times and bytes of any kind', async () => {
      const table = await hbase().open('t', OPTIONS);
      const rows: PutRow[] = [
        {
          row: 'ключ/ä*?',
          cells: [
            { column: 'd:текст', timestamp: 1_767_225_600_001, value: 'héllo \u{1F600}' },
            { column: 'd:', timestamp: 2 ** 53 - 1, value: Buffer.from([0, 255, 128]) },
            { column: 'd:empty', timestamp: 0, value: '' },
          ],
        },
        { row: 'x'.repeat(300), cells: [{ column: 'd:long', timestamp: 127, value: 'y'.repeat(40_000) }] },
      ];
      assert.equal(await table.put(rows), undefined);
      for (const { row, cells } of rows) {
        const found = [...(gateway.tables.get('t')?.rows.get(row)?.values() ?? [])];
        assert.deepEqual(
          found,
          cells.map(({ column, timestamp, value }) => ({ column, timestamp, value: Buffer.from(value) })),
        );
      }
    });

    it('leaves a time to the server where there is none', () => {
      const [row] = decodePut(
        encodeCellSet([{ row: '1', cells: [{ column: 'd:a', timestamp: undefined, value: 'x' }] }]),
      );
      assert.deepEqual(row?.cells, [{ column: 'd:a', timestamp: -1, value: Buffer.from('x') }]);
    });

    it('sends a key once, the last of two values of the same time with it', async () => {
      const table = await hbase().open('t', OPTIONS);
      gateway.onRequest = (ids) => {
        assert.equal(new Set(ids).size, ids.length);
        return 'rows';
      };
      await table.put([
        put('1', { 'd:a': 'x', 'd:b': 'y' }, 5),
        put('2', { 'd:a': 'z' }, 5),
        put('1', { 'd:a': 'w' }, 5),
      ]);
      const row = await table.get('1');
      assert.deepEqual(
        row?.cells.map(({ column, value }) => [column, String(value)]),
        [
          ['d:a', 'w'],
          ['d:b', 'y'],
        ],
      );
    });

    it('refuses the rows of a family that the table lacks, and stores the rest', async () => {
      const table = await hbase().open('t', OPTIONS);
      const results = await table.put([put('1', { 'd:a': 'x' }), put('2', { 'no:a': 'x' }), put('3', { 'd:a': 'x' })]);
      assert.match(results?.[1]?.message ?? '', /"t" has no column family "no".*row "2"\. It has d\./u);
      assert.deepEqual([results?.[0], results?.[2]], [undefined, undefined]);
      assert.deepEqual([...(gateway.tables.get('t')?.rows.keys() ?? [])], ['1', '3']);
    });

    it('finds out that a family has been taken away meanwhile', async () => {
      gateway.table('t', 'd', 'm');
      const table = await hbase().open('t', OPTIONS);
      gateway.tables.get('t')?.families.delete('m');
      const results = await table.put([put('1', { 'd:a': 'x' }), put('2', { 'm:a': 'x' })]);
      assert.equal(results?.[0], undefined);
      assert.ok(results?.[1] instanceof RecordError);
      assert.deepEqual([...(gateway.tables.get('t')?.rows.keys() ?? [])], ['1']);
    });

    it('may be tried again where the table has been deleted meanwhile', async () => {
      const table = await hbase().open('t', OPTIONS);
      gateway.tables.delete('t');
      await assert.rejects(table.put([put('1', { 'd:a': 'x' })]), (thrown: unknown) => {
        assert.ok(thrown instanceof StoreError && !(thrown instanceof StoreUnavailableError));
        assert.match(thrown.message, /"t" does not exist any more/u);
        return true;
      });
    });

    for (const [verdict, kind, said] of [
      ['refuse', RecordError, /HBase refused.*HTTP 400, IllegalArgumentException: KeyValue size too large/u],
      ['busy', StoreUnavailableError, /cannot serve just now: HTTP 503 \(Unavailable.*RegionTooBusyException/u],
      ['fail', StoreError, /failed for the table "t" \(HTTP 500, NullPointerException\)/u],
    ] as const) {
      it(`says what the server said where it answers "${verdict}"`, async () => {
        const table = await hbase().open('t', OPTIONS);
        gateway.onRow = () => verdict;
        await assert.rejects(table.put([put('1', { 'd:a': 'x' })]), (thrown: unknown) => {
          assert.ok(thrown instanceof kind, String(thrown));
          assert.match(thrown.message, said);
          return true;
        });
      });
    }

    it('goes on over the next gateway', async () => {
      const other = await new FakeHBase().start();
      try {
        gateway.table('t', 'd');
        other.table('t', 'd');
        const table = await hbase({ url: `${gateway.url}, ${other.url}` }).open('t', OPTIONS);
        await table.put([put('1', { 'd:a': 'x' })]);
        await gateway.stop();
        await table.put([put('2', { 'd:a': 'x' })]);
        assert.deepEqual([...(other.tables.get('t')?.rows.keys() ?? [])], ['2']);
      } finally {
        await other.stop();
      }
    });

    it('logs in, and says so where that is refused', async () => {
      await hbase({ user: 'ann', password: 'secret' }).tableNames();
      assert.equal(gateway.headers.authorization, `Basic ${Buffer.from('ann:secret').toString('base64')}`);
    });
  });

  describe('reading', () => {
    const count = 2_345;
    const name = (n: number): string => `k${String(n).padStart(5, '0')}`;
    beforeEach(async () => {
      const table = await hbase().open('t', OPTIONS);
      const rows = Array.from({ length: count }, (_, n) => put(name(n), { 'd:n': String(n) }, n + 1));
      await table.put([...rows, put('a', { 'd:n': 'x' }), put('z', { 'd:n': 'x' }), put('ä', { 'd:n': 'x' })]);
    });
    const all = Array.from({ length: count }, (_, n) => name(n));

    for (const [what, scan, expected] of [
      ['all rows', {}, ['a', ...all, 'z', 'ä']],
      ['a prefix over pages', { prefix: 'k' }, all],
      ['a prefix from the end', { prefix: 'k', reversed: true }, [...all].reverse()],
      ['all rows from the end', { reversed: true }, ['ä', 'z', ...[...all].reverse(), 'a']],
      ['a range', { start: 'k00010', stop: 'k00013' }, ['k00010', 'k00011', 'k00012']],
      ['a range from the end', { start: 'k00010', stop: 'k00013', reversed: true }, ['k00012', 'k00011', 'k00010']],
      ['a range between keys', { start: 'k00010x', stop: 'k00012x' }, ['k00011', 'k00012']],
      ['no more than a limit', { prefix: 'k', limit: 3 }, ['k00000', 'k00001', 'k00002']],
      ['a limit of a page', { prefix: 'k', limit: 1_000 }, all.slice(0, 1_000)],
      ['a limit over pages', { prefix: 'k', limit: 1_001 }, all.slice(0, 1_001)],
      ['the last ones', { prefix: 'k', limit: 2, reversed: true }, all.slice(-2).reverse()],
      ['small pages', { prefix: 'k0001', page: 2 }, all.slice(10, 20)],
      ['nothing', { prefix: 'q' }, []],
      ['a limit of nothing', { limit: 0 }, []],
    ] as const) {
      it(`scans ${what}`, async () => {
        const table = await hbase().open('t', OPTIONS);
        assert.deepEqual(await keys(table.scan(scan)), expected);
      });
    }

    it('gets a row with its newest versions', async () => {
      const table = await hbase().open('t', OPTIONS);
      await table.put([put('a', { 'd:n': 'y' }, 7)]);
      assert.deepEqual(await table.get('a'), {
        row: 'a',
        cells: [{ column: 'd:n', timestamp: 7, value: Buffer.from('y') }],
      });
      assert.equal((await table.get('a', 2))?.cells.length, 2);
      assert.equal(await table.get('nobody'), undefined);
    });

    it('says that the table has gone, of which a scan only says 500', async () => {
      const table = await hbase().open('t', OPTIONS);
      gateway.tables.delete('t');
      await assert.rejects(table.get('a'), /"t" does not exist any more/u);
    });
  });

  describe('the test of a connection', () => {
    it('says what there is', async () => {
      gateway.table('a');
      assert.deepEqual(await tryGateways(settings()), { version: '2.6.1', gateways: 1, servers: 1, tables: 1 });
    });

    it('needs every gateway to answer, and says which one does not', async () => {
      const url = `${gateway.url}, http://localhost:1`;
      await assert.rejects(tryGateways(settings({ url })), /gateway at http:\/\/localhost:1 cannot be reached/u);
    });

    it('says that it is another server', async () => {
      const url = `${gateway.url}/elsewhere`;
      await assert.rejects(tryGateways(settings({ url })), /there is no HBase REST gateway|failed/u);
    });

    it('goes over TLS', async () => {
      const secure = await new FakeHBase((answer) => createServer(selfSigned, answer), 'https').start();
      try {
        await assert.rejects(tryGateways(settings({ url: secure.url })), { setting: 'tls' });
        const { version } = await tryGateways(settings({ url: secure.url, tls: { ca: selfSigned.cert } }));
        assert.equal(version, '2.6.1');
      } finally {
        await secure.stop();
      }
    });
  });
});

describe('the command for HBase in its shell', () => {
  for (const [buckets, options, expected] of [
    [0, {}, "create 'posts', {NAME => 'd', VERSIONS => 3}"],
    [3, { versions: 1 }, "create 'posts', {NAME => 'd', VERSIONS => 1}, SPLITS => ['1-', '2-']"],
    [
      11,
      { ttl: 86_400_000, compression: 'zstd' },
      "create 'posts', {NAME => 'd', VERSIONS => 3, TTL => 86400, COMPRESSION => 'ZSTD'}, SPLITS => ['01-', '02-', '03-', '04-', '05-', '06-', '07-', '08-', '09-', '10-']",
    ],
  ] as const) {
    it(`makes ${buckets} regions`, () => {
      assert.equal(shellCommand('posts', { ...OPTIONS, ...options }, buckets), expected);
    });
  }
});
