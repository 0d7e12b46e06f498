import { RecordError, StoreError } from '../core/errors';
import { parsePath } from '../core/paths';
import { type Fields, type Rejection, isFields, reject } from '../core/records';
import { type Clock, systemClock } from '../sinks/clock';
import { backoff } from '../sinks/retry';
import { type Column, parseColumns } from './columns';
import { checkTableName } from './names';
import { saltedKey } from './salt';
import { saltedScan } from './saltedScan';
import type { HBaseCluster, HBaseTable, Row, Scan, StoredCell } from './table';
import { decodeValue } from './values';

/** How rows become records: hbase-get's settings. */
export interface ReaderSettings {
  readonly table: string;
  /** As of the sink that wrote them: from column to path, with a type. Empty: every column as text, under its family. */
  readonly columns: Readonly<Record<string, string>>;
  /** How many buckets rows are spread over; 0 for none. */
  readonly salt: number;
  /** The path that the row key is put at; empty for nowhere. */
  readonly keyTo: string;
  /** The path that the time of the row's newest cell is put at, in ISO 8601; empty for nowhere. */
  readonly timeTo: string;
}

/** A row as a record, or why it cannot be one. */
export type Read = { readonly record: Fields } | { readonly rejection: Rejection };

const RETRY = { retries: 5, base: 200, longest: 5_000 };

/** Reads rows of a table of a cluster as records. A read that fails is made again a few times, from where it was. */
export class HBaseReader {
  readonly #columns: ReadonlyMap<string, Column & { readonly parts: readonly string[] }>;
  readonly #keyTo: readonly string[] | undefined;
  readonly #timeTo: readonly string[] | undefined;
  #table: HBaseTable | undefined;

  /** @throws {SettingError} if a setting cannot be used */
  constructor(
    private readonly cluster: HBaseCluster,
    private readonly settings: ReaderSettings,
    private readonly clock: Clock = systemClock,
    private readonly random: () => number = Math.random,
  ) {
    checkTableName(settings.table);
    const columns = parseColumns(settings.columns);
    this.#columns = new Map(columns.map((each) => [each.column, { ...each, parts: parsePath(each.path, 'columns') }]));
    this.#keyTo = pathOrNone(settings.keyTo, 'keyTo');
    this.#timeTo = pathOrNone(settings.timeTo, 'timeTo');
  }

  /**
   * One row by its key, without its salt; undefined if there is none.
   * @throws {PulseflowError} if the table is missing, or the cluster away
   */
  async row(key: string): Promise<Read | undefined> {
    for (let attempt = 1; ; attempt++) {
      try {
        const table = await this.#open();
        const found = await table.get(saltedKey(key, this.settings.salt));
        return found === undefined ? undefined : this.#read({ row: key, cells: found.cells });
      } catch (thrown) {
        await this.#pause(attempt, thrown);
      }
    }
  }

  /**
   * Rows in the order of their keys, fetched as they are asked for; keys are given and found without their salt.
   * @throws {PulseflowError} if the table is missing, or the cluster away
   */
  async *scan(scan: Scan): AsyncGenerator<Read, void, void> {
    let rest = scan;
    let left = scan.limit ?? Infinity;
    let last: string | undefined;
    for (let attempt = 1; ; attempt++) {
      try {
        const table = await this.#open();
        for await (const row of saltedScan(table, this.settings.salt, rest)) {
          if (row.row === last) continue;
          yield this.#read(row);
          last = row.row;
          attempt = 0;
          if (--left === 0) return;
        }
        return;
      } catch (thrown) {
        await this.#pause(attempt, thrown);
        if (last !== undefined) rest = goOn(scan, last, left);
      }
    }
  }

  async #open(): Promise<HBaseTable> {
    this.#table ??= await this.cluster.open(this.settings.table, { createTable: false, families: [] });
    return this.#table;
  }

  /** @throws what was thrown, if trying again has no sense, or none any more */
  async #pause(attempt: number, thrown: unknown): Promise<void> {
    this.#table = undefined;
    if (!(thrown instanceof StoreError) || attempt > RETRY.retries) throw thrown;
    await new Promise<void>((resolve) => this.clock.after(backoff(attempt, RETRY, this.random), resolve));
  }

  #read(row: Row): Read {
    try {
      return { record: this.#recordOf(row) };
    } catch (thrown) {
      if (!(thrown instanceof RecordError)) throw thrown;
      return { rejection: reject({ row: row.row, cells: row.cells.map(plain) }, thrown) };
    }
  }

  #recordOf({ row, cells }: Row): Fields {
    const record: Fields = {};
    let newest = 0;
    for (const { column, timestamp, value } of cells) {
      newest = Math.max(newest, timestamp);
      const wanted = this.#columns.get(column);
      if (wanted !== undefined) put(record, wanted.parts, decodeValue(value, wanted.type, column));
      else if (this.#columns.size === 0) put(record, splitColumn(column), value.toString());
    }
    if (this.#keyTo !== undefined) put(record, this.#keyTo, row);
    if (this.#timeTo !== undefined) put(record, this.#timeTo, new Date(newest).toISOString());
    return record;
  }
}

function pathOrNone(path: string, setting: string): readonly string[] | undefined {
  return path.trim() === '' ? undefined : parsePath(path, setting);
}

/** A scan that goes on behind a row. Only a reversed one leaves the row itself out, as the end of its range. */
function goOn(scan: Scan, row: string, left: number): Scan {
  return scan.reversed === true ? { ...scan, stop: row, limit: left } : { ...scan, start: row, limit: left + 1 };
}

function splitColumn(column: string): string[] {
  const colon = column.indexOf(':');
  return [column.slice(0, colon), column.slice(colon + 1)];
}

/** Puts a value at a path of a record that is being made. A stored name may be `__proto__`, which is one like any other. */
function put(record: Fields, parts: readonly string[], value: unknown): void {
  let target = record;
  for (const part of parts.slice(0, -1)) {
    const inner = Object.hasOwn(target, part) ? target[part] : undefined;
    const next: Fields = isFields(inner) ? inner : {};
    if (next !== inner) define(target, part, next);
    target = next;
  }
  define(target, parts[parts.length - 1] ?? '', value);
}

function define(target: Fields, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, enumerable: true, writable: true, configurable: true });
}

function plain({ column, timestamp, value }: StoredCell): object {
  return { column, timestamp, value: value.toString() };
}
