import { join } from 'node:path';
import { FakeServer } from '../lib/elasticsearch/server';
import { FakeHBase } from '../support/fakeHBase';
import { FakeWebHdfs } from '../support/fakeWebHdfs';
import { temporaryFolder } from '../support/store';
import { Peek } from './peek';
import { type Held, type Servers, runOnServers, unsalted } from './realServers';

/** The same on the servers themselves is in test/services/pipeline. */
describe('the example on real servers, on stand-ins that speak their protocols', function () {
  this.timeout(180_000);
  const folder = temporaryFolder();
  const hbase = new FakeHBase();
  const hdfs = new FakeWebHdfs();
  let search: FakeServer;
  before(async () => {
    await Promise.all([hbase.start(), hdfs.start()]);
    search = await FakeServer.start();
  });
  after(async () => {
    await Promise.all([hbase.stop(), hdfs.stop(), search.stop()]);
    folder.remove();
  });

  it('has the same posts and windows in the topics, in HBase, in Elasticsearch and in files, each once', async () => {
    const peek = new Peek(join(folder.path, 'pulseflow', 'pulseflow.db'));
    const held = (topic: string, index: RegExp): Promise<Held> =>
      Promise.resolve({
        topic: peek.values<{ id: string }>(topic).map(({ id }) => id),
        rows: [...(hbase.tables.get(topic === 'tweets' ? 'posts' : topic)?.rows.keys() ?? [])].map(unsalted),
        documents: [...search.documents.values()].filter((each) => index.test(each.index)).map(({ id }) => id),
      });
    const servers: Servers = {
      addresses: {
        // No stand-in speaks Kafka's protocol: the embedded log takes its place.
        'kafka-cluster': { mode: 'embedded' },
        'hbase-cluster': { url: hbase.url },
        'hdfs-cluster': { url: hdfs.url },
        'elasticsearch-cluster': { url: search.url },
      },
      home: folder.path,
      posts: () => held('tweets', /^posts-\d{4}\.\d\d$/u),
      windows: () => held('hashtag-windows', /^hashtag-windows$/u),
      lines: () =>
        Promise.resolve([...hdfs.files.values()].flatMap((file) => file.toString().split('\n').slice(0, -1))),
    };
    await runOnServers(servers);
  });
});
