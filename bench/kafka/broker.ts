import { setTimeout as pause } from 'node:timers/promises';
import { Kafka, logLevel } from 'kafkajs';
import { type KafkaCluster, startKafka } from '../../test/services/support/kafka';
import { missingTools } from '../../test/services/support/tools';
import { batchesOf } from '../posts';
import type { Post } from './client';

export const PARTITIONS = 12;

/**
 * Starts real brokers, as `npm run services -- kafka` does; what is missing of them is fetched first.
 * @throws Error that says what this machine lacks
 */
export function startBrokers(brokers: 1 | 3 = 1): Promise<KafkaCluster> {
  const missing = missingTools(['java', 'maven']);
  if (missing.length > 0) throw new Error(`The Kafka benchmarks run against a real broker.\n${missing.join('\n')}`);
  return startKafka({ brokers });
}

/** Makes topics, each with the posts that it shall hold. */
export async function fill(
  brokers: readonly string[],
  topics: Readonly<Record<string, readonly Post[]>>,
  replicas = 1,
): Promise<void> {
  const kafka = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({
    waitForLeaders: false,
    topics: Object.keys(topics).map((topic) => ({
      topic,
      numPartitions: PARTITIONS,
      replicationFactor: replicas,
    })),
  });
  await accepted(() => admin.fetchTopicMetadata({ topics: Object.keys(topics) }));
  // The first question of a group makes the topic of the groups, and is refused until that is there.
  await accepted(() => admin.fetchOffsets({ groupId: 'bench' }));
  await admin.disconnect();
  const producer = kafka.producer({ idempotent: true });
  await producer.connect();
  for (const [topic, posts] of Object.entries(topics)) {
    for (const batch of batchesOf(posts, 1_000)) {
      const messages = batch.map((post) => ({ key: post.id, value: JSON.stringify(post) }));
      await producer.send({ topic, messages });
    }
  }
  await producer.disconnect();
}

/** Asks until nobody refuses to answer any more. */
async function accepted(question: () => Promise<unknown>): Promise<void> {
  const asked = (): Promise<boolean> =>
    question().then(
      () => true,
      () => false,
    );
  while (!(await asked())) await pause(100);
}

/** How many records a topic has. */
export async function count(brokers: readonly string[], topic: string): Promise<number> {
  const admin = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  const partitions = await admin.fetchTopicOffsets(topic);
  await admin.disconnect();
  return partitions.reduce((sum, { low, high }) => sum + Number(high) - Number(low), 0);
}
