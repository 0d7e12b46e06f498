import { strict as assert } from 'node:assert';
import { describe, it } from 'mocha';
import { fnv1a } from '../../../lib/sinks/hash';

describe('FNV-1a', () => {
  // The test vectors of Noll's own fnv-5.1 test suite, as RFC 9923 reprints them.
  for (const [text, expected] of [
    ['', 0x811c9dc5],
    ['a', 0xe40c292c],
    ['foobar', 0xbf9cf968],
  ] as const) {
    it(`of "${text}"`, () => assert.equal(fnv1a(text), expected));
  }
  it('is of bytes, not of characters', () => assert.notEqual(fnv1a('é'), fnv1a('\u00e9\u0000')));
});
