import { SettingError } from '../core/errors';

/** HBase's own rule for table names, a namespace in front allowed (`TableName.isLegalFullyQualifiedTableName`). */
const TABLE = /^(?:\w+:)?[a-z0-9_][\w.-]*$/iu;
const FAMILY = /^[^\p{Cc}:/.][^\p{Cc}:/]*$/u;

/** @throws {SettingError} if HBase would not take `name` for a table */
export function checkTableName(name: string, setting = 'table'): string {
  if (TABLE.test(name)) return name;
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
  const colon = column.indexOf(':');
  const family = column.slice(0, Math.max(colon, 0));
  if (FAMILY.test(family)) return family;
  throw new SettingError(`"${column}" is not an HBase column.`, {
    setting,
    remedy: 'Write family and qualifier with a colon between them, such as d:text.',
  });
}
