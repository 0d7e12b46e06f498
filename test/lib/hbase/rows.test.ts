import { strict as assert } from 'node:assert';
import { describe, it } from 'mocha';
import { RecordError, SettingError } from '../../../lib/core/errors';
import { compileRows } from '../../../lib/hbase/rows';
import { saltedKey } from '../../../lib/hbase/salt';

describe('HBase rows', () => {
  const { row, families } = compileRows({
    rowKey: '{{author.id}}-{{id}}',
    columns: {
      'd:text': 'text',
      'd:likes': 'public_metrics.like_count',
      'm:entities': 'entities',
      'm:tags': 'tags',
      'm:ok': 'ok',
    },
    timestamp: 'created_at',
  });

  it('makes key, columns and time of a record', () => {
    const made = row({
      id: '7',
      author: { id: 'a' },
      text: 'héllo',
      public_metrics: { like_count: 3 },
      entities: { urls: [] },
      tags: ['x'],
      ok: false,
      created_at: '2026-01-01T00:00:00.001Z',
    });
    const timestamp = 1_767_225_600_001;
    assert.deepEqual(made, {
      row: 'a-7',
      cells: [
        { column: 'd:text', timestamp, value: 'héllo' },
        { column: 'd:likes', timestamp, value: '3' },
        { column: 'm:entities', timestamp, value: '{"urls":[]}' },
        { column: 'm:tags', timestamp, value: '["x"]' },
        { column: 'm:ok', timestamp, value: 'false' },
      ],
    });
    assert.deepEqual(families, ['d', 'm']);
  });

  it('leaves out what the record has not, or has as null', () => {
    const made = row({ id: '7', author: { id: 'a' }, text: 'x', tags: null, created_at: 5 });
    assert.deepEqual(
      made.cells.map(({ column, timestamp }) => [column, timestamp]),
      [['d:text', 5]],
    );
  });

  it('leaves the time to the store where no path is given', () => {
    const made = compileRows({ rowKey: '{{id}}', columns: { 'd:t': 't' } }).row({ id: 1, t: '' });
    assert.deepEqual(made, { row: '1', cells: [{ column: 'd:t', timestamp: undefined, value: '' }] });
  });

  const good = { id: '7', author: { id: 'a' }, text: 'x', created_at: 5 };
  for (const [name, record, message] of [
    ['has no key', { ...good, id: undefined }, /no "id".*rowKey/u],
    ['has a null in its key', { ...good, author: { id: null } }, /no "author.id"/u],
    ['has no time', { ...good, created_at: undefined }, /"created_at" is no time: nothing/u],
    ['has a time that is none', { ...good, created_at: 'yesterday' }, /"yesterday"/u],
    ['has a time before 1970', { ...good, created_at: -1 }, /-1/u],
    ['has a broken time', { ...good, created_at: 1.5 }, /1\.5/u],
    ['has nothing to store', { id: '7', author: { id: 'a' }, created_at: 5 }, /none of the fields/u],
    ['has a key too long', { ...good, id: 'x'.repeat(32_767) }, /32769 bytes/u],
    ['has half a surrogate pair in its key', { ...good, id: 'x\ud800' }, /row key has half of a surrogate pair/u],
    ['has half a surrogate pair in a value', { ...good, text: 'x\udc00' }, /d:text has half of a surrogate pair/u],
    ['has a value too large', { ...good, text: 'x'.repeat(10 * 1024 * 1024 + 1) }, /d:text has 10485761 bytes/u],
  ] as const) {
    it(`refuses a record that ${name}`, () => {
      assert.throws(
        () => row(record),
        (error: unknown) => error instanceof RecordError && message.test(error.message),
      );
    });
  }

  for (const [name, settings, setting] of [
    ['a column without a family', { rowKey: '{{id}}', columns: { text: 'text' } }, 'columns'],
    ['an empty family', { rowKey: '{{id}}', columns: { ':text': 'text' } }, 'columns'],
    ['no columns', { rowKey: '{{id}}', columns: {} }, 'columns'],
    ['an unknown type', { rowKey: '{{id}}', columns: { 'd:t': 't|int' } }, 'columns'],
    ['a malformed path', { rowKey: '{{id}}', columns: { 'd:t': 'a..b' } }, 'columns'],
    ['a malformed key', { rowKey: '{{id', columns: { 'd:t': 't' } }, 'rowKey'],
    ['a malformed time', { rowKey: '{{id}}', columns: { 'd:t': 't' }, timestamp: '.' }, 'timestamp'],
  ] as const) {
    it(`does not start with ${name}`, () => {
      assert.throws(
        () => compileRows(settings),
        (error: unknown) => error instanceof SettingError && error.setting === setting,
      );
    });
  }
});

describe('HBase row keys by time', () => {
  const key = (at: unknown): string =>
    compileRows({ rowKey: '{{at|reverse}}-{{id}}', columns: { 'd:t': 'id' } }).row({ id: '7', at }).row;

  it('are the greatest long of Java less the milliseconds', () => {
    assert.equal(key(0), '9223372036854775807-7');
    assert.equal(key('2026-01-01T00:00:00.001Z'), `${2n ** 63n - 1n - 1_767_225_600_001n}-7`);
    assert.equal(key(1_767_225_600_001.9), key(1_767_225_600_001));
  });

  it('sort as texts with the newest first', () => {
    const times = [0, 1, 999, 1_000, 1e12, 1_767_225_600_000, 1_767_225_600_001, 8.64e15];
    assert.deepEqual(times.map(key).sort(), [...times].reverse().map(key));
  });

  for (const at of [undefined, 'yesterday', -1, null]) {
    it(`are not made of ${String(at)}`, () => assert.throws(() => key(at), /no "at", which rowKey needs/u));
  }
});

describe('HBase salt', () => {
  it('is the same for the same key, and as wide for every bucket', () => {
    assert.equal(saltedKey('foobar', 16), `${String(0xbf9cf968 % 16).padStart(2, '0')}-foobar`);
    for (let key = 0; key < 200; key++) assert.match(saltedKey(String(key), 100), /^\d\d-\d+$/u);
    for (let key = 0; key < 200; key++) assert.match(saltedKey(String(key), 10), /^\d-\d+$/u);
  });

  it('is left away for less than two buckets', () =>
    assert.deepEqual([saltedKey('k', 0), saltedKey('k', 1)], ['k', 'k']));

  it('spreads keys that follow each other evenly', () => {
    const buckets = new Map<string, number>();
    for (let id = 0; id < 16_000; id++) {
      const bucket = saltedKey(String(1_467_810_000 + id), 16).slice(0, 2);
      buckets.set(bucket, (buckets.get(bucket) ?? 0) + 1);
    }
    assert.equal(buckets.size, 16);
    for (const count of buckets.values()) assert.ok(count > 800 && count < 1_200, `${count} of 1000 expected`);
  });
});
