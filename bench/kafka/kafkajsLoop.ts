import { type EachBatchPayload, Kafka, type Message, type Producer, logLevel } from 'kafkajs';
import { BATCH, batchesOf } from '../posts';
import { AT_ONCE, type BareClient, type Post, type Round, Stopwatch } from './client';

/** kafkajs as it is, with its defaults but for the idempotent producer. */
export const kafkajsLoop: BareClient = {
  name: 'bare kafkajs loop',

  async consume(round) {
    const watch = new Stopwatch(round.records);
    const stop = await consume(round, watch, ({ batch: { messages } }) => {
      for (const { value } of messages) JSON.parse(String(value)) as unknown;
      watch.count(messages.length);
      return Promise.resolve();
    });
    const taken = await watch.taken();
    await stop();
    return taken;
  },

  async produce(round) {
    const { carried, to, posts, records } = round;
    const producer = await producerOf(round);
    const watch = new Stopwatch(records);
    watch.start();
    for (const batch of batchesOf(posts.slice(0, records), carried === 'one by one' ? AT_ONCE : BATCH)) {
      await send(producer, to, batch.map(messageOf), carried === 'one by one');
      watch.count(batch.length);
    }
    const taken = await watch.taken();
    await producer.disconnect();
    return taken;
  },

  async through(round) {
    const { carried, to } = round;
    const producer = await producerOf(round);
    const watch = new Stopwatch(round.records);
    const stop = await consume(round, watch, async (payload) => {
      for (const part of batchesOf(payload.batch.messages, BATCH)) {
        if (watch.isOver) return;
        const out = part.map(({ value }) => messageOf(JSON.parse(String(value)) as Post));
        await send(producer, to, out, carried === 'one by one');
        await payload.heartbeat();
        watch.count(part.length);
      }
    });
    const taken = await watch.taken();
    await stop();
    await producer.disconnect();
    return taken;
  },
};

async function consume(
  round: Round,
  watch: Stopwatch,
  eachBatch: (payload: EachBatchPayload) => Promise<void>,
): Promise<() => Promise<void>> {
  const consumer = clientOf(round).consumer({ groupId: round.group });
  consumer.on(consumer.events.GROUP_JOIN, () => watch.start());
  await consumer.connect();
  await consumer.subscribe({ topic: round.from, fromBeginning: true });
  await consumer.run({ eachBatch });
  return () => consumer.disconnect();
}

async function producerOf(round: Round): Promise<Producer> {
  const producer = clientOf(round).producer({ idempotent: true });
  await producer.connect();
  return producer;
}

async function send(producer: Producer, topic: string, messages: Message[], oneByOne: boolean): Promise<void> {
  if (oneByOne) await Promise.all(messages.map((message) => producer.send({ topic, messages: [message] })));
  else await producer.send({ topic, messages });
}

function messageOf(post: Post): Message {
  return { key: post.id, value: JSON.stringify(post) };
}

function clientOf({ brokers }: Round): Kafka {
  return new Kafka({ brokers: [...brokers], logLevel: logLevel.ERROR });
}
