import { stringify } from 'csv-stringify/sync';

/** What one cell may hold. */
export type CellValue = string | number | boolean | null;

/**
 * What a spreadsheet takes for the beginning of a formula: OWASP's list ("CSV Injection") and, as csv-stringify's
 * `escape_formulas` has it, its full-width forms.
 */
const FORMULA = /^[=+\-@\t\r＝＋－＠]/u;

/**
 * RFC 4180, section 2: records end in CR LF; cells with commas, quotes or line breaks are quoted. csv-stringify by itself
 * only quotes the whole CR LF, and a reader that takes LF for a line's end, as most do, would break a post in two.
 */
const OPTIONS = { record_delimiter: '\r\n', quoted_match: /[\r\n]/u, cast: { boolean: String } };

/**
 * Writes rows as RFC 4180 lines, each ended by CR LF; null is the empty cell. Text that a spreadsheet would take for a
 * formula gets an apostrophe in front, since posts are strangers' text; numbers stay as they are.
 */
export function csvLines(rows: readonly (readonly CellValue[])[]): string {
  return stringify(
    rows.map((row) => row.map(safe)),
    OPTIONS,
  );
}

/** Any value as a cell: text, numbers and booleans as they are, dates as ISO 8601, the rest as JSON, nothing as null. */
export function cellValue(value: unknown): CellValue {
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return null;
  return value instanceof Date ? isoText(value) : JSON.stringify(value);
}

function isoText(date: Date): string | null {
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}

function safe(value: CellValue): CellValue {
  return typeof value === 'string' && FORMULA.test(value) ? `'${value}` : value;
}
