import assert from 'node:assert/strict';
import { Kafka, type Producer, logLevel } from 'kafkajs';
import { stampOf } from '../../../lib/log/kafka/stamps';
import { node } from '../../lib/spark/flows';
import { seeded } from '../../support/random';
import { type KafkaCluster, startKafka } from '../support/kafka';
import { type LocalSpark, localSpark } from '../support/spark';
import { type Outcome, type Result, countInNodeRed, windowsFlow } from './engines';
import { type Progress, SparkJob, planOf } from './job';

const SEED = Number(process.env.PULSEFLOW_SEED ?? Date.now() % 1_000_000);
const BATCHES = 4;
const BEGINNING = Date.UTC(2020, 0, 1);
const DELAY = 20_000;

/** A window-count as a flow has it, with Spark's watermark. */
const count = (id: string, settings: object) =>
  node(id, 'window-count', { key: 'hashtags', time: 'created_at', delay: '20s', watermark: 'stream', ...settings });

const COUNTS = [
  count('tumbling', { window: 'tumbling', size: '1m', value: 'likes', distinct: 'author.username' }),
  count('sliding', { window: 'sliding', size: '1m', slide: '25s', key: 'hashtags, lang', top: 5, output: 'rows' }),
  count('sessions', { window: 'session', gap: '15s', value: 'likes', distinct: 'author.username' }),
  count('tumbling-updates', {
    window: 'tumbling',
    size: '1m',
    emit: 'update',
    value: 'likes',
    distinct: 'author.username',
  }),
  count('sliding-updates', { window: 'sliding', size: '1m', slide: '20s', emit: 'update' }),
];

describe('windows on Spark and in Node-RED, of the same micro-batches', function () {
  this.timeout(480_000);
  const batches = madeBatches(seeded(SEED));
  let kafka: KafkaCluster | undefined;
  let spark: LocalSpark | undefined;
  let job: SparkJob | undefined;
  /** By query, which micro-batch had which of the batches, from 0 on. */
  const batchIds = new Map<string, number[]>();

  before(async () => {
    console.log(`    seed ${SEED} (PULSEFLOW_SEED repeats a run)`);
    kafka = await startKafka({ brokers: 1 });
    const [broker = ''] = kafka.addresses.plain;
    // One partition, so that what is sent at once is there at once.
    await kafka.createTopic('posts');
    spark = localSpark(2);
    const begun = new SparkJob(spark.client, planOf([broker], windowsFlow('posts', COUNTS, 'results')));
    job = begun;
    begun.start();
    await begun.until(() => begun.events.some(({ event }) => event === 'started'), 'the start');
    const client = new Kafka({ brokers: [broker], logLevel: logLevel.NOTHING });
    const producer = client.producer();
    await producer.connect();
    try {
      let [sent, latest] = [0, -Infinity];
      for (const batch of batches) {
        await send(producer, batch);
        sent += batch.length;
        for (const { created_at } of batch) latest = Math.max(latest, Date.parse(created_at));
        const reached = new Date(Math.max(0, latest - DELAY)).toISOString();
        const done = ({ offsets, watermark }: Progress): boolean =>
          offsets?.posts?.['0'] === sent && watermark === reached;
        await begun.until(
          () => COUNTS.every(({ id }) => begun.progress.some((each) => each.query === `windows-${id}` && done(each))),
          `${sent} posts and the watermark ${reached}`,
        );
      }
    } finally {
      await producer.disconnect();
    }
    assert.equal(await begun.stop(), 0);
    for (const { id } of COUNTS) {
      const own = begun.progress.filter(({ query }) => query === `windows-${id}`);
      const withPosts = own.filter(({ numInputRows }) => numInputRows > 0);
      assert.deepEqual(
        withPosts.map(({ numInputRows }) => numInputRows),
        batches.map(({ length }) => length),
        id,
      );
      batchIds.set(
        id,
        withPosts.map(({ batchId }) => batchId),
      );
    }
  });
  after(async () => {
    await job?.dispose();
    await spark?.stop();
    await kafka?.stop();
  });

  for (const { id } of COUNTS) {
    it(`${id}: the same complete windows after the same batch, value for value`, async () => {
      const expected = expectedOf(id).map(({ ended }) => ended);
      const found = (await foundOf(id)).map(({ ended }) => ended);
      assert.deepEqual(found.map(byId), expected.map(byId));
      assert.ok(expected.flat().length > BATCHES, 'windows were complete');
    });
  }

  for (const { id } of COUNTS.filter((each) => each.emit === 'update')) {
    it(`${id}: the same updates, with all keys of their windows`, async () => {
      const expected = expectedOf(id);
      const found = await foundOf(id);
      let compared = 0;
      for (const [at, { updates }] of expected.entries()) {
        // Spark also sends windows that end by the batch that has changed them.
        const same = found[at]?.updates.filter((update) => updates.some((each) => each.id === update.id)) ?? [];
        assert.deepEqual(byId(same), byId(updates), `after batch ${at}`);
        compared += updates.length;
      }
      assert.ok(compared >= BATCHES, 'windows were updated');
    });
  }

  function expectedOf(id: string): Outcome[] {
    const own = COUNTS.find((each) => each.id === id);
    assert.ok(own);
    return countInNodeRed(own, batches);
  }

  /** What Spark wrote, by the batch after which it did. */
  async function foundOf(id: string): Promise<Outcome[]> {
    const records = (await kafka?.read(`results.${id}`)) ?? [];
    const ids = batchIds.get(id) ?? [];
    const outcomes: { updates: Result[]; ended: Result[] }[] = ids.map(() => ({ updates: [], ended: [] }));
    for (const { value, headers } of records) {
      const at = ids.findLastIndex((batch) => batch <= (stampOf(headers)?.position ?? -1));
      const result = JSON.parse(value ?? 'null') as Result;
      outcomes[at]?.[result.final ? 'ended' : 'updates'].push(result);
    }
    return outcomes;
  }
});

