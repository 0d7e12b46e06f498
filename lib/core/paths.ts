import { SettingError } from './errors';
import { splitPath } from './patterns';
import type { Fields } from './records';

/** Reads one field of a record; undefined where any part of the path is missing. */
export type Getter = (record: unknown) => unknown;

/**
 * Splits a path such as `author.username` or `entities.hashtags[0].tag`, relative to the record; a leading `payload.`
 * or `msg.payload.` means the same record and is dropped.
 * @throws {SettingError} if the path is empty or malformed
 */
export function parsePath(path: string, setting = 'path'): string[] {
  const parts = splitPath(path);
  if (parts === undefined) {
    throw new SettingError(`"${path}" is not a path to a field.`, {
      setting,
      remedy: 'Write names separated by dots, such as text or author.username.',
    });
  }
  return parts;
}

/** Compiles a path once, at deploy, to a function that reads it. Only a record's own fields are seen. */
export function getter(path: string, setting?: string): Getter {
  const parts = parsePath(path, setting);
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return (record) => own(record, only);
  return (record) => {
    let value: unknown = record;
    for (const part of parts) value = own(value, part);
    return value;
  };
}

function own(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Fields)[name]
    : undefined;
}
