import { RecordError, SettingError } from '../core/errors';
import { COLUMN, TABLE_NAME } from '../core/patterns';
import type { PutRow, TableOptions } from './table';

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

/** What is wrong where there is no such table, and a sink may not make it. */
export function missingTable(name: string, { families }: Pick<TableOptions, 'families'>): SettingError {
  return new SettingError(`The HBase table "${name}" does not exist (TableNotFoundException).`, {
    setting: 'table',
    // Whoever reads needs no families.
    remedy: families.length === 0 ? 'Correct the name.' : 'Correct the name, or turn on "create table".',
  });
}

/**
 * Why a table without a column's family refuses a row: as HBase does, the whole of it.
 * @returns undefined if it has them all
 */
export function unknownFamily(
  { row, cells }: PutRow,
  table: string,
  families: { has(family: string): boolean; keys(): Iterable<string> },
): RecordError | undefined {
  for (const { column } of cells) {
    const family = column.slice(0, column.indexOf(':'));
    if (families.has(family)) continue;
    return new RecordError(
      `The HBase table "${table}" has no column family "${family}" (NoSuchColumnFamilyException), row "${row}".`,
      {
        setting: 'columns',
        remedy: `It has ${[...families.keys()].join(', ')}. Correct the column, or turn on "create table".`,
      },
    );
  }
  return undefined;
}
