import { strict as assert } from 'node:assert';
import { join } from 'node:path';
import { after, afterEach, beforeEach, describe, it } from 'mocha';
import { RecordError, SettingError } from '../../../lib/core/errors';
import { EmbeddedHBase } from '../../../lib/hbase/embedded';
import type { EmbeddedTable } from '../../../lib/hbase/embeddedTable';
import type { PutRow, Row, Scan } from '../../../lib/hbase/table';
import { Store } from '../../../lib/store/store';
import { temporaryFolder } from '../../support/store';

function put(row: string, cells: Record<string, string>, timestamp?: number): PutRow {
  return {
    row,
    cells: Object.entries(cells).map(([column, value]) => ({ column, timestamp, value: Buffer.from(value) })),
  };
}

function plain(row: Row | undefined): unknown {
  return row?.cells.map(({ column, timestamp, value }) => `${column}@${timestamp}=${value.toString()}`);
}

describe('embedded HBase', () => {
  const directory = temporaryFolder();
  let number = 0;
  let file = '';
  let now = 0;
  let store: Store;
  let hbase: EmbeddedHBase;
  let table: EmbeddedTable;

  beforeEach(async () => {
    file = join(directory.path, `${++number}.db`);
    store = new Store(file);
    now = 1_000;
    hbase = new EmbeddedHBase(store, 'c', () => now);
    table = await hbase.open('posts', { createTable: true, families: ['d', 'm'] });
  });
  afterEach(() => store.close());
  after(() => directory.remove());

  const keys = async (scan?: Scan): Promise<string[]> => {
    const found: string[] = [];
    for await (const { row } of table.scan(scan)) found.push(row);
    return found;
  };

  it('gives back what was put, columns in order', async () => {
    assert.equal(await table.put([put('1', { 'm:lang': 'en', 'd:text': 'héllo' }, 7)]), undefined);
    assert.deepEqual(plain(await table.get('1')), ['d:text@7=héllo', 'm:lang@7=en']);
    assert.equal(await table.get('2'), undefined);
  });

  it('does not start on a table that is not there, unless it may make it', async () => {
    await assert.rejects(hbase.open('nope', { createTable: false, families: ['d'] }), (error: unknown) => {
      assert.ok(error instanceof SettingError && error.setting === 'table');
      assert.match(error.message, /"nope" does not exist \(TableNotFoundException\).*create table/u);
      return true;
    });
    assert.equal(await hbase.open('posts', { createTable: false, families: [] }), table);
  });

  it('takes no name that HBase would not', async () => {
    for (const name of ['', '-x', 'a b', 'a/b', '.x']) {
      await assert.rejects(hbase.open(name, { createTable: true, families: ['d'] }), SettingError);
    }
    await hbase.open('ns:posts_1.a-b', { createTable: true, families: ['d'] });
    assert.deepEqual(hbase.tables(), ['ns:posts_1.a-b', 'posts']);
  });

  it('refuses the rows of an unknown family, and stores the others', async () => {
    const results = await table.put([
      put('1', { 'd:a': 'x' }),
      put('2', { 'd:a': 'x', 'nope:a': 'y' }),
      put('3', { 'm:a': 'x' }),
    ]);
    assert.ok(results);
    assert.deepEqual(
      results.map((each) => each instanceof RecordError),
      [false, true, false],
    );
    assert.match(results[1]?.message ?? '', /no column family "nope" \(NoSuchColumnFamilyException\), row "2"/u);
    assert.deepEqual(await keys(), ['1', '3']);
  });

  it('gains missing families where it may be made, also for those who have it open', async () => {
    await hbase.open('posts', { createTable: true, families: ['d', 'new'], versions: 1 });
    assert.equal(await table.put([put('1', { 'new:a': 'x' })]), undefined);
  });

  it('keeps the newest three versions', async () => {
    for (const time of [30, 10, 50, 20, 40]) await table.put([put('1', { 'd:a': `v${time}` }, time)]);
    assert.deepEqual(plain(await table.get('1', 9)), ['d:a@50=v50', 'd:a@40=v40', 'd:a@30=v30']);
    assert.deepEqual(plain(await table.get('1')), ['d:a@50=v50']);
  });

  it('keeps as many versions as its family was made with', async () => {
    const one = await hbase.open('one', { createTable: true, families: ['d'], versions: 1 });
    await one.put([put('1', { 'd:a': 'x' }, 1)]);
    await one.put([put('1', { 'd:a': 'y' }, 2)]);
    assert.deepEqual(plain(await one.get('1', 9)), ['d:a@2=y']);
  });

  it('is unchanged by a retry with explicit times', async () => {
    const rows = [put('1', { 'd:a': 'x', 'm:b': 'y' }, 5), put('2', { 'd:a': 'z' }, 6)];
    await table.put(rows);
    await table.put(rows);
    assert.deepEqual(plain(await table.get('1', 9)), ['d:a@5=x', 'm:b@5=y']);
    assert.equal(await table.count(), 2);
  });

  it('is unchanged by a retry without times: the newest version stands if its value is the same', async () => {
    await table.put([put('1', { 'd:a': 'x' })]);
    now = 2_000;
    await table.put([put('1', { 'd:a': 'x' })]);
    assert.deepEqual(plain(await table.get('1', 9)), ['d:a@1000=x']);
    await table.put([put('1', { 'd:a': 'y' })]);
    assert.deepEqual(plain(await table.get('1', 9)), ['d:a@2000=y', 'd:a@1000=x']);
  });

  it('lets a later value of the same time win', async () => {
    await table.put([put('1', { 'd:a': 'x' }, 5), put('1', { 'd:a': 'y' }, 5)]);
    assert.deepEqual(plain(await table.get('1', 9)), ['d:a@5=y']);
  });

  it('scans by prefix, range and limit in the order of bytes', async () => {
    const names = ['a', 'a1', 'a2', 'b', 'b1', 'Z', 'é', '\u{1F600}', '\uFFFD'];
    await table.put(names.map((name) => put(name, { 'd:a': 'x' })));
    assert.deepEqual(await keys(), ['Z', 'a', 'a1', 'a2', 'b', 'b1', 'é', '\uFFFD', '\u{1F600}']);
    assert.deepEqual(await keys({ prefix: 'a' }), ['a', 'a1', 'a2']);
    assert.deepEqual(await keys({ prefix: 'a', start: 'a1' }), ['a1', 'a2']);
    assert.deepEqual(await keys({ start: 'a2', stop: 'b1' }), ['a2', 'b']);
    assert.deepEqual(await keys({ start: 'a', limit: 2 }), ['a', 'a1']);
    assert.deepEqual(await keys({ prefix: 'x' }), []);
    assert.deepEqual(await keys({ limit: 0 }), []);
    assert.deepEqual(await keys({ reversed: true, limit: 3 }), ['\u{1F600}', '\uFFFD', 'é']);
    assert.deepEqual(await keys({ prefix: 'a', reversed: true }), ['a2', 'a1', 'a']);
    assert.deepEqual(await keys({ start: 'a2', stop: 'b1', reversed: true }), ['b', 'a2']);
    assert.deepEqual(await keys({ prefix: '\u{1F600}' }), ['\u{1F600}']);
    assert.deepEqual(await keys({ reversed: true, page: 2 }), (await keys()).reverse());
  });

  it('scans more than a page, and sees no row twice while others are put', async () => {
    const rows = Array.from({ length: 1_234 }, (_, index) =>
      put(String(index).padStart(5, '0'), { 'd:a': 'x', 'm:b': 'y' }),
    );
    await table.put(rows);
    assert.equal(await table.count(), 1_234);
    const seen: string[] = [];
    for await (const { row } of table.scan()) {
      seen.push(row);
      if (seen.length % 400 === 0) await table.put([put(`${row}+`, { 'd:a': 'x' })]);
    }
    assert.equal(new Set(seen).size, seen.length);
    assert.ok(rows.every(({ row }) => seen.includes(row)));
  });

  it('is found again after a restart, apart from those of other clusters', async () => {
    await table.put([put('1', { 'd:a': 'x' })]);
    store.close();
    store = new Store(file);
    const again = await new EmbeddedHBase(store, 'c').open('posts', { createTable: false, families: ['d'] });
    assert.deepEqual(plain(await again.get('1')), ['d:a@1000=x']);
    const other = await new EmbeddedHBase(store, 'other').open('posts', { createTable: true, families: ['d'] });
    assert.equal(await other.count(), 0);
  });

  it('takes bytes that are no text, and keys like __proto__', async () => {
    const value = Buffer.from([0, 255, 128]);
    await table.put([{ row: '__proto__', cells: [{ column: 'd:__proto__', timestamp: 1, value }] }]);
    const [cell] = (await table.get('__proto__'))?.cells ?? [];
    assert.deepEqual([cell?.column, cell?.value], ['d:__proto__', value]);
  });
});
