import { type Held, runOnServers, unsalted } from '../../flows/realServers';
import { temporaryFolder } from '../../support/store';
import { type OpenSearch, startOpenSearch } from '../support/elasticsearch';
import { type HBase, startHBase } from '../support/hbase';
import { type Hdfs, startHdfs } from '../support/hdfs';
import { type KafkaCluster, startKafka } from '../support/kafka';

describe('the example on real servers, on Kafka, HBase, HDFS and OpenSearch', function () {
  this.timeout(420_000);
  const folder = temporaryFolder();
  let kafka: KafkaCluster;
  let hbase: HBase;
  let hdfs: Hdfs;
  let search: OpenSearch;
  before(async () => {
    kafka = await startKafka({ brokers: 1 });
    hbase = await startHBase();
    hdfs = await startHdfs();
    search = await startOpenSearch();
  });
  after(async () => {
    const started: readonly ({ stop(): Promise<void> } | undefined)[] = [kafka, hbase, hdfs, search];
    for (const each of started) await each?.stop();
    folder.remove();
  });

  it('has the same posts and windows in the topics, in HBase, in OpenSearch and in HDFS, each once', () =>
    runOnServers({
      addresses: {
        'kafka-cluster': { brokers: kafka.addresses.plain.join(', ') },
        'hbase-cluster': { url: hbase.urls.join(', ') },
        'hdfs-cluster': { url: hdfs.url },
        'elasticsearch-cluster': { url: search.url },
      },
      home: folder.path,
      posts: () => held('tweets', 'posts', 'posts-*'),
      windows: () => held('hashtag-windows', 'hashtag-windows', 'hashtag-windows*'),
      lines: async () => {
        const root = `/user/${hdfs.user}/pulseflow/tweets`;
        const files = await hdfs.files.tree(root);
        const texts = await Promise.all(files.map(async ({ path }) => (await hdfs.files.read(path)).toString()));
        return texts.flatMap((text) => text.split('\n').slice(0, -1));
      },
    }));

  async function held(topic: string, table: string, index: string): Promise<Held> {
    const isThere = (await hbase.tables().names()).includes(table);
    const rows = isThere ? await hbase.tables().rows(table) : [];
    if (rows.length === 0) return { topic: [], rows: [], documents: [] };
    const documents = await search.documents.all(index);
    const records = await kafka.read(topic);
    return {
      topic: records.map(({ value }) => (JSON.parse(value ?? '') as { id: string }).id),
      rows: rows.map(({ key }) => unsalted(key)),
      documents: documents.map(({ id }) => id),
    };
  }
});
