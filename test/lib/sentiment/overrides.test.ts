import assert from 'node:assert/strict';
import { RecordError } from '../../../lib/core/errors';
import { readOverrides } from '../../../lib/sentiment/overrides';

describe('sentiment/overrides', () => {
  it('are words and scores, or nothing', () => {
    assert.deepEqual(readOverrides({ good: -1, kafka: 2.5 }), { good: -1, kafka: 2.5 });
    assert.equal(readOverrides(undefined), undefined);
    assert.equal(readOverrides(null), undefined);
  });

  for (const [value, message] of [
    ['good', /not "good"/u],
    [[1], /not an array of 1/u],
    [{ good: 'very' }, /"good" has "very"/u],
    [{ good: Number.NaN }, /"good" has NaN/u],
    [{ good: null }, /"good" has null/u],
  ] as const) {
    it(`are not ${JSON.stringify(value)}`, () => {
      assert.throws(
        () => readOverrides(value),
        (thrown) => thrown instanceof RecordError && message.test(thrown.message),
      );
    });
  }
});
