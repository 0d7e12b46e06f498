import { fnv1a } from '../sinks/hash';

/**
 * Spreads keys that grow with time (post ids, dates) over `buckets` stretches of the table, so that not every write
 * meets the same region. The salt is FNV-1a(key) mod buckets in decimal, as wide as the largest bucket's number, and a
 * dash: key `42` in 16 buckets is `05-42`. The same key always gets the same salt, so a retry finds its row.
 * @param buckets how many; 0 and 1 leave the key as it is
 */
export function saltedKey(key: string, buckets: number): string {
  if (buckets <= 1) return key;
  const width = String(buckets - 1).length;
  return `${String(fnv1a(key) % buckets).padStart(width, '0')}-${key}`;
}
