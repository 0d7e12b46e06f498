import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { compressLz4, decompressLz4 } from '../../../../lib/log/kafka/lz4';
import { compressSnappy, decompressSnappy } from '../../../../lib/log/kafka/snappy';

const SAMPLES: [string, Buffer][] = [
  ['nothing', Buffer.alloc(0)],
  ['a byte', Buffer.from('x')],
  ['what repeats', Buffer.alloc(300_000, 'ab')],
  ['what does not', randomBytes(200_000)],
  ['text', Buffer.from(JSON.stringify(Array.from({ length: 5_000 }, (_, n) => ({ id: n, text: `hello ${n % 7}` }))))],
];
const CODECS = [
  ['lz4', compressLz4, decompressLz4],
  ['snappy', compressSnappy, decompressSnappy],
] as const;

// What other implementations make of these codecs is tried with Kafka's own clients, in test/services.
for (const [name, compress, decompress] of CODECS) {
  describe(`lib/log/kafka/${name}`, () => {
    for (const [what, data] of SAMPLES)
      it(`gives back ${what}`, () => assert.ok(decompress(compress(data)).equals(data)));

    it('makes text small', () => {
      const text = SAMPLES[4]?.[1] ?? Buffer.alloc(0);
      assert.ok(compress(text).length < text.length / 3);
    });

    it('refuses what is damaged, wherever that is, and gives no more than there can be', () => {
      const whole = compress(SAMPLES[4]?.[1] ?? Buffer.alloc(0));
      for (let n = 0; n < 2_000; n++) {
        const damaged = Buffer.from(whole);
        damaged[Math.floor((n * whole.length) / 2_000)] = n % 256;
        try {
          assert.ok(decompress(damaged).length < whole.length * 100);
        } catch (thrown) {
          assert.match((thrown as Error).message, /is damaged/u);
        }
      }
      for (let length = 0; length < 200; length++) {
        try {
          decompress(whole.subarray(0, length));
        } catch (thrown) {
          assert.match((thrown as Error).message, /is damaged/u);
        }
      }
    });
  });
}

describe('lib/log/kafka/snappy', () => {
  it('reads a block without the Java library’s frame, as the format’s description has it', () => {
    // "Wikipedia is a free ..." of the description is not at hand: a literal of 5, then a copy of 4 from 5 back.
    const block = Buffer.from([9, 4 << 2, ...Buffer.from('abcde'), 1, 5]);
    assert.equal(decompressSnappy(block).toString(), 'abcdeabcd');
  });
});
