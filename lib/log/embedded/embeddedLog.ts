import { RecordError, SettingError } from '../../core/errors';
import type { Contributor, Participant } from '../../delivery/participant';
import type { Store } from '../../store/store';
import type { Consumer, ConsumerEvents, ConsumerOptions, NewRecord, TopicLog } from '../log';
import { partitionOf } from '../partitioner';
import { EmbeddedConsumer } from './consumer';
import { Groups } from './groups';
import { Retention } from './retention';
import { type Topic, Topics } from './topics';

export interface EmbeddedLogOptions {
  /** Stable over restarts; two logs in one store never share it. */
  readonly name: string;
  /** Of topics that are made. */
  readonly partitions: number;
  /** How long records are kept at least, in ms; 0 keeps them for good. */
  readonly retention: number;
  readonly clock?: () => number;
}

interface Append {
  readonly topic: Topic;
  readonly records: readonly NewRecord[];
  /** Of each record. */
  readonly partitions: readonly number[];
}

/**
 * A topic log in the embedded store. What is appended by a message of a tracked source becomes part of that message's
 * commit: it appears together with the source's new position, or not at all.
 */
export class EmbeddedLog implements TopicLog, Participant<Append> {
  readonly name: string;
  readonly #topics: Topics;
  readonly #groups = new Groups();
  readonly #retention: Retention;
  readonly #clock: () => number;
  #merged: Append[] = [];
  #sticky = 0;

  constructor(
    store: Store,
    private readonly options: EmbeddedLogOptions,
  ) {
    this.name = options.name;
    this.#clock = options.clock ?? Date.now;
    this.#topics = new Topics(store, options.name);
    this.#retention = new Retention(store, options.name, options.retention, this.#clock);
  }

  append(name: string, records: readonly NewRecord[], contributor: Contributor): Promise<void> | undefined {
    const topic = this.#topics.topic(name, this.options.partitions);
    // Without a key a batch goes to one partition as a whole, the next batch to the next (KIP-480).
    const sticky = this.#sticky++ % topic.partitions;
    const partitions = records.map((record) => place(record, topic, sticky));
    return contributor.contribute<Append>(this, { topic, records, partitions });
  }

  consume(options: ConsumerOptions, events: ConsumerEvents): Consumer {
    const pattern = options.topics.find((name) => name.length > 2 && name.startsWith('/') && name.endsWith('/'));
    if (pattern !== undefined) {
      throw new SettingError(`The embedded log takes no patterns, such as ${pattern}.`, {
        setting: 'topic',
        remedy: 'Name the topics, separated by commas.',
      });
    }
    const topics = options.topics.map((name) => this.#topics.topic(name, this.options.partitions));
    return new EmbeddedConsumer(this.#topics, this.#groups, topics, options, events);
  }

  topicNames(): Promise<string[]> {
    return Promise.resolve(this.#topics.names());
  }

  groupNames(): Promise<string[]> {
    return Promise.resolve(this.#topics.groups());
  }

  merge(deltas: readonly Append[]): void {
    for (const delta of deltas) this.#merged.push(delta);
  }

  save(): void {
    const now = this.#clock();
    for (const { topic, records, partitions } of this.#merged) {
      records.forEach((record, index) => this.#topics.insert(topic, partitions[index] ?? 0, record, now));
    }
  }

  committed(): void {
    const changed = new Set(this.#merged.map(({ topic }) => topic.name));
    this.#merged = [];
    this.#groups.appended(changed);
  }

  reload(): void {
    this.#merged = [];
    this.#topics.reload();
  }

  close(): void {
    this.#retention.close();
  }
}

function place(record: NewRecord, topic: Topic, sticky: number): number {
  const { partition, key } = record;
  if (partition === undefined) return key === null ? sticky : partitionOf(key, topic.partitions);
  if (!Number.isInteger(partition) || partition < 0 || partition >= topic.partitions) {
    throw new RecordError(`Topic ${topic.name} has no partition ${partition}, only 0 to ${topic.partitions - 1}.`, {
      setting: 'partition',
    });
  }
  return partition;
}
