import { fnv1a } from '../sinks/hash';

/**
 * Spreads keys that grow with time (post ids, dates) over `buckets` stretches of the table, so that not every write
 * meets the same region. The salt is FNV-1a(key) mod buckets in decimal, as wide as the largest bucket's number, and a
 * dash: key `42` in 16 buckets is `05-42`. The same key always gets the same salt, so a retry finds its row.
 * @param buckets how many; 0 and 1 leave the key as it is
 */
export function saltedKey(key: string, buckets: number): string {
  return buckets <= 1 ? key : saltOf(fnv1a(key) % buckets, buckets) + key;
}

/** What stands before the keys of each bucket, in order; for none or one bucket the empty text. */
export function salts(buckets: number): string[] {
  return buckets <= 1 ? [''] : Array.from({ length: buckets }, (_, bucket) => saltOf(bucket, buckets));
}

/** Where a table is split so that each bucket has a region of its own. */
export function splitKeys(buckets: number): string[] {
  return salts(buckets).slice(1);
}

function saltOf(bucket: number, buckets: number): string {
  return `${String(bucket).padStart(String(buckets - 1).length, '0')}-`;
}
