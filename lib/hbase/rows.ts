import { RecordError, SettingError } from '../core/errors';
import { type Getter, getter } from '../core/paths';
import { describe } from '../core/records';
import { compileTemplate } from '../core/templates';
import { type Column, parseColumns } from './columns';
import { saltedKey } from './salt';
import type { Cell, PutRow } from './table';
import { encodeValue, hasLoneSurrogate } from './values';

/** How records become rows: hbase-sink's settings. */
export interface RowSettings {
  /** A template for the row key, such as `{{id}}`. */
  readonly rowKey: string;
  /** From column, `family:qualifier`, to the path of its value in the record, and its type: `count|long`. */
  readonly columns: Readonly<Record<string, string>>;
  /** The path of the cells' time: ISO 8601 text or milliseconds. Empty: that which comes with the record. */
  readonly timestamp?: string;
  /** How many buckets rows are spread over; 0 for none. */
  readonly salt?: number;
}

/** What records become, and the column families that takes. */
export interface RowCompiler {
  readonly families: readonly string[];
  /**
   * @param time the time of its cells where the settings name none
   * @throws {RecordError} if the record has no key, no value, no time where one is asked for, or is too large
   */
  readonly row: (record: unknown, time?: number) => PutRow;
}

/** HBase keeps a row key's length in a signed short (`HConstants.MAX_ROW_LENGTH`). */
const LONGEST_KEY = 32_767;
/** HBase's default for `hbase.client.keyvalue.maxsize`. */
const LARGEST_VALUE = 10 * 1024 * 1024;

/**
 * Compiles hbase-sink's settings, once, at deploy. A field that the record lacks (or that is null) is left out of the
 * row; what has no type is stored as text: numbers and booleans too, objects and arrays as JSON.
 * @throws {SettingError} if a setting cannot be used
 */
export function compileRows(settings: RowSettings): RowCompiler {
  const key = compileTemplate(settings.rowKey, 'rowKey');
  const columns = parseColumns(settings.columns);
  if (columns.length === 0) {
    throw new SettingError('No columns are given.', {
      setting: 'columns',
      remedy: 'Name at least one, such as d:text for the field text.',
    });
  }
  const salt = settings.salt ?? 0;
  const timeOf = timeReader(settings.timestamp ?? '');
  return {
    families: familiesOf(columns),
    row: (record, time) => {
      const row = saltedKey(checkKey(key(record)), salt);
      const timestamp = timeOf?.(record) ?? time;
      const cells: Cell[] = [];
      for (const { column, read, type } of columns) {
        const value = encodeValue(read(record), type, column);
        if (value === undefined) continue;
        checkSize(column, value);
        cells.push({ column, timestamp, value });
      }
      if (cells.length > 0) return { row, cells };
      throw new RecordError('The record has none of the fields that columns name, so there is nothing to store.', {
        setting: 'columns',
      });
    },
  };
}

function familiesOf(columns: readonly Column[]): string[] {
  return [...new Set(columns.map(({ family }) => family))];
}

function timeReader(path: string): ((record: unknown) => number) | undefined {
  if (path.trim() === '') return undefined;
  const read: Getter = getter(path, 'timestamp');
  return (record) => {
    const value = read(record);
    const time = typeof value === 'string' ? Date.parse(value) : value;
    if (typeof time === 'number' && Number.isSafeInteger(time) && time >= 0) return time;
    throw new RecordError(`The record's "${path}" is no time: ${describe(value)}.`, {
      setting: 'timestamp',
      remedy: 'It has to be ISO 8601 text or milliseconds since 1970.',
    });
  };
}

function checkKey(key: string): string {
  const length = Buffer.byteLength(key);
  if (length > 0 && length <= LONGEST_KEY) {
    if (!hasLoneSurrogate(key)) return key;
    throw new RecordError('The row key has half of a surrogate pair, which UTF-8 cannot hold.', { setting: 'rowKey' });
  }
  throw new RecordError(
    length === 0 ? 'The row key is empty.' : `The row key has ${length} bytes; HBase takes at most ${LONGEST_KEY}.`,
    { setting: 'rowKey' },
  );
}

function checkSize(column: string, value: string | Buffer): void {
  // A unit of text takes three bytes at most: most texts need not be measured.
  if (value.length * 3 <= LARGEST_VALUE) return;
  const length = Buffer.byteLength(value);
  if (length <= LARGEST_VALUE) return;
  throw new RecordError(`The value for ${column} has ${length} bytes; HBase takes at most ${LARGEST_VALUE}.`, {
    setting: 'columns',
  });
}
