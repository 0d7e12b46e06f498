import { once } from 'node:events';
import http from 'node:http';
import { HdfsSink } from '../../lib/hdfs/sink';
import { WebHdfs } from '../../lib/hdfs/webhdfs/webHdfs';
import { type Hdfs, startHdfs } from '../../test/services/support/hdfs';
import { Drive } from '../drive';
import { type Subject, type Taken, measure } from '../measure';
import { BATCH, batchesOf, kindsOfPosts } from '../posts';
import { FIGURE_HEAD, figureCells, printTable } from '../table';

const POSTS = 40_000;
const REPETITIONS = 3;
const FILE_SIZE = 2 ** 20;
const NEVER = 1e12;

type Batches = readonly (readonly object[])[];
/** Writes batches into files of a folder. */
type Writer = (batches: Batches, folder: string) => Promise<void>;

/** Measures the sink into a real HDFS beside a bare loop that writes files as large and renames them, one after the other. */
export async function benchHdfs(): Promise<void> {
  const [{ records } = { records: [] }] = kindsOfPosts();
  const batches = batchesOf(records.slice(0, POSTS), BATCH);
  const server = await startHdfs();
  const drive = new Drive();
  const agent = new http.Agent({ keepAlive: true });
  try {
    const figures = await measure(
      [
        subject('hdfs-sink, NDJSON', batches, server, bySink(drive, server, 'none')),
        subject('hdfs-sink, NDJSON, gzip', batches, server, bySink(drive, server, 'gzip')),
        subject('bare loop, NDJSON', batches, server, bareLoop(server, agent)),
      ],
      REPETITIONS,
    );
    const bare = figures.at(-1);
    const bytes = linesOf(batches.flat()).length / batches.flat().length;
    const rows = figures.map((figure) => [
      figure.name,
      ...figureCells(figure),
      ((figure.rate * bytes) / 2 ** 20).toFixed(1),
      bare === undefined || figure === bare ? '' : `${(figure.rate / bare.rate).toFixed(2)}x`,
    ]);
    printTable(
      `Posts into HDFS, files of ${FILE_SIZE / 2 ** 20} MB on two data nodes`,
      ['', ...FIGURE_HEAD, 'MB/s', 'rate: of the bare loop'],
      rows,
    );
  } finally {
    agent.destroy();
    drive.dispose();
    await server.stop();
  }
}

let rounds = 0;

/** Each round writes into a folder of its own, whose files are counted. */
function subject(name: string, batches: Batches, { files, user }: Hdfs, write: Writer): Subject {
  const round = async (): Promise<Taken> => {
    const folder = `/user/${user}/bench-${++rounds}`;
    const cpu = process.cpuUsage();
    const began = performance.now();
    await write(batches, folder);
    const seconds = (performance.now() - began) / 1_000;
    const { user: own, system } = process.cpuUsage(cpu);
    const tree = await files.tree(folder);
    const size = tree.reduce((sum, { length }) => sum + length, 0);
    const expected = linesOf(batches.flat()).length;
    const isWhole = tree.every(({ path }) => path.endsWith('.gz')) ? size > 0 : size === expected;
    if (!isWhole || tree.length < expected / FILE_SIZE / 2) {
      throw new Error(
        `${name}: ${expected} bytes in about ${expected / FILE_SIZE} files, but ${size} in ${tree.length}`,
      );
    }
    await files.ask('DELETE', 'DELETE', folder, { recursive: 'true' });
    return { posts: batches.flat().length, seconds, cpuSeconds: (own + system) / 1e6 };
  };
  return { name, round };
}

/** From a source, through the ledger's commit and the spool, into finished files. */
function bySink(drive: Drive, { url, user }: Hdfs, compress: 'none' | 'gzip'): Writer {
  return async (batches, root) => {
    const files = new WebHdfs({ url, user, token: '', root, timeout: 30_000 });
    const rolls = { rollSize: FILE_SIZE, rollEvery: NEVER, compress };
    const sink = new HdfsSink(drive.store, drive.fresh(), files, {
      path: 'posts',
      format: 'ndjson',
      fields: [],
      ...rolls,
    });
    await sink.start();
    await drive.run(batches, (batch, contributor) => sink.add(batch, contributor));
    await sink.close(NEVER);
    const { waiting, lastError = '' } = sink.status();
    if (waiting > 0) throw new Error(`${waiting} posts are in no file: ${lastError}`);
  };
}

/** CREATE at the name node, the bytes to the data node that it names, RENAME. */
function bareLoop({ url, user }: Hdfs, agent: http.Agent): Writer {
  return async (batches, folder) => {
    let pending: Buffer[] = [];
    let size = 0;
    let number = 0;
    const write = async (): Promise<void> => {
      const path = `${folder}/part-${++number}.ndjson`;
      const at = (file: string, op: string): string => `${url}/webhdfs/v1${file}?op=${op}&user.name=${user}`;
      const temporary = `${folder}/.part-${number}.tmp`;
      const { location = '' } = (await put(at(temporary, 'CREATE'), agent)).headers;
      await put(location, agent, Buffer.concat(pending));
      await put(`${at(temporary, 'RENAME')}&destination=${path}`, agent);
      [pending, size] = [[], 0];
    };
    for (const batch of batches) {
      const lines = linesOf(batch);
      pending.push(lines);
      size += lines.length;
      if (size >= FILE_SIZE) await write();
    }
    if (size > 0) await write();
  };
}

async function put(url: string, agent: http.Agent, body?: Buffer): Promise<http.IncomingMessage> {
  const request = http.request(url, { method: 'PUT', agent, headers: { 'Content-Type': 'application/octet-stream' } });
  request.end(body);
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  response.resume();
  await once(response, 'end');
  if ((response.statusCode ?? 500) >= 400) throw new Error(`HDFS answered ${response.statusCode ?? ''}`);
  return response;
}

function linesOf(batch: readonly unknown[]): Buffer {
  let text = '';
  for (const post of batch) text += `${JSON.stringify(post)}\n`;
  return Buffer.from(text);
}
