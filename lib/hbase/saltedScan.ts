import { byteOrder } from './bounds';
import { salts } from './salt';
import type { HBaseTable, Row, Scan } from './table';

/** Rows that are fetched of all buckets together before they are asked for. */
const AHEAD = 2_000;
const FEWEST = 10;

/**
 * Scans a table whose keys are salted as if they were not: each bucket by itself, merged into one order. Keys are given
 * without their salt.
 * @param buckets as in `saltedKey`
 */
export async function* saltedScan(
  table: HBaseTable,
  buckets: number,
  { prefix = '', start = '', stop, ...scan }: Scan,
): AsyncGenerator<Row, void, void> {
  if (buckets <= 1) {
    yield* table.scan({ prefix, start, ...(stop === undefined ? {} : { stop }), ...scan });
    return;
  }
  const page = Math.max(FEWEST, Math.floor(AHEAD / buckets));
  const heads = await Promise.all(
    salts(buckets).map(async (salt) => {
      const range = {
        prefix: salt + prefix,
        start: salt + start,
        ...(stop === undefined ? {} : { stop: salt + stop }),
      };
      const rows = table.scan({ ...scan, page, ...range })[Symbol.asyncIterator]();
      return { rows, salt: salt.length, head: await rows.next() };
    }),
  );
  const sign = scan.reversed === true ? -1 : 1;
  for (let left = scan.limit ?? Infinity; left > 0; left--) {
    let first: (typeof heads)[number] | undefined;
    let firstKey = '';
    for (const each of heads) {
      if (each.head.done === true) continue;
      const key = each.head.value.row.slice(each.salt);
      if (first === undefined || byteOrder(key, firstKey) * sign < 0) {
        first = each;
        firstKey = key;
      }
    }
    if (first === undefined || first.head.done === true) return;
    yield { row: firstKey, cells: first.head.value.cells };
    first.head = await first.rows.next();
  }
}
