import type { RowResult } from '../sinks/destination';

/** One value of a row: `column` is `family:qualifier`. */
export interface Cell {
  readonly column: string;
  /** Milliseconds since 1970; undefined leaves it to the store, which takes its own time. */
  readonly timestamp: number | undefined;
  /** Text stands for its UTF-8 bytes. */
  readonly value: string | Buffer;
}

/** A row to put. Rows are kept in the order of the UTF-8 bytes of their keys, as HBase does. */
export interface PutRow {
  readonly row: string;
  readonly cells: readonly Cell[];
}

/** A value as it is stored, with the time of its version. */
export interface StoredCell {
  readonly column: string;
  readonly timestamp: number;
  readonly value: Buffer;
}

/** A row as it is read: its columns in order, each with its newest version first. */
export interface Row {
  readonly row: string;
  readonly cells: readonly StoredCell[];
}

/** What of a table to read: rows that begin with `prefix`, or those from `start` up to but without `stop`. */
export interface Scan {
  readonly prefix?: string;
  readonly start?: string;
  readonly stop?: string;
  /** The most rows. */
  readonly limit?: number;
  /** The most versions of each column; 1 by default. */
  readonly versions?: number;
  /** From the last key to the first, of the same rows. */
  readonly reversed?: boolean;
  /** How many rows are fetched at once; the table's own number by default. */
  readonly page?: number;
}

/** A table, wherever it is kept. */
export interface HBaseTable {
  /**
   * Puts rows, in order. Putting the same rows again changes nothing.
   * @returns once they are safe; if some were refused, an array with the reason at the place of each of them
   * @throws {StoreError} if nothing could be put
   */
  put(rows: readonly PutRow[]): Promise<undefined | readonly RowResult[]>;
  /** One row, or undefined if there is none. */
  get(row: string, versions?: number): Promise<Row | undefined>;
  /** Rows in the order of their keys, read in pages as they are asked for. */
  scan(scan?: Scan): AsyncIterable<Row>;
}

/** How a table is opened. */
export interface TableOptions {
  /** Makes the table, and such of its families as are missing. */
  readonly createTable: boolean;
  /** The column families needed. */
  readonly families: readonly string[];
  /** How many versions of a value a family made now keeps; 3 by default. */
  readonly versions?: number;
  /** For how long a family made now keeps its cells, in ms; 0, the default, for good. Real clusters only. */
  readonly ttl?: number;
  /** How a family made now is compressed; not at all by default. Real clusters only. */
  readonly compression?: Compression;
}

/** HBase's own words for its codecs, in lower case; those but gz need native libraries on its servers. */
export const COMPRESSIONS = ['none', 'gz', 'snappy', 'lz4', 'zstd'] as const;
export type Compression = (typeof COMPRESSIONS)[number];

/** How many versions a family keeps that was made without saying. */
export const DEFAULT_VERSIONS = 3;

/** A cluster, embedded or real. */
export interface HBaseCluster {
  /**
   * Whether a cell without a time must be given one before it is put: a real server would give each try another, and so
   * keep a version of each.
   */
  readonly needsTimes?: boolean;
  /**
   * Opens a table.
   * @throws {SettingError} if there is none and `createTable` is off
   * @throws {StoreError} if the cluster cannot be reached
   */
  open(table: string, options: TableOptions): Promise<HBaseTable>;
  /** The names of its tables, in order. */
  tableNames?(): Promise<string[]>;
  /** Ends its connections; what is under way fails. */
  close?(): void;
}
