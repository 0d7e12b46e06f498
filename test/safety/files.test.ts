import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Rejection } from '../../lib/core/records';
import { Store, storeFile } from '../../lib/store/store';
import kafkaCluster from '../../nodes/kafka-cluster/kafka-cluster';
import kafkaIn from '../../nodes/kafka-in/kafka-in';
import kafkaOut from '../../nodes/kafka-out/kafka-out';
import twitterPoll from '../../nodes/twitter-poll/twitter-poll';
import { ERROR, NodeBench, type Saved, node } from '../support/nodes';
import { until } from '../support/until';

const CLUSTER: Saved = { id: 'c', type: 'kafka-cluster', partitions: 1 };

describe('safety: files and stores that are not as they should be', () => {
  let bench: NodeBench;
  beforeEach(() => (bench = new NodeBench([kafkaCluster, kafkaIn, kafkaOut, twitterPoll])));
  afterEach(() => bench.dispose());

  const replay = (name: string, content: string | Buffer): Promise<void> => {
    writeFileSync(join(bench.folder, name), content);
    return bench.run([
      node('poll', 'twitter-poll', { source: 'file', file: name, rate: 0 }, ['posts'], ['refused']),
      node('posts', 'probe'),
      node('refused', 'probe'),
    ]);
  };
  const ids = (): unknown[] => bench.recordsAt('posts').map((each) => (each as { id: unknown }).id);
  const refusals = (): Rejection[] => bench.recordsAt('refused') as Rejection[];
  const line = (id: string): string => `${JSON.stringify({ id, text: 'x' })}\n`;

  it('lines of a file that are not JSON: each is rejected with its number, the others come', async () => {
    await replay('posts.ndjson', `${line('1')}{"id": oops}\n${line('2')}\u0000\u0001\n${line('3')}`);
    await until(() => ids().length === 3 && refusals().length === 2, 'three posts and two rejections');
    assert.deepEqual(ids(), ['1', '2', '3']);
    assert.match(refusals()[0]?.error.message ?? '', /Line 2 of posts/u);
  });

  it('a file that is cut in the middle of a line', async () => {
    await replay('posts.ndjson', `${line('1')}${line('2').slice(0, -8)}`);
    await until(() => ids().length === 1 && refusals().length === 1, 'a post and a rejection');
    assert.match(refusals()[0]?.error.message ?? '', /Line 2 of posts/u);
  });

  it('a gzipped file that is cut short: what is in it comes, the end is rejected', async () => {
    const packed = gzipSync(Array.from({ length: 5000 }, (_, index) => line(`${index}-${Math.random()}`)).join(''));
    await replay('posts.ndjson.gz', packed.subarray(0, packed.length / 2));
    await until(
      () => refusals().some(({ error }) => /ends|cut|truncated/u.test(error.message)),
      () => JSON.stringify(refusals()),
    );
    assert.ok(ids().length > 1000);
  });

  it('a database file of garbage: the nodes say so, the runtime lives, the file is left as it is', async () => {
    const file = storeFile(bench.folder);
    mkdirSync(dirname(file), { recursive: true });
    const garbage = Buffer.alloc(8192, 'not a database ');
    writeFileSync(file, garbage);
    await bench.run([
      CLUSTER,
      node('write', 'kafka-out', { cluster: 'c', topic: 't' }, [], []),
      node('other', 'probe'),
    ]);
    assert.match(bench.logged('c', ERROR).join(), /embedded store .* cannot be opened.*move it away/u);
    bench.receive('other', { payload: 'alive' });
    assert.deepEqual(bench.recordsAt('other'), ['alive']);
    assert.deepEqual(readFileSync(file), garbage);
  });

  it('a second process on the same store: refused with the reason, the first one works on', async () => {
    const first = new Store(storeFile(bench.folder));
    try {
      await bench.run([CLUSTER]);
      assert.match(bench.logged('c', ERROR).join(), /Another process has the embedded store .* open/u);
      first.transaction(() => first.prepare("INSERT INTO positions VALUES ('a', '1')").run());
    } finally {
      first.close();
    }
  });

  it('a user directory that cannot be written to', async function () {
    if (process.getuid?.() === 0) {
      // For root no directory is read-only; a file where the folder should be is as much in the way.
      writeFileSync(join(bench.folder, 'pulseflow'), '');
    } else {
      chmodSync(bench.folder, 0o500);
    }
    await bench.run([CLUSTER, node('write', 'kafka-out', { cluster: 'c', topic: 't' }, [], [])]);
    assert.match(bench.logged('c', ERROR).join(), /folder of the embedded store cannot be made|cannot be opened/u);
    if (process.getuid?.() !== 0) chmodSync(bench.folder, 0o700);
  });
});
