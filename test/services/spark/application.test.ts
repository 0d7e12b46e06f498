import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { node } from '../../lib/spark/flows';
import { ROOT } from '../support/home';
import { type KafkaCluster, startKafka } from '../support/kafka';
import { type LocalSpark, localSpark } from '../support/spark';
import { SparkJob, planOf } from './job';

describe('the application on Spark', function () {
  this.timeout(480_000);
  let kafka: KafkaCluster | undefined;
  let spark: LocalSpark;
  let job: SparkJob | undefined;
  before(() => {
    spark = localSpark(2);
  });
  afterEach(async () => {
    await job?.dispose();
    await kafka?.stop();
    job = kafka = undefined;
  });
  after(() => spark.stop());

  it('passes its own tests, in Python', () => {
    const { status, stderr } = spawnSync(spark.client.python, ['-m', 'unittest', 'discover', '-s', '.', '-t', '.'], {
      cwd: join(ROOT, 'spark'),
      encoding: 'utf8',
      env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
    });
    assert.equal(status, 0, stderr);
    assert.match(stderr, /Ran [1-9]\d+ tests/);
  });

  it('writes bad records to their outputs or tells of them, stops when asked, and goes on where it was', async () => {
    kafka = await startKafka({ brokers: 1 });
    const [broker = ''] = kafka.addresses.plain;
    await kafka.createTopic('posts');
    await kafka.produce('posts', [{ value: post(1) }, { value: 'no JSON' }, { value: '{"id":"2"}' }]);
    const out = (id: string): ReturnType<typeof node> => node(id, 'kafka-out', { cluster: 'c', topic: id, key: '' });
    const begun = new SparkJob(
      spark.client,
      planOf(
        [broker],
        [
          node('in', 'kafka-in', { cluster: 'c', topic: 'posts', group: 'g', from: 'earliest' }, ['tags'], ['odd'], []),
          node('tags', 'hashtag-extract', {}, ['tagged']),
          ...[out('tagged'), out('odd')],
        ],
      ),
    );
    job = begun;
    const written = (): number => begun.progress.reduce((sum, each) => sum + each.written, 0);
    begun.start();
    await begun.until(() => written() === 2, 'two records');
    await begun.until(() => begun.events.some(({ event }) => event === 'rejected'), 'a rejected record');
    const rejected = begun.events.find(({ event }) => event === 'rejected');
    assert.deepEqual([rejected?.node, rejected?.count], ['tags', 1]);
    assert.match(rejected?.reason ?? '', /text/);
    assert.equal(await begun.stop(), 0);
    assert.deepEqual(begun.events.at(-1), { event: 'stopped', reason: 'SIGTERM' });

    await kafka.produce('posts', [{ value: post(3) }]);
    begun.start();
    await begun.until(() => written() === 1, 'another record');
    writeFileSync(join(begun.checkpoint, 'stop'), '');
    assert.equal(await begun.ended(), 0);
    assert.deepEqual(begun.events.at(-1), { event: 'stopped', reason: 'the file stop' });
    assert.equal(existsSync(join(begun.checkpoint, 'stop')), false);
    assert.equal(written(), 1);
    const tagged = new Set((await kafka.read('tagged')).map(({ value }) => value));
    const expected = [1, 3].map((id) =>
      JSON.stringify({ ...(JSON.parse(post(id)) as object), hashtags: [`tag${id}`] }),
    );
    assert.deepEqual(tagged, new Set(expected));
    const [odd] = (await kafka.read('odd')).map(
      ({ value }) => JSON.parse(value ?? '') as { error: { message: string } },
    );
    assert.match(odd?.error.message ?? '', /is not JSON/);
  });

  it('says what is wrong when Node.js is missing, and ends', async () => {
    kafka = await startKafka({ brokers: 1 });
    const [broker = ''] = kafka.addresses.plain;
    await kafka.createTopic('posts');
    await kafka.produce('posts', [{ value: post(1) }]);
    const nodes = [
      node('in', 'kafka-in', { cluster: 'c', topic: 'posts', group: 'g', from: 'earliest' }, ['out'], [], []),
      node('out', 'kafka-out', { cluster: 'c', topic: 'copied' }),
    ];
    job = new SparkJob(spark.client, planOf([broker], nodes));
    job.start('--node', '/missing/node');
    assert.equal(await job.ended(), 1);
    const failed = job.events.find(({ event }) => event === 'failed');
    assert.match(failed?.message ?? '', /Node\.js could not be started on .* as \/missing\/node/);
    assert.ok((failed?.message ?? '').length < 400, failed?.message);
  });
});

function post(id: number): string {
  return JSON.stringify({ id: String(id), text: `a #tag${id}` });
}
