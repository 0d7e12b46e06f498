const OFFSET_BASIS = 0x811c9dc5;
const PRIME = 0x01000193;

/**
 * FNV-1a, 32 bits, over the UTF-8 bytes of `text` (Fowler, Noll, Vo; RFC 9923, section 2). Fixed for good: stored row
 * keys and file names depend on it.
 * @returns a whole number from 0 up to 2^32 - 1
 */
export function fnv1a(text: string): number {
  let hash = OFFSET_BASIS;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, PRIME);
  return hash >>> 0;
}
