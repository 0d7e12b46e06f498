import type { Batch, Consumer, EachBatchPayload } from 'kafkajs';
import { assigner } from './assigner';
import type { Client } from './client';
import type { GroupOffset, Tell } from './offsetCommits';

/** A partition of a topic. */
export interface Place {
  readonly topic: string;
  readonly partition: number;
}

/** What a member of a group tells. All is called synchronously, in the order in which it happens. */
export interface MemberEvents {
  /** What it has had so far, which it would like to keep. */
  held(): readonly Place[];
  /** The group shares its partitions out anew; offsets sent now still count. */
  rebalancing(): void;
  /** The share of this member; `anew` if the coordinator had forgotten it, and others may have had its partitions. */
  joined(share: readonly Place[], anew: boolean): void;
  fetched(place: Place, batch: Batch): void;
  /** There is no record at the offset that was asked for. */
  outOfRange(place: Place): void;
  /** It is no member any more; `error` says why. */
  ended(error: Error): void;
}

/** After how long without a word the coordinator gives a member's partitions to others, in ms. */
export const SESSION_TIMEOUT = 20_000;
const HEARTBEAT_EVERY = 1_500;
/** How long others are waited for when the group shares out its partitions, in ms. */
const REBALANCE_TIMEOUT = 20_000;
/** How long a broker waits for records before it answers that there are none, in ms; a member that leaves waits, too. */
const FETCH_WAIT = 500;
const PARTITION_BYTES = 1_000_000;
const FETCH_BYTES = 4_000_000;
/** How long leaving may take, in ms: a broker that is gone does not answer. */
const LEAVE_WITHIN = 4_000;

/** One membership in a group, from joining until it ends, with the fetching that belongs to it: a kafkajs consumer. */
export class Membership {
  readonly #consumer: Consumer;
  #tell: EachBatchPayload['commitOffsetsIfNecessary'] | undefined;
  #member: string | undefined;
  #heard = 0;
  #over = false;

