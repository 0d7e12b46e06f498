import { once } from 'node:events';
import http from 'node:http';
import { encodeCellSet } from '../../lib/hbase/rest/cellSet';
import { RestHBase } from '../../lib/hbase/rest/cluster';
import { compileRows } from '../../lib/hbase/rows';
import { HBaseSink } from '../../lib/hbase/sink';
import type { PutRow } from '../../lib/hbase/table';
import { startHBase } from '../../test/services/support/hbase';
import { type Subject, type Taken, measure } from '../measure';
import { BATCH, batchesOf, kindsOfPosts } from '../posts';
import { FIGURE_HEAD, figureCells, printTable } from '../table';

const POSTS = 20_000;
const REPETITIONS = 3;
/** Messages in the flow at once. */
const IN_FLIGHT = 8;
const TABLE = 'bench';
const SETTINGS = {
  ...{ table: TABLE, createTable: true, rowKey: '{{id}}', timestamp: 'created_at' },
  columns: { 'd:text': 'text', 'd:created_at': 'created_at', 'd:lang': 'lang', 'd:id': 'id' },
};

type Batches = readonly (readonly object[])[];
type Encode = (rows: readonly PutRow[]) => Uint8Array;

/** Measures the sink into a real HBase beside bare loops of the same puts, one after the other, in protobuf and in JSON. */
export async function benchHBase(): Promise<void> {
  const [{ records } = { records: [] }] = kindsOfPosts();
  const batches = batchesOf(records.slice(0, POSTS), BATCH);
  const server = await startHBase();
  const [url = ''] = server.urls;
  const cluster = new RestHBase({ url, user: '', password: '', timeout: 30_000 });
  const agent = new http.Agent({ keepAlive: true });
  try {
    await cluster.open(TABLE, { createTable: true, families: ['d'] });
    const figures = await measure(
      [
        subject('hbase-sink', batches, () => bySink(cluster, batches)),
        subject('bare loop, protobuf', batches, () => bareLoop(url, agent, batches, PROTOBUF, encodeCellSet)),
        subject('bare loop, JSON', batches, () => bareLoop(url, agent, batches, 'application/json', asJson)),
      ],
      REPETITIONS,
    );
    const stored = (await server.tables().rows(TABLE)).length;
    const sent = new Set(batches.flat().map((post) => (post as { id: string }).id)).size;
    if (stored !== sent) throw new Error(`${sent} posts were put, but ${stored} are stored`);
    const [, bare] = figures;
    const rows = figures.map((figure) => [
      figure.name,
      ...figureCells(figure),
      bare === undefined || figure === bare ? '' : `${(figure.rate / bare.rate).toFixed(2)}x`,
    ]);
    printTable(
      `Posts into HBase, ${BATCH} rows of 4 cells in a request`,
      ['', ...FIGURE_HEAD, 'rate: of protobuf'],
      rows,
    );
  } finally {
    agent.destroy();
    cluster.close();
    await server.stop();
  }
}

const PROTOBUF = 'application/x-protobuf';

function subject(name: string, batches: Batches, write: () => Promise<void>): Subject {
  const posts = batches.reduce((sum, { length }) => sum + length, 0);
  const round = async (): Promise<Taken> => {
    const cpu = process.cpuUsage();
    const began = performance.now();
    await write();
    const seconds = (performance.now() - began) / 1_000;
    const { user, system } = process.cpuUsage(cpu);
    return { posts, seconds, cpuSeconds: (user + system) / 1e6 };
  };
  return { name, round };
}

async function bySink(cluster: RestHBase, batches: Batches): Promise<void> {
  const sink = new HBaseSink(cluster, SETTINGS, { maxBatch: BATCH, linger: 5 });
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

async function bareLoop(url: string, agent: http.Agent, batches: Batches, type: string, encode: Encode): Promise<void> {
  const { row } = compileRows(SETTINGS);
  for (const batch of batches) {
    const body = encode(batch.map((post) => row(post)));
    const headers = { 'Content-Type': type, 'Content-Length': String(body.length) };
    const request = http.request(`${url}/${TABLE}/rows`, { method: 'PUT', agent, headers });
    request.end(body);
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    response.resume();
    await once(response, 'end');
    if (response.statusCode !== 200) throw new Error(`the gateway answered ${response.statusCode ?? ''}`);
  }
}

function asJson(rows: readonly PutRow[]): Buffer {
  const base64 = (value: string | Buffer): string => Buffer.from(value as string).toString('base64');
  const Row = rows.map(({ row, cells }) => ({
    key: base64(row),
    Cell: cells.map(({ column, timestamp, value }) => ({ column: base64(column), timestamp, $: base64(value) })),
  }));
  return Buffer.from(JSON.stringify({ Row }));
}
