import { RecordError } from '../core/errors';
import type { Rejection } from '../core/records';
import { recordStep, reject } from '../core/records';
import { Batcher, type BatcherOptions, type BatcherStatus } from '../sinks/batcher';
import { type RowSettings, type RowCompiler, compileRows } from './rows';
import { checkTableName } from './names';
import type { HBaseCluster, HBaseTable, PutRow, TableOptions } from './table';

/** hbase-sink's settings. */
export interface HBaseSinkSettings extends RowSettings, Omit<TableOptions, 'families'> {
  readonly table: string;
}

/** Puts records into a table of a cluster, through a batcher. */
export class HBaseSink {
  readonly #compiler: RowCompiler;
  readonly #batcher: Batcher<PutRow>;
  #table: Promise<HBaseTable> | undefined;

  /** @throws {SettingError} if a setting cannot be used */
  constructor(
    private readonly cluster: HBaseCluster,
    private readonly settings: HBaseSinkSettings,
    options: Omit<BatcherOptions, 'name'>,
    private readonly now: () => number = Date.now,
  ) {
    checkTableName(settings.table);
    this.#compiler = compileRows(settings);
    this.#batcher = new Batcher(
      { write: (rows) => this.#write(rows), size: sizeOf, key: ({ row }) => row },
      { ...options, name: `HBase table "${settings.table}"` },
    );
  }

  /**
   * Puts the records of one message.
   * @param times when each record came to be, in milliseconds since 1970, where that is known: the time of its cells
   *   unless a setting says otherwise
   * @returns resolves once each record is safe or refused, with those refused
   * @throws {PulseflowError} if they could not be stored; putting them again changes nothing for those that were
   */
  async add(records: readonly unknown[], times: readonly (number | undefined)[] = []): Promise<Rejection[]> {
    // Fixed here, once, so that every try puts the same version.
    const now = this.cluster.needsTimes === true ? this.now() : undefined;
    const kept: unknown[] = [];
    const rows: PutRow[] = [];
    const { rejected } = recordStep((record, _, index) => {
      rows.push(this.#compiler.row(record, times[index] ?? now));
      kept.push(record);
    })(records);
    const results = await this.#batcher.add(rows);
    results.forEach((error, at) => {
      if (error !== undefined) rejected.push(reject(kept[at], error));
    });
    return rejected;
  }

  status(): BatcherStatus {
    return this.#batcher.status();
  }

  /** Writes what is waiting, for at most `limit` milliseconds. */
  close(limit: number): Promise<void> {
    return this.#batcher.close(limit);
  }

  async #write(rows: readonly PutRow[]): ReturnType<HBaseTable['put']> {
    const table = (this.#table ??= this.cluster.open(this.settings.table, {
      ...this.settings,
      families: this.#compiler.families,
    }));
    try {
      return await (await table).put(rows);
    } catch (thrown) {
      // Opened again by the next write: the table may have been deleted or made meanwhile.
      if (!(thrown instanceof RecordError) && this.#table === table) this.#table = undefined;
      throw thrown;
    }
  }
}

/** About as many bytes as the row takes in a request. */
function sizeOf({ row, cells }: PutRow): number {
  let size = row.length + 8;
  for (const { column, value } of cells) size += column.length + value.length + 24;
  return size;
}
