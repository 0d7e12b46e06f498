import { strict as assert } from 'node:assert';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { SettingError, StoreError } from '../../../lib/core/errors';
import { EmbeddedHBase } from '../../../lib/hbase/embedded';
import { HBaseSink } from '../../../lib/hbase/sink';
import type { HBaseCluster, HBaseTable, PutRow } from '../../../lib/hbase/table';
import { Store } from '../../../lib/store/store';
import { temporaryFolder } from '../../support/store';

describe('HBase sink', () => {
  const directory = temporaryFolder();
  let store: Store;
  let hbase: EmbeddedHBase;
  before(() => {
    store = new Store(join(directory.path, 's.db'));
    hbase = new EmbeddedHBase(store, 'c');
  });
  after(() => {
    store.close();
    directory.remove();
  });

  const settings = { table: 'posts', createTable: true, rowKey: '{{id}}', columns: { 'd:text': 'text' } };

  it('stores what it can and gives back the rest with its reason', async () => {
    const sink = new HBaseSink(hbase, settings, { maxBatch: 2, linger: 1 });
    const rejected = await sink.add([
      { id: '1', text: 'a' },
      { text: 'b' },
      'no record',
      { id: '3', text: 'c' },
      { id: '4', text: 'd' },
    ]);
    assert.deepEqual(
      rejected.map(({ record, error }) => [record, error.name]),
      [
        [{ text: 'b' }, 'RecordError'],
        ['no record', 'RecordError'],
      ],
    );
    const table = await hbase.open('posts', { createTable: false, families: [] });
    assert.equal(await table.count(), 3);
    assert.equal(sink.status().written, 3);
    await sink.close(1_000);
  });

  it('fails a message on a table that is not there, and goes on once it is', async () => {
    const sink = new HBaseSink(hbase, { ...settings, table: 'later', createTable: false }, { maxBatch: 1, linger: 0 });
    await assert.rejects(sink.add([{ id: '1', text: 'a' }]), SettingError);
    await hbase.open('later', { createTable: true, families: ['d'] });
    assert.deepEqual(await sink.add([{ id: '1', text: 'a' }]), []);
    await sink.close(1_000);
  });

  it('rejects what the table refuses, to the record', async () => {
    await hbase.open('narrow', { createTable: true, families: ['x'] });
    const sink = new HBaseSink(
      hbase,
      { ...settings, table: 'narrow', createTable: false },
      { maxBatch: 10, linger: 0 },
    );
    const [rejection] = await sink.add([{ id: '1', text: 'a' }]);
    assert.deepEqual(rejection?.record, { id: '1', text: 'a' });
    assert.match(rejection.error.message, /NoSuchColumnFamily/u);
    await sink.close(1_000);
  });

  describe('the times of cells', () => {
    const put: PutRow[] = [];
    const cluster = (needsTimes: boolean): HBaseCluster => ({
      needsTimes,
      open: () => Promise.resolve({ put: (rows) => (put.push(...rows), Promise.resolve(undefined)) } as HBaseTable),
    });
    const times = (): (number | undefined)[] => put.map(({ cells }) => cells[0]?.timestamp);
    const add = async (needsTimes: boolean, more: object, known?: (number | undefined)[]): Promise<void> => {
      put.length = 0;
      let now = 1_000;
      const options = { maxBatch: 10, linger: 0 };
      const sink = new HBaseSink(cluster(needsTimes), { ...settings, ...more }, options, () => now++);
      await sink.add([{ id: '1', text: 'a', at: 5 }, { text: 'no key' }, { id: '2', text: 'b', at: 6 }], known);
      await sink.close(1_000);
    };

    it('are those of the field, whatever else is known', async () => {
      await add(true, { timestamp: 'at' }, [7, 8, 9]);
      assert.deepEqual(times(), [5, 6]);
    });

    it('are those that came with the records, each with its own', async () => {
      await add(true, {}, [7, 8, 9]);
      assert.deepEqual(times(), [7, 9]);
    });

    it('are that of the arrival where a real cluster has to be told one', async () => {
      await add(true, {}, [7, 8, undefined]);
      assert.deepEqual(times(), [7, 1_000]);
      await add(true, {});
      assert.deepEqual(times(), [1_000, 1_000]);
    });

    it('are left to the embedded store', async () => {
      await add(false, {});
      assert.deepEqual(times(), [undefined, undefined]);
    });

    it('are the same in each try', async () => {
      put.length = 0;
      let tries = 0;
      const flaky: HBaseCluster = {
        needsTimes: true,
        open: () =>
          Promise.resolve({
            put: (rows) => {
              put.push(...rows);
              return ++tries < 3 ? Promise.reject(new StoreError('away')) : Promise.resolve(undefined);
            },
          } as HBaseTable),
      };
      let now = 1_000;
      const retry = { retries: 5, base: 1, longest: 1 };
      const sink = new HBaseSink(flaky, settings, { maxBatch: 1, linger: 0, retry }, () => now++);
      await sink.add([{ id: '1', text: 'a' }]);
      assert.deepEqual(times(), [1_000, 1_000, 1_000]);
      await sink.close(1_000);
    });
  });

  it('tries again to open a cluster that was away', async () => {
    let tries = 0;
    const cluster: HBaseCluster = {
      open: (name, options) => (++tries < 3 ? Promise.reject(new StoreError('away')) : hbase.open(name, options)),
    };
    const sink = new HBaseSink(cluster, settings, {
      maxBatch: 1,
      linger: 0,
      retry: { retries: 5, base: 1, longest: 1 },
    });
    assert.deepEqual(await sink.add([{ id: '9', text: 'a' }]), []);
    assert.equal(tries, 3);
    await sink.close(1_000);
  });
});
