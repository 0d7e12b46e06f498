import { SettingError } from '../core/errors';
import { COLUMN, TABLE_NAME } from '../core/patterns';

/** @throws {SettingError} if HBase would not take `name` for a table */
export function checkTableName(name: string, setting = 'table'): string {
  if (TABLE_NAME.test(name)) return name;
  throw new SettingError(`"${name}" is not a name for an HBase table.`, {
    setting,
    remedy: 'Use letters, digits, "_", "-" and ".", not beginning with "-" or ".".',
  });
}

/**
 * The family of a column `family:qualifier`.
 * @throws {SettingError} if it is written otherwise
 */
export function familyOf(column: string, setting = 'columns'): string {
  const family = COLUMN.exec(column)?.[1];
  if (family !== undefined) return family;
  throw new SettingError(`"${column}" is not an HBase column.`, {
    setting,
    remedy: 'Write family and qualifier with a colon between them, such as d:text.',
  });
}
