import assert from 'node:assert/strict';
import { SettingError, StoreError } from '../../../lib/core/errors';
import { EmbeddedHBase } from '../../../lib/hbase/embedded';
import { HBaseReader, type Read, type ReaderSettings } from '../../../lib/hbase/reader';
import { HBaseSink } from '../../../lib/hbase/sink';
import type { HBaseCluster, Scan } from '../../../lib/hbase/table';
import { seeded } from '../../support/random';
import { TestStore } from '../../support/store';

const COLUMNS = { 'd:text': 'text', 'd:likes': 'metrics.likes|long', 'd:score': 'score|double', 'd:tags': 'tags|json' };
const POSTS = Array.from({ length: 100 }, (_, n) => ({
  id: String(n).padStart(3, '0'),
  text: `post ${n}`,
  metrics: { likes: n * 3 },
  score: n / 7,
  tags: ['a', { n }],
}));

describe('HBase reader', () => {
  let store: TestStore;
  let hbase: EmbeddedHBase;
  beforeEach(() => {
    store = new TestStore();
    hbase = new EmbeddedHBase(store.store, 'c', () => 1_767_225_600_000);
  });
  afterEach(() => store.dispose());

  const fill = async (salt: number): Promise<void> => {
    const settings = { table: 't', createTable: true, rowKey: '{{id}}', columns: COLUMNS, salt };
    const sink = new HBaseSink(hbase, settings, { maxBatch: 50, linger: 0 });
    assert.deepEqual(await sink.add(POSTS), []);
    await sink.close(1_000);
  };
  const reader = (settings: Partial<ReaderSettings> = {}, cluster: HBaseCluster = hbase): HBaseReader =>
    new HBaseReader(
      cluster,
      { table: 't', columns: COLUMNS, salt: 0, keyTo: 'id', timeTo: '', ...settings },
      { now: () => 0, after: (_, then) => (setImmediate(then), () => undefined) },
    );
  const recordOf = (read: Read | undefined): unknown => (read !== undefined && 'record' in read ? read.record : read);
  const scan = async (from: HBaseReader, what: Scan): Promise<unknown[]> => {
    const found: unknown[] = [];
    for await (const read of from.scan(what)) found.push(recordOf(read));
    return found;
  };

  it('gives back what the sink was given', async () => {
    await fill(0);
    for (const post of POSTS) assert.deepEqual(recordOf(await reader().row(post.id)), post);
    assert.equal(await reader().row('nobody'), undefined);
    assert.deepEqual(await scan(reader(), {}), POSTS);
  });

  for (const salt of [2, 16, 101]) {
    it(`finds and orders rows as if there were no salt, of ${salt} buckets`, async () => {
      await fill(salt);
      const salted = reader({ salt });
      assert.deepEqual(recordOf(await salted.row('042')), POSTS[42]);
      for (const [what, expected] of [
        [{}, POSTS],
        [{ reversed: true }, [...POSTS].reverse()],
        [{ prefix: '04' }, POSTS.slice(40, 50)],
        [{ start: '017', stop: '023' }, POSTS.slice(17, 23)],
        [{ start: '017', stop: '023', reversed: true, limit: 2 }, [POSTS[22], POSTS[21]]],
        [{ start: '090', limit: 3 }, POSTS.slice(90, 93)],
      ] as [Scan, unknown[]][]) {
        assert.deepEqual(await scan(salted, what), expected, JSON.stringify(what));
      }
    });
  }

  it('gives every column as text below its family where none is named, also one like __proto__', async () => {
    const table = await hbase.open('t', { createTable: true, families: ['d', 'm'] });
    const cell = (column: string, value: string): { column: string; timestamp: number; value: string } => ({
      ...{ column, timestamp: 5, value },
    });
    await table.put([{ row: '1', cells: [cell('d:a', 'x'), cell('m:b.c', 'y'), cell('d:__proto__', 'z')] }]);
    const record = recordOf(await reader({ columns: {}, keyTo: 'meta.key', timeTo: 'meta.at' }).row('1'));
    const expected =
      '{"d":{"__proto__":"z","a":"x"},"m":{"b.c":"y"},"meta":{"key":"1","at":"1970-01-01T00:00:00.005Z"}}';
    assert.equal(JSON.stringify(record), expected);
    assert.equal(({} as { z?: unknown }).z, undefined);
  });

  it('gives a row of another type back as rejected, and goes on', async () => {
    await fill(0);
    const table = await hbase.open('t', { createTable: true, families: ['d'] });
    await table.put([{ row: '0005', cells: [{ column: 'd:likes', timestamp: 1, value: 'many' }] }]);
    const found: Read[] = [];
    for await (const read of reader().scan({ prefix: '000' })) found.push(read);
    assert.deepEqual(recordOf(found[0]), POSTS[0]);
    const second = found[1];
    assert.ok(second !== undefined && 'rejection' in second);
    assert.match(second.rejection.error.message, /d:likes is no long: it has 4 bytes/u);
    assert.deepEqual((second.rejection.record as { row: string }).row, '0005');
    assert.equal(found.length, 2);
  });

  it('says that there is no table', async () => {
    await assert.rejects(reader().row('1'), (thrown: unknown) => {
      assert.ok(thrown instanceof SettingError);
      assert.match(thrown.message, /"t" does not exist \(TableNotFoundException\)\. Correct the name\.$/u);
      return true;
    });
  });

  for (const reversed of [false, true]) {
    it(`goes on where it was when a read fails, ${reversed ? 'from the end' : 'from the beginning'}: no row lost or doubled`, async () => {
      await fill(4);
      const random = seeded(7);
      let failures = 0;
      const flaky: HBaseCluster = {
        open: async (name, options) => {
          const table = await hbase.open(name, options);
          const rows = async function* (what?: Scan): ReturnType<typeof table.scan> {
            for await (const row of table.scan(what)) {
              if (random() < 0.05) {
                failures++;
                throw new StoreError('away');
              }
              yield row;
            }
          };
          return { put: (all) => table.put(all), get: (row) => table.get(row), scan: rows };
        },
      };
      const expected = reversed ? [...POSTS].reverse() : POSTS;
      assert.deepEqual(await scan(reader({ salt: 4 }, flaky), { reversed }), expected);
      assert.deepEqual(await scan(reader({ salt: 4 }, flaky), { reversed, limit: 60 }), expected.slice(0, 60));
      assert.ok(failures > 3, `${failures} failures`);
    });
  }

  it('gives up in the end', async () => {
    let opened = 0;
    const away: HBaseCluster = { open: () => (opened++, Promise.reject(new StoreError('away'))) };
    await assert.rejects(reader({}, away).row('1'), /away/u);
    assert.equal(opened, 6);
  });
});
