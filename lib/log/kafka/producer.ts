import type { Message, Producer } from 'kafkajs';
import type { WriterOptions } from '../log';
import type { Client } from './client';
import { type Compression, compressionType } from './codecs';
import { explain, typeOf } from './errors';

type Acks = WriterOptions['acks'];

/**
 * How often a batch is sent again by kafkajs, without being written twice: for about two minutes, as Kafka's own client
 * does (delivery.timeout.ms).
 */
const RETRIES = 28;
const ACKS = { all: -1, leader: 1, none: 0 } as const;

/**
 * What all writers of a cluster send with: one idempotent producer, and one without sequence numbers for each weaker kind
 * of acknowledgement, connected when they are first needed.
 */
export class Producers {
  readonly #producers = new Map<Acks, Promise<Producer>>();
  /** The last send of each partition: the next one waits for it. */
  readonly #lines = new Map<string, Promise<void>>();

  constructor(private readonly client: Client) {}

  /**
   * Sends records of one partition as one batch, after all that was sent there before.
   * @throws {KafkaError} if it was not acknowledged; it may have been written all the same
   */
  async send(
    topic: string,
    partition: number,
    messages: readonly Message[],
    how: { readonly acks: Acks; readonly compression: Compression },
  ): Promise<void> {
    // kafkajs takes a sequence number back when a send fails. Another batch of this partition, sent while the first
    // waits to be tried again, would get the same number, and the broker would take it for the first and drop it.
    const line = `${how.acks} ${topic} ${partition}`;
    const before = this.#lines.get(line) ?? Promise.resolve();
    const sent = before.then(() => this.#send(topic, partition, messages, how));
    const settled = sent.catch(() => undefined);
    this.#lines.set(line, settled);
    try {
      await sent;
    } finally {
      if (this.#lines.get(line) === settled) this.#lines.delete(line);
    }
  }

  async close(): Promise<void> {
    const producers = [...this.#producers.values()];
    this.#producers.clear();
    await Promise.all(producers.map(disconnect));
  }

  async #send(
    topic: string,
    partition: number,
    messages: readonly Message[],
    { acks, compression }: { readonly acks: Acks; readonly compression: Compression },
  ): Promise<void> {
    const connected = this.#producer(acks);
    try {
      const producer = await connected;
      await producer.send({
        topic,
        acks: ACKS[acks],
        compression: compressionType(compression),
        messages: messages.map((message) => ({ ...message, partition })),
      });
    } catch (thrown) {
      // For the same reason: after a batch with an unknown fate no sequence number can be trusted. A new producer has an
      // identity of its own. What the broker itself refused was not written, and the numbers are right.
      if (!isRefusal(thrown) && this.#producers.get(acks) === connected) {
        this.#producers.delete(acks);
        void disconnect(connected);
      }
      throw explain(
        thrown,
        `${count(messages.length)} of topic ${topic}, partition ${partition}, could not be written`,
        this.client.address,
      );
    }
  }

  #producer(acks: Acks): Promise<Producer> {
    let connected = this.#producers.get(acks);
    if (connected === undefined) {
      connected = this.#connect(acks);
      this.#producers.set(acks, connected);
    }
    return connected;
  }

  async #connect(acks: Acks): Promise<Producer> {
    const idempotent = acks === 'all';
    const producer = this.client.make(RETRIES).producer({
      idempotent,
      allowAutoTopicCreation: false,
      maxInFlightRequests: idempotent ? 1 : 5,
      retry: { retries: RETRIES, initialRetryTime: 100, maxRetryTime: 5_000 },
    });
    await producer.connect();
    return producer;
  }
}

/** Refused by the broker for what it is; sent again, it would be refused again. */
const REFUSALS = new Set([
  'MESSAGE_TOO_LARGE',
  'RECORD_LIST_TOO_LARGE',
  'INVALID_RECORD',
  'INVALID_TIMESTAMP',
  'CORRUPT_MESSAGE',
  'TOPIC_AUTHORIZATION_FAILED',
  'INVALID_TOPIC_EXCEPTION',
  'UNSUPPORTED_COMPRESSION_TYPE',
]);

/** True of what the broker refused for what it is; nothing of it was written. */
export function isRefusal(thrown: unknown): boolean {
  return REFUSALS.has(typeOf(thrown) ?? '');
}

async function disconnect(connected: Promise<Producer>): Promise<void> {
  try {
    await (await connected).disconnect();
  } catch {
    // It was never connected, or is not any more.
  }
}

function count(records: number): string {
  return records === 1 ? 'A record' : `${records} records`;
}