interface Made {
  readonly id: string;
  readonly text: string;
  readonly created_at: string;
  readonly lang: string;
  readonly likes: number;
  readonly author: { readonly username: string };
}

/** Posts that go on in time, with some out of order, late, twice, without hashtags, and an end beyond all windows. */
function madeBatches(random: () => number): Made[][] {
  const upTo = (most: number): number => Math.floor(random() * most);
  const batches: Made[][] = [];
  let now = BEGINNING;
  for (let number = 0; number < BATCHES; number++) {
    const batch: Made[] = [];
    for (let index = 0; index < 120; index++) {
      now += upTo(2_000);
      const known = batches.at(-1)?.[upTo(120)];
      if (known !== undefined && random() < 0.05) {
        batch.push(known);
        continue;
      }
      const behind = random() < 0.1 ? upTo(240_000) : upTo(15_000);
      const tags = Array.from({ length: upTo(4) }, () => `#${'abcdefghijklmnop'[upTo(16)]}x`);
      batch.push({
        id: `${number}-${index}`,
        text: ['post', ...tags].join(' '),
        created_at: new Date(Math.max(BEGINNING, now - behind)).toISOString(),
        lang: random() < 0.5 ? 'en' : 'zh',
        likes: upTo(100),
        author: { username: `user${upTo(30)}` },
      });
    }
    batches.push(batch);
  }
  const last = { id: 'last', text: 'no tag', created_at: new Date(now + 3_600_000).toISOString() };
  batches.push([{ ...last, lang: 'en', likes: 0, author: { username: 'me' } }]);
  return batches;
}

async function send(producer: Producer, batch: readonly Made[]): Promise<void> {
  await producer.send({ topic: 'posts', messages: batch.map((post) => ({ value: JSON.stringify(post) })) });
}

function byId(results: readonly Result[]): Result[] {
  return [...results].sort((a, b) => (a.id < b.id ? -1 : 1));
}
