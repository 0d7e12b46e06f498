import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Kafka, logLevel } from 'kafkajs';
import type { KafkaCluster } from '../../test/services/support/kafka';
import { BenchNodeRed, type FlowNode } from '../flow/nodeRed';
import { median } from '../measure';
import { micros, printTable, whole } from '../table';
import { type Arrived, DUE, epoch } from './arrivals';
import { fill } from './broker';
import type { Post } from './client';

/** Posts a second; a smaller number is tried if one is not sustained. */
const RATES = [10_000, 7_500, 5_000, 2_500, 1_000];
/** For so long posts are produced, in s, and for so long before that to warm up. */
const SECONDS = 20;
const WARM_UP = 5;
/** How often the producer sends what is due, in ms. */
const TICK = 10;
const PATIENCE = 30_000;
const TOPIC = 'tweets';
const ENRICHED = 'tweets.enriched';
const TOPICS = [TOPIC, ENRICHED, 'hashtag-windows', 'sentiment-windows'];

/**
 * Measures how long posts take from when they are produced to the dashboard: the tabs Process and Dashboard of the flow
 * that `npm start` runs, on a real cluster, with a paced producer in the place of the tab Collect.
 */
export async function benchLatency(kafka: KafkaCluster, posts: readonly Post[]): Promise<void> {
  const brokers = kafka.addresses.plain;
  await fill(brokers, Object.fromEntries(TOPICS.map((topic) => [topic, []])));
  const nodeRed = await BenchNodeRed.start({ nodes: join(__dirname, 'kafkaNodes.js') });
  try {
    const { flow, processing, dashboard } = processAndDashboard(brokers);
    await nodeRed.deploy(flow);
    const producer = new PacedProducer(brokers, posts);
    await producer.start();
    const rows: string[][] = [];
    for (const rate of RATES) {
      const nodes = [processing, dashboard];
      await runThrough(nodeRed, producer, rate, WARM_UP, nodes);
      const before = await nodeRed.cpuSeconds();
      await runThrough(nodeRed, producer, rate, SECONDS, nodes);
      const cpu = ((await nodeRed.cpuSeconds()) - before) / (rate * SECONDS);
      const [first, last] = await Promise.all(
        nodes.map((node) => nodeRed.ask<Arrived>(`/bench/arrivals?node=${node}`)),
      );
      if (first === undefined || last === undefined) break;
      const kept = isSustained(last);
      rows.push([whole(rate), 'hashtags, on the tab Process', ...cells(first), '', '']);
      rows.push(['', 'latest posts, on the tab Dashboard', ...cells(last), micros(cpu * 1e6), kept ? 'yes' : 'no']);
      if (kept) break;
    }
    await producer.stop();
    const head = ['posts/s', 'at the input of', 'p50 ms', 'p99 ms', 'longest ms', 'CPU µs/post', 'sustained'];
    printTable('From produce to the dashboard', head, rows);
  } finally {
    await nodeRed.stop();
  }
}

/** Produces for so long, and waits until all is there. */
async function runThrough(
  nodeRed: BenchNodeRed,
  producer: PacedProducer,
  rate: number,
  seconds: number,
  nodes: readonly string[],
): Promise<void> {
  await nodeRed.ask(`/bench/arrivals/begin?nodes=${nodes.join(',')}`);
  const sent = await producer.run(rate, seconds);
  const deadline = performance.now() + PATIENCE;
  for (const node of nodes) {
    while ((await nodeRed.ask<number>(`/bench/arrivals/count?node=${node}`)) < sent) {
      if (performance.now() > deadline) throw new Error(`${sent} posts have not come to ${node} in ${PATIENCE} ms`);
      await pause(200);
    }
  }
}

/** Sends what is due, all of it, whether what was sent before is acknowledged or not. */
class PacedProducer {
  readonly #producer;
  #at = 0;

  constructor(
    brokers: readonly string[],
    private readonly posts: readonly Post[],
  ) {
    const kafka = new Kafka({ brokers: [...brokers], logLevel: logLevel.ERROR });
    this.#producer = kafka.producer({ idempotent: true });
  }

  start(): Promise<void> {
    return this.#producer.connect();
  }

  stop(): Promise<void> {
    return this.#producer.disconnect();
  }

  /** @returns how many posts it has sent */
  async run(rate: number, seconds: number): Promise<number> {
    const total = rate * seconds;
    const sends: Promise<unknown>[] = [];
    const began = epoch();
    for (let sent = 0; sent < total;) {
      const due = Math.min(total, Math.floor(((epoch() - began) * rate) / 1_000));
      const messages = [];
      for (; sent < due; sent++) messages.push(this.#message(began + (sent * 1_000) / rate));
      if (messages.length > 0) sends.push(this.#producer.send({ topic: TOPIC, messages }));
      await pause(TICK);
    }
    await Promise.all(sends);
    return total;
  }

  #message(due: number): { key: string; value: string } {
    const post = this.posts[this.#at++ % this.posts.length];
    const id = `${this.#at}`;
    const created_at = new Date(due).toISOString();
    return { key: id, value: JSON.stringify({ ...post, id, created_at, [DUE]: due }) };
  }
}

interface Shown {
  readonly flow: FlowNode[];
  /** The first node that posts come to from the topic, and the one on the dashboard. */
  readonly processing: string;
  readonly dashboard: string;
}

function processAndDashboard(brokers: readonly string[]): Shown {
  const all = JSON.parse(readFileSync(join(process.cwd(), 'flows/flows.json'), 'utf8')) as FlowNode[];
  const tab = (label: RegExp): string => {
    const found = all.find((node) => node.type === 'tab' && label.test(String(node.label)));
    if (found === undefined) throw new Error(`flows.json has no tab ${String(label)}`);
    return found.id;
  };
  const tabs = [tab(/Process/u), tab(/Dashboard/u)];
  const behind = (topic: string, z: string | undefined): string => {
    const source = all.find((node) => node.type === 'kafka-in' && node.topic === topic && node.z === z);
    const [[first] = []] = (source?.wires ?? []) as string[][];
    if (first === undefined) throw new Error(`flows.json has no kafka-in of ${topic} with a node behind it`);
    return first;
  };
  const flow = all
    .filter(({ id, z, type }) => tabs.includes(id) || tabs.includes(String(z)) || (z === undefined && type !== 'tab'))
    .map((node) =>
      node.type === 'kafka-cluster' ? { ...node, mode: 'kafka', brokers: brokers.join(','), partitions: 12 } : node,
    );
  return { flow, processing: behind(TOPIC, tabs[0]), dashboard: behind(ENRICHED, tabs[1]) };
}

/** Nothing has piled up by the end: the posts of the last second came within a second. */
function isSustained({ due, took }: Arrived): boolean {
  const end = Math.max(...due.slice(-1_000));
  const last = took.filter((_, index) => (due[index] ?? 0) > end - 1_000);
  return median(last) < 1_000;
}

function cells({ took }: Arrived): string[] {
  const sorted = Float64Array.from(took).sort();
  const at = (part: number): string => whole(sorted[Math.ceil(part * sorted.length) - 1] ?? Number.NaN);
  return [at(0.5), at(0.99), at(1)];
}
