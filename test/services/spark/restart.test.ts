import assert from 'node:assert/strict';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Kafka, logLevel } from 'kafkajs';
import { DAY, type FilePost, HOUR, type Windows, readPosts, recount, tagsOf } from '../../flows/recount';
import { node } from '../../lib/spark/flows';
import { needsShared, sharedFile } from '../../support/shared';
import { KafkaFlow } from '../kafka/flow';
import { type KafkaCluster, startKafka } from '../support/kafka';
import { type LocalSpark, localSpark } from '../support/spark';
import { windowsFlow } from './engines';
import { SparkJob, planOf } from './job';

const FILE = sharedFile('data', 'tweets.ndjson.gz');
const PARTITIONS = 3;
const MOST = 12_000;

/** Ends all windows of the file. */
const LAST: FilePost = { id: 'last', text: 'no tag', created_at: '2016-06-01T00:00:00.000Z', lang: 'en' };

const window = (id: string, size: string): ReturnType<typeof node> =>
  node(id, 'window-count', { key: 'hashtags', time: 'created_at', size, delay: '1d', watermark: 'stream' });

describe('the posts of the file on Spark, with its driver killed in the middle', function () {
  this.timeout(480_000);
  let posts: FilePost[] = [];
  let kafka: KafkaCluster | undefined;
  let spark: LocalSpark | undefined;
  let job: SparkJob | undefined;

  before(async function () {
    needsShared(this, FILE);
    posts = [...readPosts(FILE), LAST];
    kafka = await startKafka({ brokers: 1 });
    const [broker = ''] = kafka.addresses.plain;
    await kafka.createTopic('posts', { partitions: PARTITIONS });
    await produce(broker, posts);
    const nodes = windowsFlow('posts', [window('hours', '1h'), window('days', '1d')], 'results');
    const tagged = node('tagged', 'kafka-out', { cluster: 'c', topic: 'tagged' });
    const plan = planOf([broker], [...nodes.map((each) => (each.id === 'tags' ? also(each, 'tagged') : each)), tagged]);
    spark = localSpark(2);
    const begun = new SparkJob(spark.client, plan);
    job = begun;
    begun.start('--max-offsets-per-trigger', String(MOST));
    const queries = ['records', 'windows-hours', 'windows-days'];
    const reached = (query: string): boolean =>
      begun.progress.some((each) => each.query === query && each.batchId >= 2 && (each.written > 0 || each.ended > 0));
    await begun.until(() => queries.every(reached), 'results of three batches');
    await begun.kill();
    // As if it had died a moment earlier, with all of the batch written: it has to be run again.
    for (const query of queries) forgetLastCommit(join(begun.checkpoint, query));
    begun.start('--max-offsets-per-trigger', String(MOST), '--available-now');
    assert.equal(await begun.ended(), 0);
  });
  after(async () => {
    await job?.dispose();
    await spark?.stop();
    await kafka?.stop();
  });

  for (const [id, size] of [
    ['hours', HOUR],
    ['days', DAY],
  ] as const) {
    it(`each window of ${id} comes once, with the counts that a recount has`, async () => {
      const expected = recount(posts, size, size);
      const results = (await readOnce(`results.${id}`, expected.size)) as WindowResult[];
      assert.deepEqual(sorted(windowsOf(results)), sorted(expected));
      assert.ok(results.every(({ final }) => final));
    });
  }

  it('each post comes once, with the hashtags that twitter-text finds', async () => {
    const tagged = (await readOnce('tagged', posts.length)) as (FilePost & { hashtags: string[] })[];
    const byId = new Map(tagged.map((post) => [post.id, post]));
    assert.equal(byId.size, posts.length);
    for (const post of posts) assert.deepEqual(byId.get(post.id), { ...post, hashtags: tagsOf(post) });
  });

  /** What a kafka-in gives of a topic, in which some is written twice. */
  async function readOnce(topic: string, count: number): Promise<unknown[]> {
    assert.ok(kafka !== undefined);
    const written = await kafka.read(topic);
    assert.ok(written.length > count, `nothing of ${topic} was written twice`);
    const ends = new Map(written.map(({ partition, offset }) => [partition, offset + 1]));
    const flow = new KafkaFlow(kafka);
    try {
      await flow.run([flow.read({ topic, group: topic, decode: 'json', batch: true, from: 'earliest' })]);
      await flow.committed(
        topic,
        topic,
        [...ends.values()].reduce((sum, end) => sum + end, 0),
      );
      const got = await flow.got(count);
      assert.equal(got.length, count);
      return got;
    } finally {
      await flow.dispose();
    }
  }
});

interface WindowResult {
  readonly window: { readonly start: string; readonly end: string };
  readonly final: boolean;
  readonly counts: readonly { readonly key: string; readonly count: number }[];
}

function also<T extends { wires?: unknown }>(from: T, to: string): T {
  const [first = [], ...rest] = from.wires as string[][];
  return { ...from, wires: [[...first, to], ...rest] };
}

/** Posts in the order of the file over all partitions, so that micro-batches have none that is late. */
async function produce(broker: string, posts: readonly FilePost[]): Promise<void> {
  const producer = new Kafka({ brokers: [broker], logLevel: logLevel.NOTHING }).producer();
  await producer.connect();
  try {
    for (let at = 0; at < posts.length; at += 1_500) {
      const messages = posts.slice(at, at + 1_500).map((post, index) => {
        return { key: post.id, value: JSON.stringify(post), partition: (at + index) % PARTITIONS };
      });
      await producer.send({ topic: 'posts', messages });
    }
  } finally {
    await producer.disconnect();
  }
}

/** Has the checkpoint of a query as it was before its last batch was done: all of that written, and not noted. */
function forgetLastCommit(folder: string): void {
  const numbers = (name: string): number[] =>
    readdirSync(join(folder, name))
      .filter((each) => /^\d+$/.test(each))
      .map(Number);
  const last = Math.max(...numbers('commits'));
  forget(folder, 'commits', last);
  for (const begun of numbers('offsets')) if (begun > last) forget(folder, 'offsets', begun);
}

function forget(folder: string, log: string, batch: number): void {
  rmSync(join(folder, log, String(batch)));
  rmSync(join(folder, log, `.${batch}.crc`), { force: true });
}

function windowsOf(results: readonly WindowResult[]): Windows {
  return new Map(
    results.map(({ window: { start, end }, counts }) => [
      `${start}/${end}`,
      new Map(counts.map(({ key, count }) => [key, count])),
    ]),
  );
}

function sorted(windows: Windows): unknown[] {
  return [...windows].sort().map(([name, counts]) => [name, [...counts].sort()]);
}
