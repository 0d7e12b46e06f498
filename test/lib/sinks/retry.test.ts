import { strict as assert } from 'node:assert';
import { describe, it } from 'mocha';
import { RecordError, SettingError, StoreError } from '../../../lib/core/errors';
import { backoff, isRetriable } from '../../../lib/sinks/retry';

describe('retries', () => {
  const policy = { retries: 8, base: 100, longest: 1_000 };

  it('doubles the ceiling of each pause up to the longest', () => {
    const almostOne = 1 - Number.EPSILON;
    const pauses = [1, 2, 3, 4, 5, 60, 2_000].map((attempt) => backoff(attempt, policy, () => almostOne));
    assert.deepEqual(pauses, [99, 199, 399, 799, 999, 999, 999]);
  });

  it('takes any part of it, down to nothing', () => {
    assert.equal(
      backoff(3, policy, () => 0),
      0,
    );
    assert.equal(
      backoff(3, policy, () => 0.25),
      100,
    );
  });

  for (const [name, thrown, expected] of [
    ['a store that did not answer', new StoreError('away'), true],
    ['anything that says so itself', Object.assign(new Error('busy'), { retriable: true }), true],
    ['a store error that says it will not pass', Object.assign(new StoreError('full'), { retriable: false }), false],
    ['a wrong setting', new SettingError('no table'), false],
    ['a bad record', new RecordError('bad'), false],
    ['a mistake in a program', new TypeError('undefined is not a function'), false],
    ['nothing at all', undefined, false],
  ] as const) {
    it(`${expected ? 'tries again' : 'does not try again'}: ${name}`, () =>
      assert.equal(isRetriable(thrown), expected));
  }
});
