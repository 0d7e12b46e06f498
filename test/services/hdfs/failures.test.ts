import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { StoreError } from '../../../lib/core/errors';
import type { WebHdfsSettings } from '../../../lib/hdfs/webhdfs/webHdfs';
import { tryConnection } from '../../../lib/hdfs/webhdfs/trial';
import hdfsCluster from '../../../nodes/hdfs-cluster/hdfs-cluster';
import hdfsSink from '../../../nodes/hdfs-sink/hdfs-sink';
import { freePort } from '../../support/nodeRed';
import { NodeBench, type Saved, WARN } from '../../support/nodes';
import { until } from '../../support/until';
import { type Hdfs, startHdfs } from '../support/hdfs';

const PATIENCE = { within: 90_000, every: 50 };

describe('a real HDFS that does not take everything', function () {
  this.timeout(180_000);
  let hdfs: Hdfs;
  let bench: NodeBench;
  before(async () => {
    hdfs = await startHdfs();
  });
  after(() => (hdfs as Hdfs | undefined)?.stop());
  beforeEach(() => (bench = new NodeBench([hdfsCluster, hdfsSink])));
  afterEach(() => bench.dispose());

  const settings = (more: Partial<WebHdfsSettings> = {}): WebHdfsSettings => ({
    ...{ url: hdfs.url, user: hdfs.user, token: '', root: 'files', timeout: 5_000 },
    ...more,
  });

  async function start(root: string, sink: Saved = {}, cluster: Saved = {}): Promise<void> {
    const node = { type: 'hdfs-sink', cluster: 'c', format: 'ndjson', path: '{{to}}', rollEvery: '10ms', ...sink };
    const { url, user } = hdfs;
    await bench.start(node, {
      id: 'c',
      type: 'hdfs-cluster',
      mode: 'webhdfs',
      url,
      user,
      root,
      timeout: '3s',
      ...cluster,
    });
  }

  const ids = Array.from({ length: 30 }, (_, n) => String(n).padStart(2, '0'));
  const send = (to: string, some = ids): void => {
    for (const id of some) bench.receive('node', { payload: { id, to } });
  };

  /** The ids in the finished files of a folder. */
  async function stored(folder: string): Promise<string[]> {
    const found: string[] = [];
    for (const { path } of await hdfs.files.tree(folder).catch(() => [])) {
      if (/\/\.part-[^/]*\.tmp\//u.test(path)) continue;
      const bytes = await hdfs.files.read(path);
      const lines = String(path.endsWith('.gz') ? gunzipSync(bytes) : bytes)
        .split('\n')
        .slice(0, -1);
      found.push(...lines.map((line) => (JSON.parse(line) as { id: string }).id));
    }
    return found.sort();
  }

  /** Waits until the node says that files cannot be written. @returns what the log has of it */
  async function trouble(): Promise<string> {
    await until(() => bench.status('node').fill === 'red', 'the status to say so', PATIENCE);
    assert.match(bench.status('node').text ?? '', /^files cannot be written; \d+ records wait$/u);
    return bench.logged('node', WARN).join('\n');
  }

  /** Waits until all records are in files, once each, and the node has no trouble any more. */
  async function recovery(folder: string): Promise<void> {
    const said = (): string => `all records\n${bench.logged('node', WARN).join('\n')}`;
    await until(async () => (await stored(folder).catch(() => [])).length >= ids.length, said, PATIENCE);
    await until(() => bench.status('node').fill !== 'red', 'the end of the trouble', PATIENCE);
    assert.deepEqual(await stored(folder), ids);
    await hasOnlyFinishedFiles(folder);
    assert.equal(bench.recordsAt('ok').length, ids.length);
  }

  async function hasOnlyFinishedFiles(folder: string): Promise<void> {
    for (const line of await hdfs.shell('-ls', '-R', folder)) assert.doesNotMatch(line, /\/\./u);
  }

  it('no right to write: says who, where and whose it is; writes once the right is given', async () => {
    await hdfs.files.makeFolder('/theirs', 'ann');
    await start('/theirs');
    send('a');
    assert.match(
      await trouble(),
      /could not write \/theirs\/a\/part-\S+\.ndjson: user "pulseflow" has no right to write in \/theirs, which belongs to ann:supergroup/u,
    );
    await hdfs.files.ask('PUT', 'SETPERMISSION', '/theirs', { permission: '777' });
    await recovery('/theirs');
  });

  it('a space quota: says which; what lies elsewhere is written, the rest once it is raised', async () => {
    await hdfs.files.makeFolder('/quota', hdfs.user);
    await hdfs.files.makeFolder('/quota/small', hdfs.user);
    await hdfs.admin('-setSpaceQuota', '1m', '/quota/small');
    await start('/quota');
    const [here, there] = [ids.slice(0, 10), ids.slice(10)];
    send('small', here);
    assert.match(
      await trouble(),
      /space quota is used up \(The DiskSpace quota of \/quota\/small is exceeded.*-setSpaceQuota/u,
    );
    send('large', there);
    await until(async () => (await stored('/quota/large')).length === there.length, 'the others', PATIENCE);
    assert.deepEqual(await stored('/quota/large'), there);
    await hdfs.admin('-clrSpaceQuota', '/quota/small');
    await recovery('/quota');
  });

  it('safe mode: waits until it is over', async () => {
    await start('safe', { compress: 'gzip' });
    await hdfs.admin('-safemode', 'enter');
    send('a');
    assert.match(await trouble(), /name node of HDFS is in safe mode/u);
    await hdfs.admin('-safemode', 'leave');
    await recovery(`/user/${hdfs.user}/safe`);
  });

  it('a name node that hangs: gives up the request, and goes on when it does', async () => {
    await start('hung');
    hdfs.pause('namenode');
    try {
      send('a');
      assert.match(await trouble(), /name node at \S+ cannot be reached: no answer within 3 s/u);
    } finally {
      hdfs.resume('namenode');
    }
    await recovery(`/user/${hdfs.user}/hung`);
  });

  it('a data node that hangs: has all records once, and nothing of what it does when it wakes up', async () => {
    await start('half-hung');
    hdfs.pause('datanode-1');
    try {
      send('a');
      assert.match(await trouble(), /data node/u);
    } finally {
      hdfs.resume('datanode-1');
    }
    await recovery(`/user/${hdfs.user}/half-hung`);
  });

  it('no data node: says so, and writes when there is one', async () => {
    await start('alone');
    await Promise.all([hdfs.kill('datanode-1'), hdfs.kill('datanode-2')]);
    send('a');
    assert.match(await trouble(), /data node/u);
    await Promise.all([hdfs.restart('datanode-1'), hdfs.restart('datanode-2')]);
    await recovery(`/user/${hdfs.user}/alone`);
  });

  it('a full spool: the flow waits, and everything is written once the name node is back', async () => {
    await start('full', { spoolSize: '300B' });
    await hdfs.kill('namenode');
    try {
      for (const id of ids) {
        send('a', [id]);
        await pause(20);
      }
      await trouble();
      const taken = bench.recordsAt('ok').length;
      assert.ok(taken >= 5 && taken < 20, `${taken} records were taken`);
    } finally {
      await hdfs.restart('namenode');
    }
    await recovery(`/user/${hdfs.user}/full`);
  });

  it('names of every kind reach HDFS as they are, except for what no file system takes', async () => {
    await start('odd');
    const names = ["c%+ ;=&#[x]{y}@',茶 .", '../../etc', 'a:b*c?', 'half\ud800', '.hidden', 'date=2012-03-04'];
    for (const [index, to] of names.entries()) bench.receive('node', { payload: { id: String(index), to } });
    await until(async () => (await stored(`/user/${hdfs.user}/odd`)).length === names.length, 'all files', PATIENCE);
    const folders = (await hdfs.files.list(`/user/${hdfs.user}/odd`)).map(({ path }) => path.split('/').at(-1));
    assert.deepEqual(
      folders.sort(),
      ["c%+ ;=&#[x]{y}@',茶-", '---..-etc', 'a-b-c-', 'half-', '-hidden', 'date=2012-03-04'].sort(),
    );
  });

  describe('Test connection', () => {
    it('says who writes where, and how much room there is', async () => {
      const { user, folder, free } = await tryConnection(settings());
      assert.deepEqual([user, folder], [hdfs.user, `/user/${hdfs.user}/files`]);
      assert.match(free, /^\d+ GB$/u);
      assert.equal((await tryConnection(settings({ root: '/user/pulseflow' }))).folder, '/user/pulseflow');
      const urls = `http://127.0.0.1:${await freePort()}, ${hdfs.url}/webhdfs/v1`;
      assert.equal((await tryConnection(settings({ url: urls }))).user, hdfs.user);
    });

    it('writes nothing', async () => {
      await tryConnection(settings({ root: 'never-made' }));
      const names = (await hdfs.files.list(`/user/${hdfs.user}`)).map(({ path }) => path);
      assert.ok(!names.includes(`/user/${hdfs.user}/never-made`));
    });

    it('says what does not work, and what to do', async () => {
      const cases: readonly (readonly [Partial<WebHdfsSettings>, RegExp])[] = [
        [{ root: '/not/mine' }, /user "pulseflow" has no right to write in \//u],
        [{ user: 'bob' }, /user "bob" has no right/u],
        [{ url: hdfs.fileSystem.replace('hdfs:', 'http:') }, /for Hadoop's own clients.*9870/u],
        [{ url: `http://127.0.0.1:${await freePort()}` }, /nothing listens there/u],
        [{ url: hdfs.url.replace('http:', 'https:') }, /cannot be talked to by TLS/u],
      ];
      for (const [more, words] of cases) {
        await assert.rejects(tryConnection(settings(more)), (error: unknown) => {
          assert.ok(error instanceof StoreError);
          assert.match(error.message, words);
          return true;
        });
      }
    });
  });
});
