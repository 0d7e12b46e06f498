import assert from 'node:assert/strict';

/** Asserts that two values are the same, their numbers to one part in 10^9: sums may be made in any order. */
export function assertSame(actual: unknown, expected: unknown, message?: string): void {
  assert.deepEqual(rounded(actual), rounded(expected), message);
}

/** Picks the fields that `like` has, of lists in each element. */
export function fieldsLike(value: unknown, like: unknown): unknown {
  if (Array.isArray(value) || typeof value !== 'object' || value === null || typeof like !== 'object') return value;
  const fields = value as Record<string, unknown>;
  return Object.fromEntries(Object.keys(like ?? {}).map((name) => [name, fields[name]]));
}

function rounded(value: unknown): unknown {
  if (typeof value === 'number') return Number(value.toPrecision(9)) + 0;
  if (Array.isArray(value)) return value.map(rounded);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, rounded(each)]));
}
