import { RecordError } from '../core/errors';
import { getter, parsePath } from '../core/paths';
import { type Fields, describe, isFields } from '../core/records';

/** Reads the text that a step works on. Throws a RecordError if a record has none. */
export type TextReader = (record: Fields) => string;

/** A copy of a record with one field set; the record itself, and whatever else it holds, stays as it is. */
export type FieldWriter = (record: Fields, value: unknown) => Fields;

/**
 * Compiles the path of a text field, once, at deploy.
 * @param setting the property the path comes from, named in errors
 * @throws {SettingError} if the path is malformed
 */
export function textReader(path: string, setting: string): TextReader {
  const read = getter(path, setting);
  const name = parsePath(path, setting).join('.');
  return (record) => {
    const text = read(record);
    if (typeof text === 'string') return text;
    const problem = text === undefined ? `has no ${name}` : `has ${describe(text)} as ${name}, which is no text`;
    throw new RecordError(`${nameOf(record)} ${problem}.`, { setting });
  };
}

/**
 * Compiles the path of a result field, once, at deploy. Writing copies the record and the objects on the path, because
 * a record may be in use elsewhere: by another branch where it was passed without a clone, by the source that will
 * deliver it again. Measured on posts of 4 to 12 fields: 0.1 to 0.3 µs each, where setting the field in place takes 0.05 to 0.1.
 * @throws {SettingError} if the path is malformed
 */
export function fieldWriter(path: string, setting: string): FieldWriter {
  const parts = parsePath(path, setting);
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) {
    // Two statements: `{ ...record, [only]: value }` takes four times as long in V8. A path has no `__proto__` in it.
    return (record, value) => {
      const copy = { ...record };
      copy[only] = value;
      return copy;
    };
  }
  return (record, value) => withField(record, parts, 0, value);
}

function withField(record: unknown, parts: readonly string[], depth: number, value: unknown): Fields {
  const copy: Fields = isFields(record) ? { ...record } : {};
  const name = parts[depth] ?? '';
  copy[name] = depth === parts.length - 1 ? value : withField(ownField(copy, name), parts, depth + 1, value);
  return copy;
}

function ownField(record: Fields, name: string): unknown {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

function nameOf(record: Fields): string {
  const { id } = record;
  return typeof id === 'string' || typeof id === 'number' ? `Post ${id}` : 'A post without an id';
}
