import { RecordError } from '../core/errors';
import { getter, parsePath } from '../core/paths';
import { type Fields, type Rejection, recordStep } from '../core/records';
import type { Template } from '../core/templates';
import { type CellValue, cellValue, csvLines } from '../sinks/csv';
import type { Chunk } from '../sinks/spool';
import { fileIn } from './paths';

export type FileFormat = 'csv' | 'ndjson';

/** What a batch becomes: chunks for the spool, and the records that no file can take. */
export interface Encoded {
  readonly chunks: readonly Chunk[];
  readonly rejected: Rejection[];
}

/** Encodes the records of one message, all that belong into one file at once. */
export type Encoder = (records: readonly unknown[]) => Encoded;

/** How a format writes the records of one file. */
interface Writer {
  /** Shown every record of a batch before any is written. @throws {RecordError} if it cannot be written */
  readonly admit: (record: Fields) => void;
  readonly header: () => string;
  readonly body: (records: readonly Fields[]) => string;
}

/** So many columns no table has; records whose keys are data would make ever more. */
const MOST_COLUMNS = 1_000;

/**
 * Makes an encoder.
 * @param fields paths of what is written, in order. Empty: for NDJSON the whole record; for CSV every field seen, those
 *   of the first record first, where a field not seen before begins a new file with one column more
 * @param columns the columns that files still in the spool have, so that a restart goes on with them
 * @param gzip whether the files are to be compressed; chunks are not
 */
export function makeEncoder(
  format: FileFormat,
  path: Template,
  fields: readonly string[],
  columns: readonly string[] = [],
  gzip = false,
): Encoder {
  const writer = format === 'ndjson' ? ndjson(fields) : fields.length > 0 ? csvOf(fields) : csvOfAll(columns);
  return (batch) => {
    const files = new Map<string, Fields[]>();
    const { rejected } = recordStep((record) => {
      const file = fileIn(path(record), format, gzip);
      writer.admit(record);
      const records = files.get(file);
      if (records === undefined) files.set(file, [record]);
      else records.push(record);
    })(batch);
    const header = writer.header();
    const chunks: Chunk[] = [];
    for (const [file, records] of files)
      chunks.push({ file, header, records: records.length, body: writer.body(records) });
    return { chunks, rejected };
  };
}

/** The columns of a CSV header that `makeEncoder` wrote: top-level field names, or none if it cannot be read back. */
export function columnsOf(header: string): string[] {
  const line = header.replace(/\r\n$/u, '');
  return /["']/u.test(line) || line === '' ? [] : line.split(',');
}

function ndjson(fields: readonly string[]): Writer {
  const readers = fields.map((path) => [path, getter(path, 'fields')] as const);
  const pick = (record: Fields): Fields => Object.fromEntries(readers.map(([path, read]) => [path, read(record)]));
  return {
    admit: () => undefined,
    header: () => '',
    body: (records) => {
      let text = '';
      for (const record of records) text += `${JSON.stringify(readers.length === 0 ? record : pick(record))}\n`;
      return text;
    },
  };
}

function csvOf(fields: readonly string[]): Writer {
  const readers = fields.map((path) => getter(path, 'fields'));
  const header = csvLines([fields.map((path) => parsePath(path, 'fields').join('.'))]);
  return {
    admit: () => undefined,
    header: () => header,
    body: (records) => csvLines(records.map((record) => readers.map((read): CellValue => cellValue(read(record))))),
  };
}

function csvOfAll(known: readonly string[]): Writer {
  const columns = new Set(known);
  let header = columns.size === 0 ? '' : csvLines([[...columns]]);
  return {
    admit: (record) => {
      for (const name of Object.keys(record)) {
        if (columns.has(name)) continue;
        if (columns.size >= MOST_COLUMNS) {
          throw new RecordError(
            `The record has a field "${name.slice(0, 40)}", and the table ${MOST_COLUMNS} columns already.`,
            {
              setting: 'fields',
              remedy: 'Name the fields to write.',
            },
          );
        }
        columns.add(name);
        header = '';
      }
    },
    header: () => (header === '' ? (header = csvLines([[...columns]])) : header),
    body: (records) => {
      const names = [...columns];
      return csvLines(
        records.map((record) =>
          names.map((name): CellValue => (Object.hasOwn(record, name) ? cellValue(record[name]) : null)),
        ),
      );
    },
  };
}
