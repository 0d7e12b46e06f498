import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { until } from '../../support/until';
import { type Hdfs, startHdfs } from '../support/hdfs';
import { Files } from '../support/hdfs/files';

const PATIENCE = { within: 120_000, every: 200 };

describe('the real HDFS of the tests', () => {
  let hdfs: Hdfs;
  before(async () => {
    hdfs = await startHdfs();
  });
  after(() => (hdfs as Hdfs | undefined)?.stop());

  it('gives back what was written, over WebHDFS and by its own shell, which unpacks gzip', async () => {
    const text = 'first line\nsecond line 😀\n';
    await hdfs.files.write('/posts/2026 01/plain.ndjson', text);
    await hdfs.files.write('/posts/packed.ndjson.gz', gzipSync(text));
    assert.equal((await hdfs.files.read('/posts/2026 01/plain.ndjson')).toString(), text);
    const tree = await hdfs.files.tree('/posts');
    assert.deepEqual(
      tree.map(({ path, replication }) => [path, replication]),
      [
        ['/posts/2026 01/plain.ndjson', 2],
        ['/posts/packed.ndjson.gz', 2],
      ],
    );
    assert.deepEqual(await hdfs.shell('-text', '/posts/packed.ndjson.gz'), ['first line', 'second line 😀']);
    await assert.rejects(hdfs.shell('-text', '/missing'), /No such file/);
  });

  it('lets its user write in its home folder, and nowhere else', async () => {
    const user = new Files(hdfs.url, hdfs.user);
    await user.write(`/user/${hdfs.user}/mine`, 'mine');
    assert.equal((await hdfs.files.list(`/user/${hdfs.user}`))[0]?.owner, hdfs.user);
    await assert.rejects(user.write('/theirs', 'theirs'), /AccessControlException/);
  });

  it('refuses what goes beyond the quota of a folder', async () => {
    await hdfs.files.makeFolder('/small', hdfs.user);
    await hdfs.admin('-setSpaceQuota', '1', '/small');
    await assert.rejects(hdfs.files.write('/small/file', 'two bytes at least'), /QuotaExceeded/);
  });

  it('stays readable and writable when a data node is killed, which comes back with what it has', async () => {
    await hdfs.files.write('/durable/before', 'before');
    await hasCopies('/durable/before', 2);
    await hdfs.kill('datanode-1');
    await hasCopies('/durable/before', 1);
    assert.equal(await hdfs.liveDataNodes(), 1);
    assert.equal(await contentOf('/durable/before'), 'before');
    await hdfs.files.write('/durable/after', 'after');
    await hdfs.restart('datanode-1');
    await hasCopies('/durable/after', 2);
    await hdfs.kill('datanode-2');
    await hasCopies('/durable/after', 1);
    assert.equal(await contentOf('/durable/after'), 'after');
    await hdfs.restart('datanode-2');
  });

  it('keeps all files when the name node is killed and started again', async () => {
    await hdfs.files.write('/kept', 'kept');
    await hdfs.kill('namenode');
    await assert.rejects(fetch(hdfs.url));
    await hdfs.restart('namenode');
    await hasCopies('/kept', 2);
    // A data node's first question to a new name node goes over its connection to the old one, and fails.
    await until(async () => (await contentOf('/kept').catch(() => '')) === 'kept', 'the file', PATIENCE);
  });

  async function contentOf(path: string): Promise<string> {
    return (await hdfs.files.read(path)).toString();
  }

  /** Waits until the name node knows so many data nodes to hold a file of one block. */
  async function hasCopies(path: string, count: number): Promise<void> {
    await until(async () => (await hdfs.files.copies(path))[0] === count, `${count} copies of ${path}`, PATIENCE);
  }
});
