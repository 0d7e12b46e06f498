import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { RestHBase } from '../../../lib/hbase/rest/cluster';
import { tryGateways } from '../../../lib/hbase/rest/trial';
import { HBaseReader, type Read } from '../../../lib/hbase/reader';
import { HBaseSink, type HBaseSinkSettings } from '../../../lib/hbase/sink';
import type { Rejection } from '../../../lib/core/records';
import { type HBase, startHBase } from '../support/hbase';

const MEGABYTE = 1024 * 1024;
const GOOD = Array.from({ length: 60 }, (_, n) => ({ id: `good-${String(n).padStart(2, '0')}`, v: `value ${n}` }));

describe('hbase-sink and hbase-get on a real HBase', function () {
  this.timeout(240_000);
  let hbase: HBase;
  let cluster: RestHBase;
  before(async () => {
    hbase = await startHBase({ tls: 'valid' });
  });
  beforeEach(() => (cluster = new RestHBase(settingsFor(hbase.urls[0] ?? ''))));
  afterEach(() => cluster.close());
  after(() => hbase.stop());

  const settingsFor = (url: string, timeout = 60_000): ConstructorParameters<typeof RestHBase>[0] => ({
    ...{ url, user: '', password: '', timeout },
  });
  const sink = (table: string, more: Partial<HBaseSinkSettings> = {}, on = cluster): HBaseSink =>
    new HBaseSink(
      on,
      { table, createTable: true, rowKey: '{{id}}', columns: { 'd:v': 'v' }, ...more },
      { maxBatch: 500, linger: 5 },
    );
  const keysOf = async (table: string): Promise<string[]> => (await hbase.tables().rows(table)).map(({ key }) => key);
  const goodKeys = GOOD.map(({ id }) => id);

  it('refuses what is too large or no text, to the record, and stores the rest of its batch', async () => {
    const bad = [
      { id: 'five', v: 'x'.repeat(5 * MEGABYTE) },
      { id: 'by-server', v: 'x'.repeat(10 * MEGABYTE) },
      { id: 'by-sink', v: 'x'.repeat(10 * MEGABYTE + 1) },
      { id: 'half', v: '\ud800' },
      { id: 'k'.repeat(32_768), v: 'x' },
    ];
    const rejected = await sink('sizes').add([...GOOD.slice(0, 30), ...bad, ...GOOD.slice(30)]);
    const reasons = new Map(rejected.map(({ record, error }) => [(record as { id: string }).id, error.message]));
    assert.deepEqual(
      [...reasons.keys()].sort(),
      bad
        .slice(1)
        .map(({ id }) => id)
        .sort(),
    );
    assert.match(reasons.get('by-server') ?? '', /HBase refused.*KeyValue size too large/u);
    assert.match(reasons.get('by-sink') ?? '', /has 10485761 bytes; HBase takes at most 10485760/u);
    assert.match(reasons.get('half') ?? '', /half of a surrogate pair/u);
    assert.match(reasons.get('k'.repeat(32_768)) ?? '', /row key has 32768 bytes/u);
    assert.deepEqual(await keysOf('sizes'), ['five', ...goodKeys]);
  });

  it('refuses the records of a family that the table lacks, and stores the others', async () => {
    await hbase.tables().create('narrow', ['d']);
    const narrow = sink('narrow', { createTable: false, columns: { 'd:v': 'v', 'no:w': 'w' } });
    const rejected: Rejection[] = await narrow.add([...GOOD, { id: 'wide', v: 'x', w: 'y' }]);
    assert.deepEqual(
      rejected.map(({ record }) => (record as { id: string }).id),
      ['wide'],
    );
    assert.match(
      rejected[0]?.error.message ?? '',
      /no column family "no" \(NoSuchColumnFamilyException\).*It has d\./u,
    );
    assert.deepEqual(await keysOf('narrow'), goodKeys);
  });

  it('adds a family where it may, and keeps what the table has', async () => {
    await hbase.tables().create('grown', ['d'], 2);
    assert.deepEqual(await sink('grown', { columns: { 'd:v': 'v' } }).add(GOOD), []);
    assert.deepEqual(await sink('grown', { columns: { 'e:v': 'v' } }).add([{ id: 'new', v: 'x' }]), []);
    assert.deepEqual(await keysOf('grown'), [...goodKeys, 'new']);
  });

  it('fails a message on a table that is not there, and makes one where it may', async () => {
    await assert.rejects(sink('missing', { createTable: false }).add(GOOD), /"missing" does not exist/u);
    await sink('made', { versions: 2, ttl: 3_600_000, compression: 'gz', salt: 3 }).add(GOOD);
    const schema = (await (
      await fetch(`${hbase.urls[0] ?? ''}/made/schema`, { headers: { Accept: 'application/json' } })
    ).json()) as { ColumnSchema: Record<string, string>[] };
    const { VERSIONS, TTL, COMPRESSION } = schema.ColumnSchema[0] ?? {};
    assert.deepEqual([VERSIONS, TTL, COMPRESSION], ['2', '3600', 'GZ']);
    // What the help says: the gateway has no way to split it.
    assert.equal((await hbase.tables().regions('made')).length, 1);
  });

  it('has the last of two values of the same time, however often they are written', async () => {
    const twice = sink('twice', { timestamp: 'at', versions: 5 });
    const records = [
      { id: 'a', v: 'first', at: 5 },
      { id: 'a', v: 'second', at: 5 },
      { id: 'a', v: 'older', at: 4 },
    ];
    for (let n = 0; n < 3; n++) assert.deepEqual(await twice.add(records), []);
    const [row] = await hbase.tables().rows('twice', 5);
    assert.deepEqual(
      row?.cells.map(({ timestamp, value }) => [timestamp, value.toString()]),
      [
        [5, 'second'],
        [4, 'older'],
      ],
    );
  });

  it('reads back what it wrote, with its types, by row, prefix and range, and from the end', async () => {
    const columns = { 'd:n': 'n|long', 'd:x': 'x|double', 'd:j': 'deep.j|json', 'd:t': 't' };
    const records = Array.from({ length: 2_500 }, (_, n) => ({
      id: `${n % 2 === 0 ? 'even' : 'odd'}-${String(n).padStart(4, '0')}`,
      n: n - 1_000,
      x: n / 3,
      deep: { j: [n, { 'ключ/ä*?': null }] },
      t: `text ${n} \u{1F600}`,
    }));
    assert.deepEqual(await sink('typed', { columns, salt: 5 }).add(records), []);
    const bytes = (await hbase.tables().rows('typed')).find(({ key }) => key.endsWith('-even-0000'));
    const long = bytes?.cells.find(({ column }) => column === 'd:n')?.value.toString('hex');
    assert.equal(long, 'fffffffffffffc18', '-1000 as HBase has it');

    const reader = new HBaseReader(cluster, { table: 'typed', columns, salt: 5, keyTo: 'id', timeTo: '' });
    const read = async (scan: Parameters<HBaseReader['scan']>[0]): Promise<unknown[]> => {
      const found: unknown[] = [];
      for await (const each of reader.scan(scan)) found.push(recordOf(each));
      return found;
    };
    const sorted = [...records].sort((one, other) => (one.id < other.id ? -1 : 1));
    assert.deepEqual(await read({}), sorted);
    assert.deepEqual(await read({ reversed: true }), [...sorted].reverse());
    assert.deepEqual(
      await read({ prefix: 'odd-' }),
      sorted.filter(({ id }) => id.startsWith('odd-')),
    );
    assert.deepEqual(await read({ start: 'even-0100', stop: 'even-0106' }), [records[100], records[102], records[104]]);
    assert.deepEqual(recordOf(await reader.row('odd-0007')), records[7]);
    assert.equal(await reader.row('nobody'), undefined);
  });

  it('waits out a gateway that hangs, and goes on', async () => {
    const impatient = new RestHBase(settingsFor(hbase.urls[0] ?? '', 1_000));
    try {
      const slow = sink('hangs', {}, impatient);
      assert.deepEqual(await slow.add([{ id: 'before', v: 'x' }]), []);
      hbase.pause('gateway-1');
      const held = slow.add(GOOD);
      const outcome = await Promise.race([held, wait(4_000)]);
      assert.equal(outcome, undefined, 'it waits');
      assert.match(slow.status().lastError ?? '', /cannot be reached: no answer within 1 s/u);
      hbase.resume('gateway-1');
      assert.deepEqual(await held, []);
      assert.deepEqual(await keysOf('hangs'), ['before', ...goodKeys]);
    } finally {
      hbase.resume('gateway-1');
      impatient.close();
    }
  });

  it('speaks TLS with a gateway whose authority it is told to trust, and says so otherwise', async () => {
    const tls = { ca: readFileSync(hbase.certificates.caFile) };
    await assert.rejects(tryGateways(settingsFor(hbase.tlsUrl)), /cannot be talked to by TLS/u);
    const { version, servers } = await tryGateways({ ...settingsFor(hbase.tlsUrl), tls });
    assert.match(version, /^2\./u);
    assert.equal(servers, 1);
    const secure = new RestHBase({ ...settingsFor(hbase.tlsUrl), tls });
    try {
      assert.deepEqual(await sink('secure', {}, secure).add(GOOD), []);
      assert.deepEqual(await keysOf('secure'), goodKeys);
    } finally {
      secure.close();
    }
  });

  it('says at once that there is nobody, or another server', async () => {
    await assert.rejects(tryGateways(settingsFor('http://127.0.0.1:1')), /nothing listens there/u);
  });
});

function recordOf(read: Read | undefined): unknown {
  return read !== undefined && 'record' in read ? read.record : read;
}

function wait(milliseconds: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(() => resolve(undefined), milliseconds));
}
