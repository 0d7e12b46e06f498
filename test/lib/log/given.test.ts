import assert from 'node:assert/strict';
import { Given } from '../../../lib/log/given';
import type { LogRecord } from '../../../lib/log/log';

const records = (...offsets: number[]): LogRecord[] =>
  offsets.map((offset) => ({ offset, key: null, value: null, headers: {}, timestamp: 0 }));

describe('log/given', () => {
  it('knows the offset of each message of one record, over gaps', () => {
    const given = new Given(false);
    given.add(records(3, 4, 9));
    given.add(records(12));
    const offsets = [0, 1, 2, 3].map((sequence) => given.offsetsOf(sequence)?.offset);
    assert.deepEqual(offsets, [3, 4, 9, 12]);
    assert.deepEqual(given.offsetsOf(2), { offset: 9, lastOffset: 9 });
    assert.equal(given.offsetsOf(4), undefined);
  });

  it('knows the first and the last offset of each batch', () => {
    const given = new Given(true);
    given.add(records(3, 4, 9));
    given.add(records(12, 14));
    assert.deepEqual(given.offsetsOf(0), { offset: 3, lastOffset: 9 });
    assert.deepEqual(given.offsetsOf(1), { offset: 12, lastOffset: 14 });
  });

  it('still knows what is not committed', () => {
    const given = new Given(false);
    given.add(records(0, 1, 2));
    given.add(records(3, 4));
    given.committed(2);
    assert.deepEqual(given.offsetsOf(2), { offset: 2, lastOffset: 2 });
    given.committed(3);
    assert.equal(given.offsetsOf(2), undefined);
    assert.deepEqual(given.offsetsOf(4), { offset: 4, lastOffset: 4 });
  });
});
