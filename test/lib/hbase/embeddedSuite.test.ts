import { EmbeddedHBase } from '../../../lib/hbase/embedded';
import { HBaseSink } from '../../../lib/hbase/sink';
import type { HBaseCluster, HBaseTable, PutRow } from '../../../lib/hbase/table';
import type { SinkServer, SuiteOptions, SuiteRecord, SuiteSink } from '../../support/sinkAdapter';
import { sinkSuite } from '../../support/sinkSuite';
import { TestStore } from '../../support/store';
import { ToldServer } from '../../support/toldServer';

sinkSuite('hbase sink on embedded tables', {
  answersRows: true,
  start: () => Promise.resolve(new EmbeddedServer()),
});

/** Embedded tables behind a server that does as it is told. */
class EmbeddedServer extends ToldServer implements SinkServer {
  readonly #store = new TestStore();
  readonly #hbase = new EmbeddedHBase(this.#store.store, 'c');

  constructor() {
    super(true);
  }

  sink({ timeout, ...options }: SuiteOptions): SuiteSink {
    const cluster: HBaseCluster = {
      open: async (name, how) => {
        const table = await this.#hbase.open(name, how);
        const put = (rows: readonly PutRow[]): ReturnType<HBaseTable['put']> => this.#put(table, rows, timeout);
        return { put } as unknown as HBaseTable;
      },
    };
    const settings = { table: 't', createTable: true, rowKey: '{{id}}', columns: { 'd:text': 'text' } };
    return new HBaseSink(cluster, settings, options);
  }

  async stored(): Promise<readonly SuiteRecord[]> {
    const table = await this.#hbase.open('t', { createTable: true, families: ['d'] });
    const records: SuiteRecord[] = [];
    for await (const { row, cells } of table.scan()) records.push({ id: row, text: String(cells[0]?.value) });
    return records;
  }

  override async stop(): Promise<void> {
    await super.stop();
    this.#store.dispose();
  }

  #put(table: HBaseTable, rows: readonly PutRow[], timeout: number): ReturnType<HBaseTable['put']> {
    return this.write(
      rows.map(({ row }) => row),
      timeout,
      async (taken) => {
        await table.put(rows.filter((_, index) => taken.includes(index)));
      },
    );
  }
}
