import { once } from 'node:events';
import http from 'node:http';
import { ElasticsearchCluster } from '../../lib/elasticsearch/cluster';
import { indexTemplateOf, install } from '../../lib/elasticsearch/indexTemplate';
import { ElasticsearchSink } from '../../lib/elasticsearch/sink';
import { startOpenSearch } from '../../test/services/support/elasticsearch';
import { type Subject, type Taken, measure } from '../measure';
import { BATCH, batchesOf, kindsOfPosts } from '../posts';
import { FIGURE_HEAD, figureCells, printTable } from '../table';

const POSTS = 20_000;
const REPETITIONS = 5;
/** Messages in the flow at once. */
const IN_FLIGHT = 8;

type Batches = readonly (readonly object[])[];
/** Writes batches into an index. */
type Writer = (batches: Batches, index: string) => Promise<void>;

/** Measures the sink into a real OpenSearch beside a bare loop of the same `_bulk` requests, one after the other. */
export async function benchElasticsearch(): Promise<void> {
  const [{ records } = { records: [] }] = kindsOfPosts();
  const batches = batchesOf(records.slice(0, POSTS), BATCH);
  const server = await startOpenSearch();
  const cluster = new ElasticsearchCluster({ url: server.url, user: '', password: '', apiKey: '' });
  const agent = new http.Agent({ keepAlive: true });
  try {
    const template = indexTemplateOf({ index: 'bench-{{n}}', dataStream: false, shards: 1, replicas: 0 });
    await install(cluster, template, 'bench-0');
    const figures = await measure(
      [
        subject('elasticsearch-sink', batches, server.documents, (all, index) => bySink(cluster, all, index)),
        subject('bare loop', batches, server.documents, bareLoop(server.url, agent)),
      ],
      REPETITIONS,
    );
    const [, bare] = figures;
    const rows = figures.map((figure) => [
      figure.name,
      ...figureCells(figure),
      bare === undefined || figure === bare ? '' : `${(figure.rate / bare.rate).toFixed(2)}x`,
    ]);
    printTable(
      `Documents into OpenSearch, ${BATCH} in a request`,
      ['', ...FIGURE_HEAD, 'rate: of the bare loop'],
      rows,
    );
  } finally {
    agent.destroy();
    cluster.close();
    await server.stop();
  }
}

interface Counting {
  count(index: string): Promise<number>;
  ask(method: string, path: string): Promise<unknown>;
}

let rounds = 0;

/** Each round writes into an index of its own, whose documents are counted. */
function subject(name: string, batches: Batches, documents: Counting, write: Writer): Subject {
  const round = async (): Promise<Taken> => {
    const index = `bench-${++rounds}`;
    const cpu = process.cpuUsage();
    const began = performance.now();
    await write(batches, index);
    const seconds = (performance.now() - began) / 1_000;
    const { user, system } = process.cpuUsage(cpu);
    const posts = await documents.count(index);
    const sent = batches.reduce((sum, { length }) => sum + length, 0);
    if (posts !== sent) throw new Error(`${name}: ${sent} posts, but ${posts} were stored`);
    await documents.ask('DELETE', `/${index}`);
    return { posts, seconds, cpuSeconds: (user + system) / 1e6 };
  };
  return { name, round };
}

async function bySink(cluster: ElasticsearchCluster, batches: Batches, index: string): Promise<void> {
  const settings = { index, documentId: '{{id}}', dataStream: false, timestamp: '', createTemplate: false };
  const sink = new ElasticsearchSink(cluster, { ...settings, shards: 1, replicas: 0 }, { maxBatch: BATCH, linger: 20 });
  const inFlight: Promise<void>[] = [];
  for (const batch of batches) {
    inFlight.push(
      sink.add(batch).then(([refused]) => {
        if (refused !== undefined) throw new Error(`a post was refused: ${refused.error.message}`);
      }),
    );
    if (inFlight.length >= IN_FLIGHT) await inFlight.shift();
  }
  await Promise.all(inFlight);
  await sink.close(1_000);
}

function bareLoop(url: string, agent: http.Agent): Writer {
  const headers = { 'Content-Type': 'application/x-ndjson' };
  const wanted = 'errors,items.*.status,items.*.error.type,items.*.error.reason,items.*.error.caused_by';
  const path = `/_bulk?timeout=20s&filter_path=${wanted}`;
  return async (batches, index) => {
    for (const batch of batches) {
      let body = '';
      for (const post of batch as readonly { readonly id: string }[])
        body += `{"index":{"_index":"${index}","_id":"${post.id}"}}\n${JSON.stringify(post)}\n`;
      const request = http.request(`${url}${path}`, { method: 'POST', agent, headers });
      request.end(body);
      const [response] = (await once(request, 'response')) as [http.IncomingMessage];
      let answer = '';
      for await (const chunk of response) answer += String(chunk);
      if (!answer.startsWith('{"errors":false')) throw new Error(`the server answered ${answer.slice(0, 200)}`);
    }
  };
}
