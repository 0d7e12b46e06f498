import { setTimeout as pause } from 'node:timers/promises';
import { Kafka, type Producer as KafkajsProducer, logLevel } from 'kafkajs';
import { messageOf } from '../../lib/core/errors';
import type { Contributor } from '../../lib/delivery/participant';
import { KafkaLog } from '../../lib/log/kafka/kafkaLog';
import type { RecordWriter } from '../../lib/log/log';
import type { KafkaCluster } from '../../test/services/support/kafka';
import { TestStore } from '../../test/support/store';
import { printTable, whole } from '../table';
import { fill, startBrokers } from './broker';

const RECORDS = 50_000;
const BATCH = 500;
/** Batches under way at once, as several messages of a flow are. */
const AT_ONCE = 4;
/** A batch that has failed is sent again by whoever produces, as the ledger does, after so long, in ms. */
const AGAIN_AFTER = 1_000;
/** Shares of the records that are acknowledged when the broker is killed, and how long after that it comes back, in ms. */
const KILL_AT = 0.3;
const BACK_AFTER = 3_000;
/** After so long, in ms, what is not acknowledged is not waited for any more. */
const PATIENCE = 60_000;
const CLOSE_WITHIN = 10_000;
const ROUNDS = 2;

/** Something that writes batches: resolves once they are acknowledged. */
interface Writer {
  write(values: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

interface Client {
  readonly name: string;
  open(brokers: readonly string[], topic: string): Promise<Writer>;
}

/**
 * Counts what is lost and doubled when a broker dies (SIGKILL) while numbered records are produced, and comes back: by
 * Pulseflow's writer and by bare producers, idempotent and acknowledged by all. What a client gives back as failed is sent
 * again; what the topic holds is read by Kafka's own consumer. Lost is what was acknowledged and is not there.
 */
export async function benchFaults(): Promise<void> {
  const rows: string[][] = [];
  for (const brokers of [1, 3] as const) {
    const kafka = await startBrokers(brokers);
    try {
      for (const client of [ours, kafkajs, platformatic])
        for (let round = 1; round <= ROUNDS; round++) rows.push(await killOneIn(kafka, brokers, client, round));
    } finally {
      await kafka.stop();
    }
  }
  const head = [
    'brokers',
    'client',
    'round',
    'lost',
    'doubled',
    'never acknowledged',
    'batches failed',
    'seconds',
    'first failure',
  ];
  printTable(`${whole(RECORDS)} numbered records, a broker killed meanwhile`, head, rows);
}

async function killOneIn(kafka: KafkaCluster, brokers: 1 | 3, client: Client, round: number): Promise<string[]> {
  const topic = `${client.name.replaceAll(/\W+/gu, '-')}-${round}`;
  await fill(kafka.addresses.plain, { [topic]: [] }, brokers);
  const values = Array.from({ length: RECORDS }, (_, n) => `record ${n}`);
  const writer = await client.open(kafka.addresses.plain, topic);
  const began = performance.now();
  const run = new Run(writer, values);
  const produced = run.produce();
  await run.until(KILL_AT);
  await kafka.kill(1);
  await pause(BACK_AFTER);
  await kafka.restart(1);
  await within(PATIENCE, produced);
  run.giveUp();
  const seconds = (performance.now() - began) / 1_000;
  await within(CLOSE_WITHIN, writer.close());
  const found = (await kafka.read(topic)).map(({ value }) => value);
  const different = new Set(found);
  const lost = run.acknowledged.filter((value) => !different.has(value)).length;
  const open = values.length - run.acknowledged.length;
  const counts = [lost, found.length - different.size, open, run.failed].map(whole);
  return [`${brokers}`, client.name, `${round}`, ...counts, seconds.toFixed(0), run.said];
}

/** The first of the causes of an error: the others say that something has failed. */
function deepest(thrown: unknown): string {
  const { errors, cause } = thrown as { readonly errors?: readonly unknown[]; readonly cause?: unknown };
  const inner = errors?.[0] ?? cause;
  return inner === undefined ? messageOf(thrown) : deepest(inner);
}

async function within(milliseconds: number, work: Promise<void>): Promise<void> {
  const ended = new AbortController();
  await Promise.race([work, pause(milliseconds, undefined, { signal: ended.signal }).catch(() => undefined)]);
  ended.abort();
}

/** The producing of all records, several batches at once. */
class Run {
  readonly acknowledged: string[] = [];
  failed = 0;
  said = '';
  #next = 0;
  #over = false;

  constructor(
    private readonly writer: Writer,
    private readonly values: readonly string[],
  ) {}

  async produce(): Promise<void> {
    await Promise.all(Array.from({ length: AT_ONCE }, () => this.#produceSome()));
  }

  async until(share: number): Promise<void> {
    while (this.acknowledged.length < share * this.values.length) await pause(1);
  }

  /** What is not acknowledged by now is not sent again. */
  giveUp(): void {
    this.#over = true;
  }

  async #produceSome(): Promise<void> {
    while (!this.#over && this.#next < this.values.length) {
      const batch = this.values.slice(this.#next, this.#next + BATCH);
      this.#next += BATCH;
      await this.#persist(batch);
    }
  }

  async #persist(batch: readonly string[]): Promise<void> {
    while (!this.#over) {
      try {
        await this.writer.write(batch);
        this.acknowledged.push(...batch);
        return;
      } catch (thrown) {
        this.failed++;
        this.said ||= deepest(thrown).slice(0, 60);
        await pause(AGAIN_AFTER);
      }
    }
  }
}

const NO_SOURCE: Contributor = { contribute: () => undefined };

const ours: Client = {
  name: 'Pulseflow (on kafkajs)',
  open(brokers, topic) {
    const store = new TestStore();
    const log = new KafkaLog(store.store, {
      name: 'bench',
      brokers: brokers.join(','),
      clientId: 'bench',
      saslMechanism: 'none',
      user: '',
      password: '',
      partitions: 1,
      createTopics: false,
    });
    const writer: RecordWriter = log.writer({
      node: 'bench',
      acks: 'all',
      compression: 'none',
      linger: 5,
      maxBatch: BATCH,
    });
    return Promise.resolve({
      async write(values) {
        const records = values.map((value) => ({ key: value, value }));
        const written = await writer.append(topic, records, NO_SOURCE);
        const refused = written.find((error) => error !== undefined);
        if (refused !== undefined) throw refused;
      },
      async close() {
        await writer.close();
        await log.close();
        store.dispose();
      },
    });
  },
};

const kafkajs: Client = {
  name: 'bare kafkajs',
  async open(brokers, topic) {
    const kafka = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING });
    const producer: KafkajsProducer = kafka.producer({ idempotent: true });
    await producer.connect();
    return {
      async write(values) {
        await producer.send({ topic, messages: values.map((value) => ({ key: value, value })) });
      },
      close: () => producer.disconnect(),
    };
  },
};

const platformatic: Client = {
  name: '@platformatic/kafka',
  async open(brokers, topic) {
    const { Producer } = await import('@platformatic/kafka');
    const producer = new Producer({ clientId: 'bench', bootstrapBrokers: [...brokers], idempotent: true });
    return {
      async write(values) {
        const messages = values.map((value) => ({ topic, key: Buffer.from(value), value: Buffer.from(value) }));
        await producer.send({ messages });
      },
      close: () => producer.close(),
    };
  },
};
