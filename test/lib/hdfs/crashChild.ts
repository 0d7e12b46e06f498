// A process that carries numbered records from a source into rolled files and kills itself on the way: the n-th time it
// comes to a given step. Given an address, it writes over WebHDFS. Run by crash.test.ts, again and again until all
// records are through.
import { join } from 'node:path';
import type { Content, FileSystem } from '../../../lib/hdfs/fileSystem';
import { LocalFileSystem } from '../../../lib/hdfs/local';
import { HdfsSink } from '../../../lib/hdfs/sink';
import { WebHdfs } from '../../../lib/hdfs/webhdfs/webHdfs';
import { NodeState } from '../../../lib/store/nodeState';
import { Store } from '../../../lib/store/store';
import { Message, commit } from '../sinks/commits';

const [directory = '', total = '0', step = '', after = '0', url = ''] = process.argv.slice(2);
let left = Number(after);

function mayDie(here: string): void {
  if (here === step && left-- === 0) process.kill(process.pid, 'SIGKILL');
}

async function* dyingInside(chunks: Content): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    const half = chunk.byteLength >> 1;
    yield chunk.subarray(0, half);
    mayDie('half written');
    yield chunk.subarray(half);
  }
}

const inner: FileSystem =
  url === ''
    ? new LocalFileSystem(join(directory, 'files'))
    : new WebHdfs({ url, user: 'ann', token: '', root: '/files', timeout: 5_000 });
const fileSystem: FileSystem = {
  writeTemporary: async (path, content) => {
    mayDie('planned');
    const temporary = await inner.writeTemporary(path, () => dyingInside(content()));
    mayDie('written');
    return temporary;
  },
  rename: async (from, to) => {
    mayDie('renaming');
    await inner.rename(from, to);
    mayDie('renamed');
  },
  exists: (path) => inner.exists(path),
  sweep: (path) => inner.sweep(path),
  close: () => inner.close(),
};

async function main(): Promise<void> {
  const store = new Store(join(directory, 'store.db'));
  const source = new NodeState(store, 'source');
  const settings = {
    path: 'g={{group}}',
    format: 'csv',
    fields: ['id', 'text'],
    rollSize: 400,
    rollEvery: 60_000,
  } as const;
  const sink = new HdfsSink(store, 'sink', fileSystem, settings);
  void sink.start();
  for (let position = Number(source.get('position') ?? 0); position < Number(total);) {
    const messages: Message[] = [];
    for (let each = 0; each < 3; each++, position += 5) {
      const message = new Message();
      const records = Array.from({ length: 5 }, (_, index) => position + index).map((id) => ({
        id,
        group: id % 2,
        text: 'x'.repeat(id % 7),
      }));
      sink.add(records, message);
      messages.push(message);
    }
    const next = position;
    commit(store, messages, () => {
      source.put('position', String(next));
      mayDie('committing');
    });
    mayDie('committed');
    // No faster than files are finished: with two open at a time, one of them is due from here on.
    do await new Promise((resolve) => setImmediate(resolve));
    while (sink.status().bytes >= 2 * settings.rollSize);
  }
  await sink.close();
  mayDie('closed');
  store.close();
}

void main();
