/** The time from which X's ids count, milliseconds since 1970: 2010-11-04T01:42:54.657Z. */
const EPOCH = 1_288_834_974_657n;

/**
 * The time in an id: its upper bits, from the 22nd on, are milliseconds (twitter-archive/snowflake, IdWorker.scala).
 * @returns milliseconds since 1970; undefined if it is no such id
 */
export function timeOfId(id: string): number | undefined {
  return /^\d{10,19}$/u.test(id) ? Number((BigInt(id) >> 22n) + EPOCH) : undefined;
}

/** The id that lies `ms` before another. */
export function earlierId(id: string, ms: number): string {
  return String(BigInt(id) - (BigInt(ms) << 22n));
}

/** Compares two ids by their value. */
export function laterId(a: string, b: string): boolean {
  return a.length === b.length ? a > b : a.length > b.length;
}
