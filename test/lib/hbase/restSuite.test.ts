import { RestHBase } from '../../../lib/hbase/rest/cluster';
import { HBaseSink } from '../../../lib/hbase/sink';
import { FakeHBase, newest } from '../../support/fakeHBase';
import type { SinkServer, SuiteOptions, SuiteRecord, SuiteSink } from '../../support/sinkAdapter';
import { sinkSuite } from '../../support/sinkSuite';

sinkSuite('hbase sink on a REST gateway', {
  answersRows: false,
  start: async () => {
    const server = new Gateway();
    await server.start();
    return server;
  },
});

class Gateway extends FakeHBase implements SinkServer {
  readonly #clusters: RestHBase[] = [];

  sink({ timeout, ...options }: SuiteOptions): SuiteSink {
    const cluster = new RestHBase({ url: this.url, user: '', password: '', timeout });
    this.#clusters.push(cluster);
    const settings = { table: 't', createTable: true, rowKey: '{{id}}', columns: { 'd:text': 'text' } };
    return new HBaseSink(cluster, settings, options);
  }

  stored(): Promise<readonly SuiteRecord[]> {
    const rows = [...(this.tables.get('t')?.rows ?? [])];
    return Promise.resolve(rows.map(([id, cells]) => ({ id, text: String(newest([...cells.values()])[0]?.value) })));
  }

  async goAway(): Promise<void> {
    await super.stop();
  }

  async comeBack(): Promise<void> {
    await this.start();
  }

  override async stop(): Promise<void> {
    for (const cluster of this.#clusters) cluster.close();
    await super.stop();
  }
}
