import { RecordError } from '../core/errors';
import { parsePath } from '../core/paths';
import { type Fields, isFields } from '../core/records';
import { type CellValue, cellValue } from '../sinks/csv';

/** One flat row of an extract: values by column name. */
export type Row = Record<string, CellValue>;

/** Makes the rows of one record; at least one. */
export type Flatten = (record: Fields) => Row[];

/** How deep records are followed when no fields are named; what lies deeper is written as JSON. */
const DEEPEST = 8;

/**
 * Compiles `fields` to a function that flattens records for Tableau. A path that runs through an array makes a row of
 * each of its elements, the record's other fields repeated in each: `id, counts.key, counts.count`. One array a record
 * is taken apart like that, the first met; a path through another gives its values as JSON. A record whose array is
 * empty or missing keeps one row, so that it is not lost (a left join).
 * @param fields paths; they are the columns' names. Empty: every field that is not an object, with dots, the first array
 *   of objects taken apart, other arrays as JSON
 * @throws {SettingError} if a path is malformed
 */
export function compileRows(fields: readonly string[]): Flatten {
  if (fields.length === 0) return flattenAll;
  const columns = fields.map((path) => {
    const parts = parsePath(path, 'fields');
    return { name: parts.join('.'), parts };
  });
  return (record) => {
    const found = firstArray(record, columns);
    if (found === undefined || found.elements.length === 0) return [rowOf(record, columns, undefined, undefined)];
    return found.elements.map((element) => rowOf(record, columns, found.path, element));
  };
}

/**
 * Compiles `keyFields` to a function that gives the key under which a record's rows are kept: the value itself of one
 * field, the JSON array of several, so that (`a`, `b,c`) and (`a,b`, `c`) stay apart.
 * @returns a function that throws a RecordError if a key field is missing or null
 */
export function compileKey(keyFields: readonly string[]): (record: Fields) => string {
  const readers = keyFields.map((path) => ({ path, parts: parsePath(path, 'keyFields') }));
  return (record) => {
    const values = readers.map(({ path, parts }) => {
      const value = cellValue(read(record, parts, 0));
      if (value !== null && value !== '') return value;
      throw new RecordError(`The record has no "${path}", by which rows are told apart.`, {
        setting: 'keyFields',
        remedy: 'Name fields that every record has, or choose the mode append.',
      });
    });
    const [only] = values;
    return values.length === 1 && only !== undefined ? String(only) : JSON.stringify(values);
  };
}

interface Column {
  readonly name: string;
  readonly parts: readonly string[];
}

interface Found {
  /** The path of the array, its parts joined. */
  readonly path: string;
  readonly elements: readonly unknown[];
}

function firstArray(record: Fields, columns: readonly Column[]): Found | undefined {
  for (const { parts } of columns) {
    let value: unknown = record;
    for (let depth = 0; depth < parts.length; depth++) {
      const part = parts[depth] ?? '';
      if (Array.isArray(value) && !isIndex(part)) return { path: parts.slice(0, depth).join('.'), elements: value };
      value = own(value, part);
    }
  }
  return undefined;
}

function rowOf(record: Fields, columns: readonly Column[], arrayPath: string | undefined, element: unknown): Row {
  const row: Row = {};
  for (const { name, parts } of columns) {
    const depth = arrayPath === undefined ? 0 : arrayPath.split('.').length;
    const through = arrayPath !== undefined && parts.length > depth && parts.slice(0, depth).join('.') === arrayPath;
    put(row, name, cellValue(through ? read(element, parts, depth) : read(record, parts, 0)));
  }
  return row;
}

function read(from: unknown, parts: readonly string[], start: number): unknown {
  let value = from;
  for (let depth = start; depth < parts.length; depth++) {
    const part = parts[depth] ?? '';
    if (Array.isArray(value) && !isIndex(part)) {
      if (value.length === 0) return undefined;
      const rest = depth;
      return value.map((each) => read(each, parts, rest) ?? null);
    }
    value = own(value, part);
  }
  return value;
}

function flattenAll(record: Fields): Row[] {
  const base: Row = {};
  const found = leaves(record, '', base, 0, undefined);
  if (found === undefined) return [base];
  return found.elements.map((element) => {
    const row = { ...base };
    // An array inside an element has had its chance: it is written as JSON.
    if (isFields(element)) leaves(element, `${found.path}.`, row, 1, found);
    else put(row, found.path, cellValue(element));
    return row;
  });
}

/** Puts the leaves of `value` into `row`. @returns the array of objects to take apart, the first met */
function leaves(value: Fields, prefix: string, row: Row, depth: number, known: Found | undefined): Found | undefined {
  let found = known;
  for (const [key, field] of Object.entries(value)) {
    const name = prefix + key;
    if (isFields(field) && !(field instanceof Date) && depth < DEEPEST) {
      found = leaves(field, `${name}.`, row, depth + 1, found);
    } else if (found === undefined && Array.isArray(field) && field.some(isFields)) {
      found = { path: name, elements: field };
    } else {
      put(row, name, cellValue(field));
    }
  }
  return found;
}

/** Names come from records too, so `__proto__` has to be a column like any other. */
function put(row: Row, name: string, value: CellValue): void {
  if (name === '__proto__')
    Object.defineProperty(row, name, { value, enumerable: true, configurable: true, writable: true });
  else row[name] = value;
}

function own(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Fields)[name]
    : undefined;
}

function isIndex(part: string): boolean {
  return /^\d+$/u.test(part);
}
