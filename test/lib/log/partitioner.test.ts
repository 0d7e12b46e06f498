import assert from 'node:assert/strict';
import { murmur2, partitionOf } from '../../../lib/log/partitioner';

describe('the partition of a key', () => {
  // Kafka's own cases: org.apache.kafka.common.utils.UtilsTest.testMurmur2
  const cases: [string, number][] = [
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
    ['abc', 479470107],
  ];
  for (const [key, hash] of cases) {
    it(`hashes "${key}" as Kafka does`, () => assert.equal(murmur2(Buffer.from(key)), hash));
  }

  it('is never negative, and the same for text and its bytes', () => {
    for (const [key] of cases) {
      const partition = partitionOf(key, 7);
      assert.ok(partition >= 0 && partition < 7);
      assert.equal(partitionOf(Buffer.from(key), 7), partition);
    }
  });
});
