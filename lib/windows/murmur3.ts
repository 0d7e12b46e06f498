/**
 * MurmurHash3_x86_32 of a text's UTF-16 code units, low byte first (A. Appleby,
 * https://github.com/aappleby/smhasher/blob/master/src/MurmurHash3.cpp).
 * @returns 32 bits, without a sign
 */
export function murmur3(text: string, seed: number): number {
  let hash = seed;
  const even = text.length & ~1;
  for (let at = 0; at < even; at += 2) {
    hash ^= scrambled(text.charCodeAt(at) | (text.charCodeAt(at + 1) << 16));
    hash = Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64;
  }
  if (even < text.length) hash ^= scrambled(text.charCodeAt(even));
  hash ^= text.length * 2;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function scrambled(block: number): number {
  const product = Math.imul(block, 0xcc9e2d51);
  return Math.imul((product << 15) | (product >>> 17), 0x1b873593);
}
