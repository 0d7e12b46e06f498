import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import hdfsCluster from '../../nodes/hdfs-cluster/hdfs-cluster';
import hdfsSink from '../../nodes/hdfs-sink/hdfs-sink';
import { NodeBench } from '../support/nodes';

const cluster = { id: 'c', type: 'hdfs-cluster' };
const sink = { type: 'hdfs-sink', cluster: 'c', path: 'tweets/{{lang}}', format: 'csv', fields: 'id, text' };

describe('nodes/hdfs-sink', () => {
  let bench: NodeBench;
  beforeEach(() => (bench = new NodeBench([hdfsCluster, hdfsSink])));
  afterEach(() => bench.dispose());

  const written = (...folder: string[]): string[] => {
    const path = join(bench.folder, ...folder);
    return readdirSync(path).map((name) => readFileSync(join(path, name), 'utf8'));
  };

  it('keeps records durable and finishes their files when the flow stops', async () => {
    await bench.start(sink, cluster);
    await bench.send([
      { id: 1, text: '=a', lang: 'en' },
      { id: 2, text: 'b', lang: 'en' },
    ]);
    await bench.send({ id: 3, text: 'c', lang: 'de' });
    await bench.stop();
    assert.deepEqual(written('hdfs', 'tweets', 'en'), ["id,text\r\n1,'=a\r\n2,b\r\n"]);
    assert.deepEqual(written('hdfs', 'tweets', 'de'), ['id,text\r\n3,c\r\n']);
  });

  it('writes NDJSON below another root', async () => {
    await bench.start({ ...sink, format: 'ndjson', fields: '', path: 'x' }, { ...cluster, root: 'elsewhere' });
    await bench.send({ id: 1 });
    await bench.stop();
    assert.deepEqual(written('elsewhere', 'x'), ['{"id":1}\n']);
  });

  it('sends what has no place to output 2', async () => {
    await bench.start(sink, cluster);
    const rejection = (await bench.send({ id: 1 }, 'bad')) as { record: unknown; error: { message: string } };
    assert.deepEqual(rejection.record, { id: 1 });
    assert.match(rejection.error.message, /no "lang"/u);
  });

  it('says what is wrong with its settings', async () => {
    await bench.start({ ...sink, rollSize: 'big' }, cluster);
    assert.match(await bench.fail({ id: 1 }), /"big" is not a size/u);
  });

  it('does not leave its root', async () => {
    await bench.start({ ...sink, path: '../x' }, cluster);
    assert.match(await bench.fail({ id: 1 }), /not a path below the cluster's root/u);
  });
});
