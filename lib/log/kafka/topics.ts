import { setTimeout as pause } from 'node:timers/promises';
import { StoreError } from '../../core/errors';
import type { Client } from './client';
import { KafkaError, explain, typeOf } from './errors';

/** How long the number of partitions of a topic is taken for true, in ms. */
const TRUE_FOR = 60_000;
/** How long a topic that was made is looked for, and after what pauses, in ms. */
const SEEN_WITHIN = 10_000;
const LOOK_AGAIN = 100;
/** There is no such topic, or none of its partitions has a leader, yet. */
const NOT_SEEN = new Set(['UNKNOWN_TOPIC_OR_PARTITION', 'LEADER_NOT_AVAILABLE']);

interface Known {
  readonly partitions: number;
  readonly until: number;
}

export interface TopicsOptions {
  /** Whether a topic that is written to and is not there is made. */
  readonly create: boolean;
  /** Of topics that are made. */
  readonly partitions: number;
}

/** What topics a cluster has, and of how many partitions. */
export class KafkaTopics {
  readonly #known = new Map<string, Known>();
  readonly #asking = new Map<string, Promise<number>>();

  constructor(
    private readonly client: Client,
    private readonly options: TopicsOptions,
  ) {}

  /** The names of all topics that this user may see, without Kafka's own, in order. */
  async names(): Promise<string[]> {
    const names = await this.client.ask((admin) => admin.listTopics());
    return names.filter((name) => !name.startsWith('__')).sort();
  }

  /**
   * How many partitions a topic has; it is made if it is missing and that is allowed.
   * @throws {KafkaError} if it is not there, or nobody answers
   */
  async partitions(topic: string): Promise<number> {
    const known = this.#known.get(topic);
    if (known !== undefined && known.until > Date.now()) return known.partitions;
    let asking = this.#asking.get(topic);
    if (asking === undefined) {
      asking = this.#ask(topic).finally(() => this.#asking.delete(topic));
      this.#asking.set(topic, asking);
    }
    try {
      return this.#know(topic, await asking);
    } catch (thrown) {
      throw explain(thrown, `Topic ${topic} cannot be written to`, this.client.address);
    }
  }

  /** What was known of a topic is doubtful. */
  forget(topic: string): void {
    this.#known.delete(topic);
  }

  async #ask(topic: string): Promise<number> {
    const found = await this.#find(topic);
    if (found !== undefined) return found;
    if (!this.options.create) {
      throw new KafkaError(`There is no topic ${topic} to write to.`, {
        setting: 'topic',
        remedy: 'Make it, or let the cluster node make topics that are missing.',
      });
    }
    await this.client.ask((admin) =>
      admin
        .createTopics({
          topics: [{ topic, numPartitions: this.options.partitions, replicationFactor: -1 }],
          waitForLeaders: false,
        })
        .catch(unlessExists),
    );
    return this.#seeMade(topic);
  }

  /** A broker that is asked may not have heard yet of what the controller has made. */
  async #seeMade(topic: string): Promise<number> {
    const end = Date.now() + SEEN_WITHIN;
    for (;;) {
      const made = await this.#find(topic);
      if (made !== undefined) return made;
      if (Date.now() > end) throw new StoreError(`the topic ${topic} was made, but is not to be seen yet`);
      await pause(LOOK_AGAIN);
    }
  }

  async #find(topic: string): Promise<number | undefined> {
    try {
      const { topics } = await this.client.ask((admin) => admin.fetchTopicMetadata({ topics: [topic] }));
      return topics[0]?.partitions.length;
    } catch (thrown) {
      if (NOT_SEEN.has(typeOf(thrown) ?? '')) return undefined;
      throw thrown;
    }
  }

  #know(topic: string, partitions: number): number {
    this.#known.set(topic, { partitions, until: Date.now() + TRUE_FOR });
    return partitions;
  }
}

// Two nodes may find it missing at the same time.
function unlessExists(thrown: unknown): void {
  const errors = (thrown as { errors?: unknown[] }).errors ?? [thrown];
  if (!errors.every((each) => typeOf(each) === 'TOPIC_ALREADY_EXISTS')) throw errors[0];
}
