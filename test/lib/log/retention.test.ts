import assert from 'node:assert/strict';
import { Ledger } from '../../../lib/delivery/ledger';
import { EmbeddedLog } from '../../../lib/log/embedded/embeddedLog';
import { Retention } from '../../../lib/log/embedded/retention';
import { TestStore } from '../../support/store';

const NOW = 1_000_000;
const HOUR = 3_600;

describe('the retention of the embedded log', () => {
  let test: TestStore;
  let ledger: Ledger;
  let log: EmbeddedLog;
  let retention: Retention | undefined;

  beforeEach(() => {
    test = new TestStore();
    ledger = new Ledger(test.store);
    log = new EmbeddedLog(test.store, { name: 'main', partitions: 2, retention: 0 });
  });
  afterEach(() => {
    retention?.close();
    retention = undefined;
    log.close();
    ledger.close();
    test.dispose();
  });

  /** Appends a record of each age to a partition. */
  async function write(topic: string, partition: number, ages: readonly number[], into = log): Promise<void> {
    const records = ages.map((age) => ({ key: null, value: 'x', partition, timestamp: NOW - age }));
    await into.append(topic, records, ledger.contributor({}));
  }

  function apply(keep: number, mostBytes?: number): void {
    retention ??= new Retention(test.store, 'main', keep, () => NOW, mostBytes);
    retention.apply();
    test.store.flush();
  }

  function offsets(topic: string, partition: number): unknown[] {
    const sql =
      'SELECT offset FROM log JOIN topics ON topics.id = log.topic WHERE topics.topic = ? AND partition = ? ORDER BY offset';
    return test.store
      .prepare(sql)
      .all(topic, partition)
      .map(({ offset }) => offset);
  }

  it('takes what is older, of each partition, and nothing else', async () => {
    await write('a', 0, [9, 8, 7, 2, 1]);
    await write('a', 1, [3, 2, 1]);
    await write('b', 0, [9, 1]);
    apply(5);
    assert.deepEqual(offsets('a', 0), [3, 4]);
    assert.deepEqual(offsets('a', 1), [0, 1, 2]);
    assert.deepEqual(offsets('b', 0), [1]);
  });

  it('leaves the last record of a partition, so that offsets go on', async () => {
    await write('a', 0, [9, 8, 7]);
    apply(5);
    assert.deepEqual(offsets('a', 0), [2]);
    await write('a', 0, [0]);
    assert.deepEqual(offsets('a', 0), [2, 3]);
  });

  it('keeps what lies behind a younger record', async () => {
    await write('a', 0, [9, 1, 9, 1]);
    apply(5);
    assert.deepEqual(offsets('a', 0), [1, 2, 3]);
  });

  it('leaves other clusters alone', async () => {
    const other = new EmbeddedLog(test.store, { name: 'other', partitions: 2, retention: 0 });
    await write('a', 0, [9, 8, 1], other);
    await write('b', 0, [9, 8, 1]);
    apply(5);
    assert.deepEqual(offsets('a', 0), [0, 1, 2]);
    assert.deepEqual(offsets('b', 0), [2]);
    other.close();
  });

  it('keeps everything if it is 0', async () => {
    await write('a', 0, [HOUR * 1_000, 1]);
    apply(0);
    assert.deepEqual(offsets('a', 0), [0, 1]);
  });

  it('takes many a bounded number at a time', async () => {
    const ages = Array.from({ length: 5_001 }, () => 9);
    await write('a', 0, ages);
    apply(5);
    const left = offsets('a', 0).length;
    assert.ok(left > 1 && left < 5_001, `${left} left`);
    for (let turn = 0; turn < 5; turn++) apply(5);
    assert.deepEqual(offsets('a', 0), [5_000]);
  });

  it('takes the oldest of all while the store is too large', async () => {
    await write('a', 0, [5, 4, 3]);
    await write('a', 1, [9, 8, 1]);
    apply(0, 1);
    assert.deepEqual([offsets('a', 0), offsets('a', 1)], [[0, 1, 2], [2]]);
    apply(0, 1);
    assert.deepEqual([offsets('a', 0), offsets('a', 1)], [[2], [2]]);
    apply(0, 1);
    assert.deepEqual([offsets('a', 0), offsets('a', 1)], [[2], [2]]);
  });
});