  constructor(
    client: Client,
    private readonly group: string,
    private readonly topics: readonly string[],
    private readonly events: MemberEvents,
  ) {
    const kafka = client.make(6, (said) => this.#listen(said));
    this.#consumer = kafka.consumer({
      groupId: group,
      partitionAssigners: [assigner(() => byTopicName(events.held()))],
      sessionTimeout: SESSION_TIMEOUT,
      rebalanceTimeout: REBALANCE_TIMEOUT,
      heartbeatInterval: HEARTBEAT_EVERY,
      maxWaitTimeInMs: FETCH_WAIT,
      maxBytesPerPartition: PARTITION_BYTES,
      maxBytes: FETCH_BYTES,
      metadataMaxAge: 60_000,
      allowAutoTopicCreation: false,
      retry: { retries: 6, initialRetryTime: 200, maxRetryTime: 5_000, restartOnFailure: () => Promise.resolve(false) },
    });
  }

  /** When the coordinator was last heard of, in ms since the epoch; 0 for never. */
  get heard(): number {
    return this.#heard;
  }

  /** Joins, and fetches from then on. What goes wrong later is told by `ended`. */
  async start(): Promise<void> {
    const consumer = this.#consumer;
    const { GROUP_JOIN, HEARTBEAT, REBALANCING, CRASH, END_BATCH_PROCESS } = consumer.events;
    consumer.on(HEARTBEAT, () => this.#hear());
    consumer.on(REBALANCING, () => {
      if (!this.#over) this.events.rebalancing();
    });
    consumer.on(GROUP_JOIN, ({ payload: { memberId, memberAssignment } }) => {
      if (this.#over) return;
      this.#hear();
      const anew = this.#member !== undefined && this.#member !== memberId;
      this.#member = memberId;
      this.events.joined(placesOf(memberAssignment), anew);
    });
    consumer.on(END_BATCH_PROCESS, ({ payload }) => {
      // Nothing but the ends of transactions, or what was taken back: kafkajs keeps that to itself.
      if (payload.batchSize === 0) this.#passedOver(payload);
    });
    consumer.on(CRASH, ({ payload: { error } }) => this.#end(error));
    try {
      await consumer.connect();
      await consumer.subscribe({ topics: [...this.topics], fromBeginning: true });
      await consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        eachBatch: (payload) => {
          this.#take(payload);
          return Promise.resolve();
        },
      });
    } catch (thrown) {
      this.#end(thrown as Error);
    }
  }

  pause(places: readonly Place[]): void {
    if (!this.#over && places.length > 0) this.#consumer.pause(places.map(asTopicPartitions));
  }

  resume(places: readonly Place[]): void {
    if (!this.#over && places.length > 0) this.#consumer.resume(places.map(asTopicPartitions));
  }

  /** Fetches from another offset on. */
  seek({ topic, partition }: Place, offset: number): void {
    if (!this.#over) this.#consumer.seek({ topic, partition, offset: String(offset) });
  }

  /** Sends offsets in the present generation; undefined before anything was fetched. */
  get tell(): Tell | undefined {
    const tell = this.#tell;
    if (tell === undefined || this.#over) return undefined;
    // Not `consumer.commitOffsets`: what that tries again after a rebalance may belong to another member by then.
    return (offsets) => tell({ topics: byTopic(offsets) });
  }

  /** Leaves the group, so that others need not wait for a timeout. */
  async leave(): Promise<void> {
    this.#over = true;
    const left = this.#consumer.disconnect().catch(() => undefined);
    let timer: NodeJS.Timeout | undefined;
    await Promise.race([left, new Promise<void>((resolve) => (timer = setTimeout(resolve, LEAVE_WITHIN)))]);
    clearTimeout(timer);
  }

  #hear(): void {
    this.#heard = Date.now();
  }

  #take(payload: EachBatchPayload): void {
    if (this.#over) return;
    const { batch } = payload;
    this.#tell = (offsets) => payload.commitOffsetsIfNecessary(offsets);
    if (payload.isStale()) return;
    this.events.fetched(batch, batch);
    payload.resolveOffset(batch.lastOffset());
  }

  #passedOver({ topic, partition, lastOffset, highWatermark }: PassedOver): void {
    if (this.#over) return;
    const batch = { topic, partition, highWatermark, messages: [], lastOffset: () => lastOffset };
    this.events.fetched({ topic, partition }, batch as unknown as Batch);
  }

  // kafkajs deals with this itself, by the beginning of the subscription, and tells nobody but its log.
  #listen(said: { readonly message: string; readonly topic?: unknown; readonly partition?: unknown }): void {
    const { message, topic, partition } = said;
    if (this.#over || !message.startsWith('Offset out of range, resetting')) return;
    if (typeof topic === 'string' && typeof partition === 'number') this.events.outOfRange({ topic, partition });
  }

  #end(error: Error): void {
    if (this.#over) return;
    this.#over = true;
    void this.#consumer.disconnect().catch(() => undefined);
    this.events.ended(error);
  }
}

interface PassedOver extends Place {
  readonly lastOffset: string;
  readonly highWatermark: string;
}

function placesOf(assignment: Readonly<Record<string, number[]>>): Place[] {
  return Object.entries(assignment).flatMap(([topic, partitions]) =>
    partitions.map((partition) => ({ topic, partition })),
  );
}

function asTopicPartitions({ topic, partition }: Place): { topic: string; partitions: number[] } {
  return { topic, partitions: [partition] };
}

function byTopic(
  offsets: readonly GroupOffset[],
): { topic: string; partitions: { partition: number; offset: string }[] }[] {
  const topics = new Map<string, { partition: number; offset: string }[]>();
  for (const { topic, partition, next } of offsets) {
    const entry = { partition, offset: String(next) };
    const known = topics.get(topic);
    if (known === undefined) topics.set(topic, [entry]);
    else known.push(entry);
  }
  return [...topics].map(([topic, partitions]) => ({ topic, partitions }));
}

function byTopicName(places: readonly Place[]): Record<string, number[]> {
  const topics = new Map<string, number[]>();
  for (const { topic, partition } of places) topics.set(topic, [...(topics.get(topic) ?? []), partition]);
  return Object.fromEntries(topics);
}
