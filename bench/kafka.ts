import type { KafkaCluster } from '../test/services/support/kafka';
import type { Carried } from './flow/shippedFlow';
import { count, fill, startBrokers } from './kafka/broker';
import type { BareClient, Post, Round } from './kafka/client';
import { FlowClient } from './kafka/flowClient';
import { kafkajsLoop } from './kafka/kafkajsLoop';
import { benchLatency } from './kafka/latency';
import { platformaticLoop } from './kafka/platformaticLoop';
import { type Figure, type Subject, type Taken, measure } from './measure';
import { kindsOfPosts } from './posts';
import { figureCells, printTable } from './table';

const FORMS: readonly Carried[] = ['batches of 500', 'one by one'];
const ACTS = ['consume', 'produce', 'through'] as const;
const REPETITIONS = 3;
/** For a round, in ms. */
const PATIENCE = 120_000;

/** Topics by what they hold. Where each record has a request of its own, a round gets fewer. */
const TOPICS = { many: 150_000, some: 40_000, few: 4_000 } as const;
const OUT = 'out';

/** Measures the nodes on a real broker beside bare loops of two clients, and how long a post takes to the dashboard. */
export async function benchKafka(): Promise<void> {
  const posts = fourFields(TOPICS.many);
  const kafka = await startBrokers();
  try {
    const topics = Object.entries(TOPICS).map(([topic, count]) => [topic, posts.slice(0, count)] as const);
    await fill(kafka.addresses.plain, { ...Object.fromEntries(topics), [OUT]: [] });
    await benchClients(kafka, posts);
    await benchLatency(kafka, posts);
  } finally {
    await kafka.stop();
  }
}

async function benchClients(kafka: KafkaCluster, posts: readonly Post[]): Promise<void> {
  const own = await FlowClient.start(posts);
  try {
    for (const carried of FORMS) {
      const rows: string[][] = [];
      for (const act of ACTS) {
        const clients: readonly BareClient[] = [own, kafkajsLoop, platformaticLoop];
        const figures = await measure(
          clients.map((client) => subjectOf(client, act, carried, kafka, posts)),
          REPETITIONS,
        );
        const bare = figures[clients.indexOf(kafkajsLoop)];
        for (const figure of figures) rows.push([act, figure.name, ...figureCells(figure), ...against(figure, bare)]);
      }
      const head = [
        '',
        'client',
        'records/s',
        'spread',
        'CPU µs/record',
        'rate: of bare kafkajs',
        'CPU: of bare kafkajs',
      ];
      printTable(`Records through a real Kafka, ${carried}`, head, rows);
    }
  } finally {
    await own.stop();
  }
}

let groups = 0;

function subjectOf(
  client: BareClient,
  act: (typeof ACTS)[number],
  carried: Carried,
  kafka: KafkaCluster,
  posts: readonly Post[],
): Subject {
  const topic = topicFor(client, act, carried);
  const round = (): Round => ({
    brokers: kafka.addresses.plain,
    carried,
    records: TOPICS[topic],
    from: topic,
    to: OUT,
    group: `bench-${++groups}`,
    posts,
  });
  const measured = async (): Promise<Taken> => {
    const before = await count(kafka.addresses.plain, OUT);
    const taken = await inTime(client[act](round()), `${client.name}, ${act}, ${carried}`);
    const written = (await count(kafka.addresses.plain, OUT)) - before;
    if (written !== (act === 'consume' ? 0 : taken.posts))
      throw new Error(`${client.name}, ${act}: ${taken.posts} records, but ${written} were written`);
    return taken;
  };
  return { name: client.name, round: measured };
}

async function inTime<Result>(work: Promise<Result>, what: string): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, fail) => {
    timer = setTimeout(() => fail(new Error(`${what}: not done in ${PATIENCE} ms`)), PATIENCE);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function topicFor(client: BareClient, act: (typeof ACTS)[number], carried: Carried): keyof typeof TOPICS {
  if (carried === 'batches of 500') return 'many';
  // kafkajs makes a request of each send, one after the other.
  return client === kafkajsLoop && act !== 'consume' ? 'few' : 'some';
}

function against(figure: Figure, bare: Figure | undefined): string[] {
  if (bare === undefined || figure === bare) return ['', ''];
  return [`${(figure.rate / bare.rate).toFixed(2)}x`, `${(figure.cpu / bare.cpu).toFixed(2)}x`];
}

/** Posts with four fields and ids of their own: real ones where they are at hand, else those of the sample stream. */
export function fourFields(count: number): Post[] {
  const [{ records } = { records: [] }] = kindsOfPosts();
  return Array.from({ length: count }, (_, n) => {
    const { text, created_at, lang } = records[n % records.length] as Record<string, unknown>;
    return { id: String(1_000_000_000_000_000_000n + BigInt(n)), text, created_at, lang };
  });
}
