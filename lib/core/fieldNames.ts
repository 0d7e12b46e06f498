import { PATH_SEGMENT, UNSAFE_NAMES } from './patterns';
import { isFields } from './records';

const MOST_NAMES = 200;
const DEEPEST = 5;
const LONGEST = 80;

/**
 * The paths of a record's fields, without their values: `id`, `author.username`, `entities.hashtags`. Of an array only
 * its own path. At most 200, in the order of the record; names that no path can have are left out.
 */
export function fieldNames(record: unknown): string[] {
  const names: string[] = [];
  collect(record, '', 1, names);
  return names;
}

function collect(value: unknown, prefix: string, depth: number, names: string[]): void {
  if (!isFields(value) || depth > DEEPEST || Buffer.isBuffer(value)) return;
  for (const name of Object.keys(value)) {
    if (names.length >= MOST_NAMES) return;
    if (name.length > LONGEST || !PATH_SEGMENT.test(name) || UNSAFE_NAMES.has(name)) continue;
    names.push(prefix + name);
    collect(value[name], `${prefix}${name}.`, depth + 1, names);
  }
}
