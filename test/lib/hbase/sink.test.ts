import { strict as assert } from 'node:assert';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { SettingError, StoreError } from '../../../lib/core/errors';
import { EmbeddedHBase } from '../../../lib/hbase/embedded';
import { HBaseSink } from '../../../lib/hbase/sink';
import type { HBaseCluster } from '../../../lib/hbase/table';
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
