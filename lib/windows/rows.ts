import type { KeyCount, WindowResult } from './result';

/** A line of a result by itself, flat: what tables, charts and Tableau take. */
export type Row = Omit<KeyCount, 'keys'> & {
  /** The same for every result of the same key in the same window of the same node. */
  readonly id: string;
  readonly window_id: string;
  readonly window_start: string;
  readonly window_end: string;
  readonly final: boolean;
  readonly total: number;
};

/** A result as a row for each of its lines; fields of the key stand under their paths, with `_` for dots. */
export function rowsOf({ id, window, final, total, counts }: WindowResult): Row[] {
  return counts.map(({ keys, ...line }) => ({
    ...fieldsOf(keys),
    id: `${id}:${line.key}`,
    window_id: id,
    window_start: window.start,
    window_end: window.end,
    final,
    total,
    ...line,
  }));
}

/** What the message of a result carries; undefined if there is nothing to send. */
export function payloadOf(result: WindowResult, output: 'windows' | 'rows'): WindowResult | Row[] | undefined {
  if (output === 'windows') return result;
  const rows = rowsOf(result);
  return rows.length === 0 ? undefined : rows;
}

function fieldsOf(keys: KeyCount['keys']): Record<string, string> {
  return Object.fromEntries(Object.entries(keys ?? {}).map(([path, part]) => [path.replaceAll('.', '_'), part]));
}
