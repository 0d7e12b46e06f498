import { RecordError, SettingError, messageOf } from '../core/errors';
import { parsePath } from '../core/paths';
import { type Rejection, recordStep } from '../core/records';
import type { Contributor } from '../delivery/participant';
import { type Clock, systemClock } from '../sinks/clock';
import type { Store } from '../store/store';
import { type ExtractEntry, type ExtractMode, ExtractTable } from './extractTable';
import { type Flatten, type Row, compileKey, compileRows } from './rows';
import { openSnapshot } from './snapshot';
import type { ExtractWriter } from './writer';

/** So many columns no extract has; records whose keys are data would make ever more. */
const MOST_COLUMNS = 1_000;

/** tableau-export's settings. */
export interface ExportSettings {
  /** Paths of the columns; empty for all, see `compileRows`. */
  readonly fields: readonly string[];
  readonly mode: ExtractMode;
  /** Paths whose values tell records apart; `id` by default. Of use to `upsert` only. */
  readonly keyFields: readonly string[];
  /** Milliseconds between a change and its being written out. */
  readonly every: number;
}

export interface ExportOptions {
  readonly clock?: Clock;
  /** Told of each failure to write the table out; it is tried again. */
  readonly onError?: (error: unknown) => void;
  /** Told of the first time it is written after a failure. */
  readonly onRecovery?: () => void;
}

export interface ExportStatus {
  /** Records in the table. */
  readonly records: number;
  /** How many times it was written out. */
  readonly written: number;
  /** True if the table has changed since. */
  readonly changed: boolean;
  /** Why it could not be written; undefined once it could. */
  readonly lastError: string | undefined;
}

/** What became of the records of one message; as `Taken` of `hdfs/sink`. */
export interface Taken {
  readonly rejected: Rejection[];
  readonly safe: Promise<void> | undefined;
}

/** Keeps a table of what it is sent and writes it out whenever it has changed, at most once in `every`. */
export class TableauExport {
  readonly #table: ExtractTable;
  readonly #flatten: Flatten;
  readonly #key: ((record: Record<string, unknown>) => string) | undefined;
  readonly #columns: readonly string[];
  /** Where no fields are named, the columns met so far. */
  #met: Set<string>;
  #work: Promise<void> = Promise.resolve();
  #cancel: (() => void) | undefined;
  #writtenVersion: number;
  #written = 0;
  #lastError: string | undefined;

  /**
   * @param node the id of the node, whose table this is
   * @throws {SettingError} if a setting cannot be used
   */
  constructor(
    private readonly store: Store,
    node: string,
    private readonly writer: ExtractWriter,
    private readonly settings: ExportSettings,
    private readonly options: ExportOptions = {},
  ) {
    if (settings.every < 1) {
      throw new SettingError(`An extract cannot be written every ${settings.every} ms.`, {
        setting: 'every',
        remedy: 'Write a duration such as 10s.',
      });
    }
    this.#flatten = compileRows(settings.fields);
    this.#columns = settings.fields.map((path) => parsePath(path, 'fields').join('.'));
    this.#key =
      settings.mode === 'upsert'
        ? compileKey(settings.keyFields.length === 0 ? ['id'] : settings.keyFields)
        : undefined;
    this.#table = ExtractTable.of(store, node);
    this.#met = new Set(this.#table.columns);
    // A crash may have come between a commit and its being written out: begin by writing what there is.
    this.#writtenVersion = this.#table.count() === 0 ? this.#table.version : -1;
  }

  /** Begins to write out what changes. */
  start(): void {
    this.#cancel = (this.options.clock ?? systemClock).after(this.settings.every, () => {
      void this.writeOut().then(() => {
        if (this.#cancel !== undefined) this.start();
      });
    });
  }

  /** Takes the records of one message. With `overwrite` they replace the table, unless none of them can be used. */
  add(records: readonly unknown[], contributor: Contributor): Taken {
    const entries: ExtractEntry[] = [];
    if (this.settings.mode === 'overwrite') this.#met = new Set();
    const { rejected } = recordStep((record) => {
      const entry = { key: this.#key?.(record), rows: this.#flatten(record) };
      if (this.#columns.length === 0) this.#meet(entry.rows);
      entries.push(entry);
    })(records);
    const useless = entries.length === 0 && (this.settings.mode !== 'overwrite' || rejected.length > 0);
    return {
      rejected,
      safe: useless ? undefined : this.#table.add({ mode: this.settings.mode, entries }, contributor),
    };
  }

  /** Writes the table now if it has changed. A failure is told by `status`, and the next time tries again. */
  writeOut(): Promise<void> {
    this.#work = this.#work.then(() => this.#write());
    return this.#work;
  }

  status(): ExportStatus {
    return {
      records: this.#table.count(),
      written: this.#written,
      changed: this.#table.version !== this.#writtenVersion,
      lastError: this.#lastError,
    };
  }

  /** Writes the table if it has changed, and ends. */
  async close(): Promise<void> {
    this.#cancel?.();
    this.#cancel = undefined;
    await this.writeOut();
  }

  /** Forgets the table, for a node that was deleted. The file stays. */
  forget(): void {
    this.store.transaction(() => this.#table.forget());
  }

  #meet(rows: readonly Row[]): void {
    for (const row of rows) {
      for (const column of Object.keys(row)) {
        if (this.#met.has(column)) continue;
        if (this.#met.size >= MOST_COLUMNS) throw tooManyColumns(column);
        this.#met.add(column);
      }
    }
  }

  async #write(): Promise<void> {
    const { version } = this.#table;
    if (version === this.#writtenVersion) return;
    try {
      const columns = this.#columns.length > 0 ? this.#columns : this.#table.columns;
      const snapshot = openSnapshot(this.store.file, this.#table.node);
      try {
        await this.writer.write(snapshot.rows, columns);
      } finally {
        snapshot.close();
      }
      this.#writtenVersion = version;
      this.#written++;
      if (this.#lastError === undefined) return;
      this.#lastError = undefined;
      this.options.onRecovery?.();
    } catch (thrown) {
      this.#lastError = messageOf(thrown);
      this.options.onError?.(thrown);
    }
  }
}

function tooManyColumns(column: string): RecordError {
  return new RecordError(
    `The record has a field "${column.slice(0, 40)}", and the extract ${MOST_COLUMNS} columns already.`,
    {
      setting: 'fields',
      remedy: 'Name the fields to write.',
    },
  );
}
