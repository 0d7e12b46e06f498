import assert from 'node:assert/strict';
import { gunzipSync } from 'node:zlib';
import hdfsCluster from '../../nodes/hdfs-cluster/hdfs-cluster';
import hdfsSink from '../../nodes/hdfs-sink/hdfs-sink';
import { FakeWebHdfs } from '../support/fakeWebHdfs';
import { ERROR, NodeBench, WARN } from '../support/nodes';
import { until } from '../support/until';

const TOKEN = 'aWRlbnRpZmllci5hbmQuc2VjcmV0';
const sink = { type: 'hdfs-sink', cluster: 'c', path: 'tweets/{{lang}}', format: 'ndjson', rollEvery: '10ms' };

describe('nodes/hdfs-cluster', () => {
  let hdfs: FakeWebHdfs;
  let bench: NodeBench;
  beforeEach(async () => {
    hdfs = await new FakeWebHdfs().start();
    bench = new NodeBench([hdfsCluster, hdfsSink]);
  });
  afterEach(async () => {
    await bench.dispose();
    await hdfs.stop();
  });

  const cluster = (): Record<string, unknown> => ({
    ...{ id: 'c', type: 'hdfs-cluster', mode: 'webhdfs', url: hdfs.url, user: 'ann', root: '/data' },
  });
  const finished = (): string[] => {
    assert.deepEqual([...hdfs.folders], []);
    return hdfs.names;
  };

  it('has its sinks write over WebHDFS', async () => {
    await bench.start({ ...sink, compress: 'gzip' }, cluster());
    await bench.send([
      { id: 1, lang: 'en' },
      { id: 2, lang: 'en' },
    ]);
    await bench.stop();
    const [file = '', ...others] = finished();
    assert.match(file, /^\/data\/tweets\/en\/part-[^/]+\.ndjson\.gz$/u);
    assert.deepEqual(others, []);
    assert.equal(String(gunzipSync(hdfs.files.get(file) ?? '')), '{"id":1,"lang":"en"}\n{"id":2,"lang":"en"}\n');
    assert.ok(hdfs.asked.every(({ query }) => query.get('user.name') === 'ann'));
  });

  it('shows on the sink that files cannot be written, and how many records wait, until they can', async () => {
    hdfs.fail('CREATE', { exception: 'SafeModeException' }, 999);
    await bench.start({ ...sink, rollEvery: '1ms' }, cluster());
    bench.receive('node', { payload: { id: 1, lang: 'en' } });
    await until(() => bench.status('node').fill === 'red', 'the trouble');
    bench.receive('node', { payload: { id: 2, lang: 'en' } });
    const text = 'files cannot be written; 2 records wait';
    await until(() => bench.status('node').text === text, text);
    assert.equal(bench.logged('node', WARN).filter((words) => words.includes('safe mode')).length, 1);
    hdfs.heal();
    await until(() => bench.status('node').fill !== 'red', 'the end of the trouble');
    await until(() => [...hdfs.files.values()].join('').split('\n').length === 3, 'both records');
  });

  it('keeps the token to itself', async () => {
    hdfs.token = TOKEN;
    hdfs.fail('RENAME', { status: 500, text: 'oops' });
    hdfs.fail('WRITE', { exception: 'AccessControlException', message: 'denied' });
    await bench.run([cluster(), { id: 'node', z: 'f', ...sink, wires: [[], []] }], { c: { token: TOKEN } });
    bench.receive('node', { payload: { id: 1, lang: 'en' } });
    await until(() => [...hdfs.files.keys()].some((path) => /\/part-[^/]*$/u.test(path)), 'the file');
    await bench.stop();
    const said = [...bench.logged('node', WARN), ...bench.logged('node', ERROR), ...bench.logged('c', ERROR)];
    assert.ok(said.length > 0);
    assert.doesNotMatch(said.join('\n'), new RegExp(TOKEN, 'u'));
    assert.doesNotMatch(JSON.stringify(bench.statuses('node')), new RegExp(TOKEN, 'u'));
  });

  for (const [what, settings, said] of [
    ['no address', { url: '' }, /Address: is needed/u],
    ['an address that is none', { url: 'namenode:9870' }, /Address: "namenode:9870" is not an address/u],
    ['a password in an address', { url: 'http://a:b@namenode:9870' }, /contains a user or password/u],
    ['a root that leaves HDFS', { root: '../x' }, /"\.\.\/x" is not a folder of HDFS/u],
    ['an unknown mode', { mode: 'ftp' }, /Mode: "ftp" is not one of the choices/u],
    ['a TLS node that is not there', { tls: 'gone' }, /tls/u],
  ] as const) {
    it(`says what is wrong with ${what}; its sinks say that it does not work, and refuse messages`, async () => {
      await bench.start(sink, { ...cluster(), ...settings });
      assert.match(bench.logged('c', ERROR).join(), said);
      assert.match(bench.status('node').text ?? '', /"cluster" refers to no configuration node that works/u);
      await bench.fail({ id: 1, lang: 'en' });
    });
  }
});
