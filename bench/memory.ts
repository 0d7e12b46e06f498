import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { ElasticsearchCluster } from '../lib/elasticsearch/cluster';
import { ElasticsearchSink } from '../lib/elasticsearch/sink';
import { RestHBase } from '../lib/hbase/rest/cluster';
import { HBaseSink } from '../lib/hbase/sink';
import { BATCH, batchesOf, kindsOfPosts } from './posts';
import { printTable, whole } from './table';

const MILLION = 1_000_000;
const MILLIONS = 10;
/** Messages in the flow at once. */
const IN_FLIGHT = 8;

interface Target {
  readonly name: string;
  add(records: readonly object[]): Promise<readonly unknown[]>;
  close(): Promise<void>;
}

/** Puts ten million posts over HTTP to a server in another process that keeps nothing, and looks at the memory here. */
export async function benchMemory(): Promise<void> {
  const [{ records } = { records: [] }] = kindsOfPosts();
  const batches = batchesOf(records, BATCH).filter(({ length }) => length === BATCH);
  const server = fork(join(__dirname, 'stores', 'discardServer.js'));
  try {
    const [url] = (await once(server, 'message')) as [string];
    const rows: string[][] = [];
    for (const target of [hbase(url), elasticsearch(url)]) rows.push(...(await tenMillion(target, batches)));
    printTable(
      'Ten million posts of four fields to a server that discards them',
      ['after', 'posts/s since', 'live heap, MB', 'resident, MB'],
      rows,
    );
  } finally {
    server.kill();
  }
}

async function tenMillion(target: Target, batches: readonly (readonly object[])[]): Promise<string[][]> {
  const rows: string[][] = [];
  let next = 0;
  for (let million = 1; million <= MILLIONS; million++) {
    const began = performance.now();
    const end = next + MILLION / BATCH;
    const lane = async (): Promise<void> => {
      while (next < end) {
        const batch = batches[next++ % batches.length] ?? [];
        const refused = await target.add(batch);
        if (refused.length > 0) throw new Error(`${target.name}: ${refused.length} posts were refused`);
      }
    };
    await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
    const rate = MILLION / ((performance.now() - began) / 1_000);
    if (million === 1 || million % 3 === 1) rows.push([`${target.name}: ${million} million`, ...figures(rate)]);
  }
  await target.close();
  return rows;
}

function figures(rate: number): string[] {
  (globalThis as { gc?: () => void }).gc?.();
  const { heapUsed, rss } = process.memoryUsage();
  return [whole(rate), (heapUsed / 1e6).toFixed(1), (rss / 1e6).toFixed(0)];
}

function hbase(url: string): Target {
  const cluster = new RestHBase({ url, user: '', password: '', timeout: 30_000 });
  const columns = { 'd:text': 'text', 'd:created_at': 'created_at', 'd:lang': 'lang', 'd:id': 'id' };
  const settings = { table: 'bench', createTable: false, rowKey: '{{id}}', timestamp: 'created_at', columns };
  const sink = new HBaseSink(cluster, settings, { maxBatch: BATCH, linger: 5 });
  return {
    name: 'hbase-sink',
    add: (records) => sink.add(records),
    async close() {
      await sink.close(1_000);
      cluster.close();
    },
  };
}

function elasticsearch(url: string): Target {
  const cluster = new ElasticsearchCluster({ url, user: '', password: '', apiKey: '' });
  const index = { index: 'bench', documentId: '{{id}}', dataStream: false, shards: 1, replicas: 0 };
  const settings = { ...index, createTemplate: false, timestamp: '' };
  const sink = new ElasticsearchSink(cluster, settings, { maxBatch: BATCH, linger: 5 });
  return {
    name: 'elasticsearch-sink',
    add: (records) => sink.add(records),
    async close() {
      await sink.close(1_000);
      cluster.close();
    },
  };
}
