import assert from 'node:assert/strict';
import fc from 'fast-check';
import { RecordError } from '../../../lib/core/errors';
import { compileTemplate } from '../../../lib/core/templates';

describe('core/templates', () => {
  it('writes times in UTC as toISOString does, whatever came before', () => {
    const seconds = compileTemplate('{{at|yyyy-MM-ddTHH:mm:ss}}');
    const minutes = compileTemplate('{{at|yyyy-MM-dd HH:mm}}');
    const days = compileTemplate('{{at|yyyy-MM-dd}}');
    // Times close to each other, on both sides of 1970.
    const times = fc.array(fc.integer({ min: -200_000, max: 200_000 }), { minLength: 2 });
    fc.assert(
      fc.property(fc.constantFrom(0, 1_456_704_000_000), times, (from, offsets) => {
        for (const offset of offsets) {
          const iso = new Date(from + offset).toISOString();
          for (const at of [from + offset, iso]) {
            assert.equal(seconds({ at }), iso.slice(0, 19));
            assert.equal(minutes({ at }), iso.slice(0, 16).replace('T', ' '));
            assert.equal(days({ at }), iso.slice(0, 10));
          }
        }
      }),
    );
  });

  it('has no text for what is no time, also after one that was', () => {
    const render = compileTemplate('{{at|yyyy}}');
    for (const at of ['soon', Number.NaN, null, undefined, true, {}, 8.64e15 + 1, '']) {
      assert.equal(render({ at: '2016-02-29T12:00:00Z' }), '2016');
      assert.throws(() => render({ at }), RecordError);
    }
  });
});
