import { SettingError } from '../core/errors';
import { type Getter, getter } from '../core/paths';
import { CELL_TYPES, type CellType, splitTyped } from '../core/patterns';
import { familyOf } from './names';

/** A column of a table, and the field of a record that belongs to it. */
export interface Column {
  /** `family:qualifier` */
  readonly column: string;
  readonly family: string;
  readonly path: string;
  readonly type: CellType;
  readonly read: Getter;
}

/**
 * The setting `columns`: from column to path, with a type behind a bar (`count|long`); `text` without.
 * @throws {SettingError} if a column, path or type cannot be used
 */
export function parseColumns(columns: Readonly<Record<string, string>>): Column[] {
  return Object.entries(columns).map(([column, field]) => {
    const typed = splitTyped(field);
    if (typed === undefined) {
      throw new SettingError(`"${field}" names no type of ours for the column ${column}.`, {
        setting: 'columns',
        remedy: `Write the field, a bar, and one of ${CELL_TYPES.join(', ')}, such as count|long.`,
      });
    }
    const { path, type } = typed;
    return { column, family: familyOf(column), path, type, read: getter(path, 'columns') };
  });
}
