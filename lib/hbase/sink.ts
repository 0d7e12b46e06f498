import type { Rejection } from '../core/records';
import { recordStep, reject } from '../core/records';
import { Batcher, type BatcherOptions, type BatcherStatus } from '../sinks/batcher';
import { type RowSettings, type RowCompiler, compileRows } from './rows';
import { checkTableName } from './names';
import type { HBaseCluster, HBaseTable, PutRow } from './table';

/** hbase-sink's settings. */
export interface HBaseSinkSettings extends RowSettings {
  readonly table: string;
  readonly createTable: boolean;
}

/** Puts records into a table of a cluster, through a batcher. */
export class HBaseSink {
  readonly #compiler: RowCompiler;
  readonly #batcher: Batcher<PutRow>;
  #table: HBaseTable | undefined;

  /** @throws {SettingError} if a setting cannot be used */
  constructor(
    private readonly cluster: HBaseCluster,
    private readonly settings: HBaseSinkSettings,
    options: Omit<BatcherOptions, 'name'>,
  ) {
    checkTableName(settings.table);
    this.#compiler = compileRows(settings);
    this.#batcher = new Batcher(
      { write: (rows) => this.#write(rows) },
      { ...options, name: `HBase table "${settings.table}"` },
    );
  }

  /**
   * Puts the records of one message.
   * @returns resolves once each record is safe or refused, with those refused
   * @throws {PulseflowError} if they could not be stored; putting them again changes nothing for those that were
   */
  async add(records: readonly unknown[]): Promise<Rejection[]> {
    const kept: unknown[] = [];
    const rows: PutRow[] = [];
    const { rejected } = recordStep((record) => {
      rows.push(this.#compiler.row(record));
      kept.push(record);
    })(records);
    const results = await this.#batcher.add(rows);
    results.forEach((error, index) => {
      if (error !== undefined) rejected.push(reject(kept[index], error));
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
    // Opened by the first write and again after a failure: the table may be made, or the cluster come up, meanwhile.
    const { createTable } = this.settings;
    this.#table ??= await this.cluster.open(this.settings.table, { createTable, families: this.#compiler.families });
    return this.#table.put(rows);
  }
}
