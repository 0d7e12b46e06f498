import type { Consumer, MessagesStream, Producer } from '@platformatic/kafka' with { 'resolution-mode': 'import' };
import { BATCH, batchesOf } from '../posts';
import { AT_ONCE, type BareClient, type Post, type Round, Stopwatch } from './client';

/** @platformatic/kafka as it is, with its defaults but for the idempotent producer and where a group begins. */
export const platformaticLoop: BareClient = {
  name: 'bare @platformatic/kafka',

  async consume(round) {
    const watch = new Stopwatch(round.records);
    const { stream, stop } = await consume(round, watch);
    stream.on('data', ({ value }) => {
      JSON.parse(String(value)) as unknown;
      watch.count(1);
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
      await send(producer, to, batch, carried === 'one by one');
      watch.count(batch.length);
    }
    const taken = await watch.taken();
    await producer.close();
    return taken;
  },

  async through(round) {
    const { carried, to, records } = round;
    const producer = await producerOf(round);
    const watch = new Stopwatch(records);
    const { stream, stop } = await consume(round, watch);
    let waiting: Post[] = [];
    let read = 0;
    for await (const { value } of stream) {
      waiting.push(JSON.parse(String(value)) as Post);
      if (++read < records && waiting.length < BATCH) continue;
      await send(producer, to, waiting, carried === 'one by one');
      watch.count(waiting.length);
      waiting = [];
      if (watch.isOver) break;
    }
    const taken = await watch.taken();
    await stop();
    await producer.close();
    return taken;
  },
};

type Bytes = Buffer;

async function consume(
  { brokers, from, group }: Round,
  watch: Stopwatch,
): Promise<{ stream: MessagesStream<Bytes, Bytes, Bytes, Bytes>; stop: () => Promise<void> }> {
  const { Consumer: Client } = await import('@platformatic/kafka');
  const consumer: Consumer = new Client({ clientId: 'bench', groupId: group, bootstrapBrokers: [...brokers] });
  consumer.on('consumer:group:join', () => watch.start());
  const stream = await consumer.consume({ topics: [from], mode: 'earliest' });
  const stop = async (): Promise<void> => {
    await stream.close();
    await consumer.close(true);
  };
  return { stream, stop };
}

async function producerOf({ brokers }: Round): Promise<Producer> {
  const { Producer: Client } = await import('@platformatic/kafka');
  const producer = new Client({ clientId: 'bench', bootstrapBrokers: [...brokers], idempotent: true });
  await producer.initIdempotentProducer({});
  return producer;
}

async function send(producer: Producer, topic: string, posts: readonly Post[], oneByOne: boolean): Promise<void> {
  const messages = posts.map((post) => ({
    topic,
    key: Buffer.from(post.id),
    value: Buffer.from(JSON.stringify(post)),
  }));
  if (oneByOne) await Promise.all(messages.map((message) => producer.send({ messages: [message] })));
  else await producer.send({ messages });
}
