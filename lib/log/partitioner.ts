/**
 * The partition of a key: murmur2 of its UTF-8 bytes, made positive, modulo the number of partitions, as in Kafka's
 * default partitioner (`org.apache.kafka.clients.producer.internals.BuiltInPartitioner`), so that a key keeps its
 * partition when a flow moves from the embedded log to Kafka.
 */
export function partitionOf(key: string | Uint8Array, partitions: number): number {
  const bytes = typeof key === 'string' ? Buffer.from(key) : key;
  return (murmur2(bytes) & 0x7fffffff) % partitions;
}

/** Murmur2 with Kafka's seed (`org.apache.kafka.common.utils.Utils.murmur2`), a signed 32-bit integer. */
export function murmur2(data: Uint8Array): number {
  const { length } = data;
  const m = 0x5bd1e995;
  let h = 0x9747b28c ^ length;
  let index = 0;
  for (; index + 4 <= length; index += 4) {
    let k = at(data, index) | (at(data, index + 1) << 8) | (at(data, index + 2) << 16) | (at(data, index + 3) << 24);
    k = Math.imul(k, m);
    k ^= k >>> 24;
    k = Math.imul(k, m);
    h = Math.imul(h, m) ^ k;
  }
  const rest = length - index;
  if (rest === 3) h ^= at(data, index + 2) << 16;
  if (rest >= 2) h ^= at(data, index + 1) << 8;
  if (rest >= 1) {
    h ^= at(data, index);
    h = Math.imul(h, m);
  }
  h ^= h >>> 13;
  h = Math.imul(h, m);
  return h ^ (h >>> 15);
}

function at(data: Uint8Array, index: number): number {
  return data[index] ?? 0;
}
