import { ElasticsearchCluster } from '../../../lib/elasticsearch/cluster';
import { ElasticsearchSink } from '../../../lib/elasticsearch/sink';
import type { SinkServer, SuiteOptions, SuiteRecord, SuiteSink } from '../../support/sinkAdapter';
import { sinkSuite } from '../../support/sinkSuite';
import { FakeServer } from './server';
import { SETTINGS } from './settings';

sinkSuite('the Elasticsearch sink', {
  answersRows: true,
  start: async (): Promise<SinkServer> => {
    const server = await FakeServer.start();
    const clusters: ElasticsearchCluster[] = [];
    return Object.assign(server, {
      sink: ({ timeout, ...options }: SuiteOptions): SuiteSink => {
        const cluster = new ElasticsearchCluster({ url: server.url, user: '', password: '', apiKey: '', timeout });
        clusters.push(cluster);
        return new ElasticsearchSink(cluster, SETTINGS, options);
      },
      stored: (): Promise<SuiteRecord[]> =>
        Promise.resolve([...server.documents.values()].map(({ source }) => source as unknown as SuiteRecord)),
      stop: async (): Promise<void> => {
        for (const each of clusters) each.close();
        await FakeServer.prototype.stop.call(server);
      },
    });
  },
});
