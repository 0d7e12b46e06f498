import { StringDecoder } from 'node:string_decoder';
import { SettingError } from '../core/errors';
import { parsePath } from '../core/paths';
import { type Fields, isFields } from '../core/records';
import { type CsvRow, CsvRows } from './csvRows';
import type { RawRecord, Splitter } from './fileRecord';
import { FIELD_KINDS } from './post';

/** How one column of a CSV file gets into the record. */
interface Column {
  readonly parts: readonly string[];
  readonly number: boolean;
}

/**
 * CSV with a header row. A dotted column name makes a nested field (`author.username`); an empty cell is a missing
 * field; the counts of a post (`public_metrics.like_count`) become numbers where the cell holds one, all else is text.
 */
export class CsvSplitter implements Splitter {
  readonly #rows: CsvRows;
  readonly #decoder = new StringDecoder('utf8');
  #columns: Column[] | undefined;

  constructor(maxLength: number, delimiter = ',') {
    this.#rows = new CsvRows(maxLength, delimiter);
  }

  push(chunk: Buffer, out: RawRecord[]): void {
    const rows: CsvRow[] = [];
    this.#rows.push(this.#decoder.write(chunk), rows);
    for (const row of rows) this.#take(row, out);
  }

  end(out: RawRecord[], cut: boolean): void {
    const rows: CsvRow[] = [];
    this.#rows.push(this.#decoder.end(), rows);
    this.#rows.end(rows, cut);
    for (const row of rows) this.#take(row, out);
  }

  #take(row: CsvRow, out: RawRecord[]): void {
    const { line, cells, problem } = row;
    if (!this.#columns) {
      this.#columns = cells.map(columnOf);
      if (problem !== undefined)
        out.push({ line, found: undefined, problem: `holds the column names, but ${problem}` });
      return;
    }
    if (problem !== undefined) {
      out.push({ line, found: cells.join(','), problem });
    } else if (cells.length !== this.#columns.length) {
      const wrong = `has ${cells.length} cells, but the header has ${this.#columns.length}`;
      out.push({ line, found: cells.join(','), problem: wrong });
    } else {
      out.push({ line, found: recordOf(this.#columns, cells) });
    }
  }
}

function columnOf(header: string): Column {
  const name = header.trim();
  let parts = [name];
  try {
    parts = parsePath(name);
  } catch (thrown) {
    // Not a path, such as `__proto__` or `a b.`: one field of that very name.
    if (!(thrown instanceof SettingError)) throw thrown;
  }
  return { parts, number: FIELD_KINDS.get(parts.join('.')) === 'number' };
}

function recordOf(columns: readonly Column[], cells: readonly string[]): Fields {
  const record: Fields = {};
  for (let index = 0; index < columns.length; index++) {
    const cell = cells[index] ?? '';
    const column = columns[index];
    if (cell === '' || !column) continue;
    const { parts, number } = column;
    let target = record;
    for (let part = 0; part < parts.length - 1; part++) target = nested(target, parts[part] ?? '');
    const value = number && cell.trim() !== '' && Number.isFinite(Number(cell)) ? Number(cell) : cell;
    define(target, parts[parts.length - 1] ?? '', value);
  }
  return record;
}

function nested(target: Fields, name: string): Fields {
  const value = Object.hasOwn(target, name) ? target[name] : undefined;
  if (isFields(value)) return value;
  const made: Fields = {};
  define(target, name, made);
  return made;
}

/** Assignment would call the setter of `__proto__`. */
function define(target: Fields, name: string, value: unknown): void {
  if (name === '__proto__') {
    Object.defineProperty(target, name, { value, enumerable: true, writable: true, configurable: true });
  } else {
    target[name] = value;
  }
}
