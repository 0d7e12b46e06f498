import type { Contributor } from '../../delivery/participant';
import type { Store } from '../../store/store';
import type {
  Consumer,
  ConsumerEvents,
  ConsumerOptions,
  NewRecord,
  RecordWriter,
  TopicLog,
  WriterOptions,
} from '../log';
import { Client, type ClientOptions } from './client';
import { KafkaConsumer } from './consumer';
import { Producers } from './producer';
import { Room } from './room';
import { KafkaTopics } from './topics';
import { anySpooled } from './transactions/spool';
import { Transactions } from './transactions/transactions';
import { TransactionalWriter } from './transactions/writer';
import { KafkaWriter } from './writer';

export interface KafkaLogOptions extends ClientOptions {
  /** Stable over restarts. */
  readonly name: string;
  /** Of topics that are made. */
  readonly partitions: number;
  /** Whether a topic that is written to and is not there is made. */
  readonly createTopics: boolean;
}

/** Bytes of records that may wait for their acknowledgement, over all nodes that write. */
const BUFFER = 32_000_000;
/** Of what is written a record at a time, such as dead letters. */
const ONE_BY_ONE: WriterOptions = { node: 'dead-letters', acks: 'all', compression: 'none', linger: 0, maxBatch: 500 };
/** After how long it is tried again to go on with what an earlier process has left, in ms. */
const START_AGAIN = 5_000;

/** A topic log on the brokers of an Apache Kafka cluster. */
export class KafkaLog implements TopicLog {
  readonly name: string;
  readonly client: Client;
  readonly topics: KafkaTopics;
  readonly #producers: Producers;
  readonly #room = new Room(BUFFER);
  readonly #writer: RecordWriter;
  readonly #consumers = new Set<KafkaConsumer>();
  #transactions: Transactions | undefined;
  #starting: NodeJS.Timeout | undefined;
  #id: Promise<string> | undefined;

  /** @throws {SettingError} if the cluster cannot be reached with these settings at all */
  constructor(
    readonly store: Store,
    { name, partitions, createTopics, ...client }: KafkaLogOptions,
  ) {
    this.name = name;
    this.client = new Client(client);
    this.topics = new KafkaTopics(this.client, { partitions, create: createTopics });
    this.#producers = new Producers(this.client);
    this.#writer = new KafkaWriter(this.#producers, this.topics, this.#room, ONE_BY_ONE);
    if (anySpooled(store)) this.#transact();
  }

  /** What is written to in transactions: there since the first node that does so. */
  get transactions(): Transactions | undefined {
    return this.#transactions;
  }

  async append(topic: string, records: readonly NewRecord[], contributor: Contributor): Promise<void> {
    const { transactions } = this;
    const writer =
      transactions === undefined || contributor.origin === undefined
        ? this.#writer
        : new TransactionalWriter(transactions, this.topics, ONE_BY_ONE);
    const written = await writer.append(topic, records, contributor);
    const refused = written.find((error) => error !== undefined);
    if (refused !== undefined) throw refused;
  }

  writer(options: WriterOptions): RecordWriter {
    if (options.transactions === true) return new TransactionalWriter(this.#transact(), this.topics, options);
    return new KafkaWriter(this.#producers, this.topics, this.#room, options);
  }

  consume(options: ConsumerOptions, events: ConsumerEvents): Consumer {
    const consumer = new KafkaConsumer(this, options, events);
    this.#consumers.add(consumer);
    return {
      report: () => consumer.report(),
      close: () => {
        this.#consumers.delete(consumer);
        return consumer.close();
      },
    };
  }

  topicNames(): Promise<string[]> {
    return this.topics.names();
  }

  async groupNames(): Promise<string[]> {
    const { groups } = await this.client.ask((admin) => admin.listGroups());
    return groups
      .filter(({ protocolType }) => protocolType === 'consumer')
      .map(({ groupId }) => groupId)
      .sort();
  }

  /** The cluster's own name for itself: positions belong to it, whichever node of the flow has led there. */
  async id(): Promise<string> {
    this.#id ??= this.client.ask((admin) => admin.describeCluster()).then(({ clusterId }) => clusterId);
    try {
      return await this.#id;
    } catch (thrown) {
      this.#id = undefined;
      throw thrown;
    }
  }

  async close(): Promise<void> {
    clearTimeout(this.#starting);
    await Promise.all([this.#writer.close(), this.#transactions?.close()]);
    await this.#producers.close();
    await this.client.close();
  }

  #transact(): Transactions {
    if (this.#transactions !== undefined) return this.#transactions;
    this.#transactions = new Transactions(this);
    this.#startTransactions(this.#transactions);
    // What they have read so far is told in another way.
    for (const consumer of this.#consumers) consumer.rejoin();
    return this.#transactions;
  }

  #startTransactions(transactions: Transactions): void {
    transactions.start().catch(() => {
      this.#starting = setTimeout(() => this.#startTransactions(transactions), START_AGAIN);
    });
  }
}
