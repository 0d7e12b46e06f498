import type { Batch } from 'kafkajs';
import type { Store } from '../../store/store';
import type { Consumer, ConsumerEvents, ConsumerOptions, ConsumerReport, ConsumerState } from '../log';
import type { Client } from './client';
import { explain, isCoordinatorMoving } from './errors';
import { type MemberEvents, Membership, type Place, SESSION_TIMEOUT } from './membership';
import { type GroupOffset, OffsetCommits } from './offsetCommits';
import { type TopicOffsets, offsetsOf, topicsOf } from './offsets';
import { PartitionReader, type ReaderHost } from './partitionReader';
import { type Position, type Start, Positions, newEpoch, startAt } from './positions';
import { recordsOf } from './records';
import { Seen } from './seen';
import { type Subscription, subscribe } from './subscription';
import type { KafkaTopics } from './topics';
import type { ReadPartition, Transactions } from './transactions/transactions';

/** How often it is looked for topics that are missing, or that have come to fit a pattern, in ms. */
const LOOK_EVERY = 3_000;
/** Pauses between one membership and the next, when it ends by itself, in ms. */
const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 30_000;
/** A member that has not heard of its coordinator for so long, in ms, may have been replaced: it commits nothing. */
const SURE_FOR = SESSION_TIMEOUT * 0.8;

/** Where a consumer reads from. */
export interface Cluster {
  /** The cluster's own name for itself. */
  id(): Promise<string>;
  readonly client: Client;
  readonly topics: KafkaTopics;
  readonly store: Store;
  /** There since a node has begun to write in transactions. */
  readonly transactions: Transactions | undefined;
}

/**
 * Reads topics of a cluster as a member of a group. Joins again whenever a membership ends; readers of partitions outlast
 * that, and go on if nobody else has had the partition meanwhile.
 */
export class KafkaConsumer implements Consumer {
  readonly #readers = new Map<string, PartitionReader>();
  readonly #positions: Positions;
  readonly #subscription: Subscription;
  readonly #commits: OffsetCommits;
  readonly #host: ReaderHost;
  #state: ConsumerState = { kind: 'joining' };
  #member: Membership | undefined;
  #leaving: Membership | undefined;
  #reading: readonly string[] = [];
  /** Counts joins: what was begun for an earlier one is of no more interest. */
  #generation = 0;
  #failures = 0;
  #told = '';
  #closed = false;
  /** The store may not be there any more. */
  #isGone = false;
  #next: NodeJS.Timeout | undefined;
  #looking: NodeJS.Timeout | undefined;

  constructor(
    private readonly cluster: Cluster,
    private readonly options: ConsumerOptions,
    private readonly events: ConsumerEvents,
  ) {
    this.#positions = new Positions(cluster.store);
    this.#subscription = subscribe(options.topics);
    this.#commits = new OffsetCommits(
      () => this.#due(),
      () => this.#member?.tell,
      (offsets) => this.#acknowledged(offsets),
    );
    this.#host = {
      events,
      positions: this.#positions,
      owned: () => this.#isSure(),
      committed: () => this.#commits.soon(),
      resume: () => undefined,
      lost: () => this.rejoin(),
    };
    void this.#begin();
  }

  report(): ConsumerReport {
    return { state: this.#state, partitions: [...this.#readers.values()].map((reader) => reader.report()) };
  }

  /** Leaves the group and joins it again: where it stands in its partitions is to be found out anew. */
  rejoin(): void {
    const member = this.#member;
    if (member === undefined || member === this.#leaving || this.#closed) return;
    void this.#leave(member).then(() => this.#again(0));
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#next);
    clearTimeout(this.#looking);
    const member = this.#member;
    await this.#tellAll();
    this.#isGone = true;
    this.#hold(true);
    this.#commits.stop();
    this.#generation++;
    this.#member = undefined;
    await member?.leave();
    for (const reader of this.#readers.values()) reader.close();
    this.#setState({ kind: 'closed' });
  }

  // ---- from one membership to the next

  async #begin(): Promise<void> {
    if (this.#closed) return;
    try {
      const all = await this.cluster.topics.names();
      const topics = this.#subscription.among(all);
      const missing = this.#subscription.missing(all);
      if (this.#isClosed()) return;
      if (topics.length === 0) {
        this.#setState({ kind: 'waiting', topics: missing.join(', ') });
        this.#again(LOOK_EVERY);
        return;
      }
      this.#setState({ kind: 'joining' });
      this.#join(topics);
      this.#look();
    } catch (thrown) {
      this.#failed(thrown);
    }
  }

  #join(topics: readonly string[]): void {
    this.#reading = topics;
    const member: Membership = new Membership(
      this.cluster.client,
      this.options.group,
      topics,
      this.#eventsOf(() => member),
    );
    this.#member = member;
    void member.start();
  }

  #again(after: number): void {
    clearTimeout(this.#next);
    if (!this.#closed) this.#next = setTimeout(() => void this.#begin(), after);
  }

  /** Looks from time to time whether other topics are to be read. */
  #look(): void {
    clearTimeout(this.#looking);
    this.#looking = setTimeout(() => void this.#lookNow(), LOOK_EVERY);
  }

  async #lookNow(): Promise<void> {
    try {
      const all = await this.cluster.topics.names();
      const member = this.#member;
      const topics = this.#subscription.among(all);
      if (member === undefined || this.#isClosed()) return;
      if (topics.join(' ') !== this.#reading.join(' ')) {
        await this.#leave(member);
        this.#again(0);
        return;
      }
    } catch {
      // Whether the cluster answers is found out by the member.
    }
    if (!this.#isClosed() && this.#member !== undefined) this.#look();
  }

  async #leave(member: Membership): Promise<void> {
    clearTimeout(this.#looking);
    this.#leaving = member;
    this.#generation++;
    await this.#tellAll();
    this.#hold(true);
    if (this.#member === member) this.#member = undefined;
    await member.leave();
  }

  /** Commits what is finished, and has Kafka told of it while this is still a member. */
  async #tellAll(): Promise<void> {
    this.events.commit?.();
    const written = this.cluster.transactions?.drained([...this.#readers.values()].map(({ name }) => name));
    await Promise.race([Promise.all([this.#commits.now(), written]), pause(2_000)]);
  }

  #failed(thrown: unknown): void {
    this.#hold(true);
    this.#generation++;
    this.#member = undefined;
    clearTimeout(this.#looking);
    if (this.#closed) return;
    const { group } = this.options;
    const error = explain(thrown, `Group ${group} cannot read`, this.cluster.client.address);
    this.#setState({ kind: 'failed', reason: error.message });
    // Once for each reason, and again when it has been well in between.
    if (!this.#isExpected(thrown)) {
      if (this.#told !== error.message) this.events.error(error);
      this.#told = error.message;
    }
    this.#again(Math.min(FIRST_PAUSE * 2 ** this.#failures++, LONGEST_PAUSE));
  }

  // ---- one membership

  #eventsOf(member: () => Membership): MemberEvents {
    const current = (): boolean => this.#member === member();
    return {
      held: () => [...this.#readers.values()],
      rebalancing: () => {
        if (!current()) return;
        this.#setState({ kind: 'rebalancing' });
        // What is finished is told in the generation that ends; nothing more is committed until the shares are known.
        this.events.commit?.();
        void this.#commits.now();
        this.#hold(true);
      },
      joined: (share, anew) => {
        if (current()) this.#joined(member(), share, anew);
      },
      fetched: (place, batch) => {
        if (current()) this.#fetched(member(), place, batch);
      },
      outOfRange: (place) => {
        if (current()) void this.#relocate(member(), place);
      },
      ended: (error) => {
        if (current()) this.#failed(error);
      },
    };
  }

  #joined(member: Membership, share: readonly Place[], anew: boolean): void {
    const generation = ++this.#generation;
    this.#hold(true);
    const keys = new Set(share.map(keyOf));
    for (const [key, reader] of [...this.#readers]) if (anew || !keys.has(key)) this.#drop(reader);
    const kept = share.flatMap((place) => this.#readers.get(keyOf(place)) ?? []);
    for (const reader of kept) {
      member.seek(reader, reader.seekAt);
      if (reader.full) member.pause([reader]);
      else member.resume([reader]);
    }
    // Until it is known where to begin.
    member.pause(share.filter((place) => !this.#readers.has(keyOf(place))));
    void this.#settle(member, share, generation);
  }

  /** Finds out where the group stands in its partitions, and begins to read those that are new. */
  async #settle(member: Membership, share: readonly Place[], generation: number): Promise<void> {
    const current = (): boolean => this.#generation === generation && !this.#closed;
    try {
      const cluster = await this.cluster.id();
      const { group, from } = this.options;
      const claimed = await this.#claim(share, cluster);
      for (const topic of topicsOf(share)) {
        const offsets = await offsetsOf(this.cluster.client, group, topic, from);
        if (!current()) return;
        for (const place of share) if (place.topic === topic) this.#settleOne(member, place, offsets, cluster);
      }
      if (share.some((place) => !this.#readers.has(keyOf(place)))) {
        await this.#settle(member, share, generation);
        return;
      }
      for (const { name, ...place } of claimed) {
        const reader = this.#readers.get(keyOf(place));
        if (reader !== undefined) this.cluster.transactions?.open(name, reader);
      }
      this.#setState({ kind: 'joined' });
      this.#failures = 0;
      this.#told = '';
      this.#hold(false);
      this.events.commit?.();
      // What an earlier process or membership committed and did not come to tell, and where the group begins.
      this.#commits.soon();
    } catch (thrown) {
      if (!current()) return;
      const { group } = this.options;
      if (!this.#isExpected(thrown))
        this.events.error(
          explain(thrown, `The positions of group ${group} are not known`, this.cluster.client.address),
        );
      this.#failures++;
      setTimeout(() => {
        if (current()) void this.#settle(member, share, generation);
      }, FIRST_PAUSE);
    }
  }

  /** Nobody else may be writing what is made of these partitions when it is asked how far that has got. */
  async #claim(share: readonly Place[], cluster: string): Promise<ReadPartition[]> {
    const { transactions } = this.cluster;
    if (transactions === undefined) return [];
    const { group } = this.options;
    const partitions = share.map((place) => ({ ...place, group, name: nameOf(cluster, group, place) }));
    const isNew = (place: ReadPartition): boolean =>
      !this.#readers.has(keyOf(place)) || !transactions.isOpen(place.name);
    const claimed = partitions.filter(isNew);
    await transactions.claim(claimed);
    return claimed;
  }

  /** A partition that others have had and that was not claimed for that is given up, to be settled once more. */
  #settleOne(member: Membership, place: Place, offsets: TopicOffsets, cluster: string): void {
    const { transactions } = this.cluster;
    const kept = this.#readers.get(keyOf(place));
    const group = offsets.group.get(place.partition);
    const name = nameOf(cluster, this.options.group, place);
    const isUnclaimed = transactions?.isOpen(name) === true;
    const isSettled = transactions?.settle(name, group) ?? true;
    if (kept !== undefined) {
      // Within what this member has told: nobody else has had the partition.
      const isOwn = (group ?? -1) >= kept.acknowledged && (group ?? -1) <= kept.told;
      if (isOwn && isSettled) return;
      this.#drop(kept);
      member.pause([place]);
      if (isUnclaimed) return;
    }
    this.#open(member, place, offsets, cluster, isSettled);
  }

  /** @param isSettled whether the own position goes with what Kafka has of the transactions */
  #open(member: Membership, place: Place, offsets: TopicOffsets, cluster: string, isSettled = true): void {
    const { topic, partition } = place;
    const { group, maxBatch, batch = false } = this.options;
    const { transactions } = this.cluster;
    const name = nameOf(cluster, group, place);
    const range = offsets.ranges.get(partition) ?? { low: 0, high: 0 };
    const told = offsets.group.get(partition);
    const own = isSettled ? this.#positions.get(name) : undefined;
    const start = startAt(own, told, range, offsets.beginnings.get(partition) ?? range.low);
    if (start.why === 'rewound') transactions?.clear(name);
    const position = positionAt(own, start, told);
    this.#positions.putAtOnce(name, position);
    this.#say(place, start, own, range);
    const reader = new PartitionReader(
      { topic, partition, name, start: position, end: range.high, maxBatch, batch },
      { ...this.#host, resume: () => this.#member?.resume([place]) },
      new Seen(this.cluster.store, name),
    );
    reader.held = true;
    this.#readers.set(keyOf(place), reader);
    this.events.assigned(reader.assignment);
    reader.start();
    member.seek(place, reader.seekAt);
    member.resume([place]);
  }

  #fetched(member: Membership, place: Place, batch: Batch): void {
    const reader = this.#readers.get(keyOf(place));
    if (reader === undefined) return;
    reader.take(recordsOf(batch), Number(batch.lastOffset()) + 1, Number(batch.highWatermark));
    if (reader.full) member.pause([reader]);
    this.#commits.ready();
  }

  /** Finds another place to read on, where there is no record (any more). */
  async #relocate(member: Membership, place: Place): Promise<void> {
    const generation = this.#generation;
    const reader = this.#readers.get(keyOf(place));
    if (reader === undefined) return;
    member.pause([place]);
    try {
      const cluster = await this.cluster.id();
      const { group, from } = this.options;
      const offsets = await offsetsOf(this.cluster.client, group, place.topic, from);
      if (this.#generation !== generation || this.#closed) return;
      const range = offsets.ranges.get(place.partition) ?? { low: 0, high: 0 };
      if (reader.fetchAt < range.low) {
        // What was read before is still good.
        const next = Math.max(range.low, offsets.beginnings.get(place.partition) ?? range.low);
        this.#say(place, { next, why: 'lost' }, { next: reader.fetchAt }, range);
        reader.jump(next, range.high);
        member.seek(place, next);
        member.resume([place]);
      } else if (reader.fetchAt > range.high) {
        this.#drop(reader);
        this.#open(member, place, { ...offsets, group: new Map() }, cluster);
        const opened = this.#readers.get(keyOf(place));
        if (opened !== undefined) opened.held = false;
      } else {
        member.seek(place, reader.fetchAt);
        member.resume([place]);
      }
    } catch (thrown) {
      if (this.#generation === generation) this.#failed(thrown);
    }
  }

  #drop(reader: PartitionReader): void {
    reader.held = true;
    reader.close();
    this.#readers.delete(keyOf(reader));
    this.events.revoked(reader.assignment);
  }

  /** It will pass by itself, and has not lasted for long. */
  #isExpected(thrown: unknown): boolean {
    return isCoordinatorMoving(thrown) && this.#failures < 5;
  }

  #hold(held: boolean): void {
    for (const reader of this.#readers.values()) reader.held = held;
  }

  #isSure(): boolean {
    return this.#member !== undefined && Date.now() - this.#member.heard < SURE_FOR;
  }

  #isClosed(): boolean {
    return this.#closed;
  }

  #acknowledged(offsets: readonly GroupOffset[]): void {
    if (this.#isGone) return;
    this.cluster.store.transaction(() => {
      for (const offset of offsets) this.#readers.get(keyOf(offset))?.tookOffset(offset.next);
    });
  }

  #due(): GroupOffset[] {
    const due: GroupOffset[] = [];
    for (const reader of this.#readers.values()) {
      if (reader.held || reader.next <= reader.acknowledged) continue;
      // Told together with what was made of the records before.
      if (this.cluster.transactions?.holds(reader.name) === true) continue;
      reader.told = reader.next;
      due.push({ topic: reader.topic, partition: reader.partition, next: reader.next });
    }
    return due;
  }

  #setState(state: ConsumerState): void {
    this.#state = state;
    this.events.changed?.();
  }

  #say(
    { topic, partition }: Place,
    { next, why }: Start,
    own: { readonly next: number } | undefined,
    { low, high }: { readonly low: number; readonly high: number },
  ): void {
    const { group } = this.options;
    const where = `Topic ${topic}, partition ${partition}`;
    const before = own?.next ?? '?';
    if (why === 'rewound')
      this.events.notice?.(
        `${where}: group ${group} was moved back from ${before} to ${next}; it reads on from there.`,
      );
    if (why === 'lost')
      this.events.notice?.(
        `${where}: the records from ${before} to ${low - 1} are gone before group ${group} had read them; it reads on at ${next}.`,
      );
    if (why === 'ahead')
      this.events.notice?.(
        `${where}: group ${group} was at ${before}, but the partition ends at ${high}: it was made anew, or has lost its end. It reads on at ${next}.`,
      );
  }
}

function positionAt(own: Position | undefined, { next, why }: Start, group: number | undefined): Position {
  const goesOn = own !== undefined && (why === 'own' || why === 'group' || why === 'lost');
  return {
    next,
    committed: group !== undefined && group <= next ? group : -1,
    epoch: goesOn ? own.epoch : newEpoch(),
    cuts: goesOn ? own.cuts.filter((cut) => cut > next) : [],
  };
}

function nameOf(cluster: string, group: string, { topic, partition }: Place): string {
  return `kafka/${cluster}/${group}/${topic}/${partition}`;
}

function keyOf({ topic, partition }: Place): string {
  return `${topic}/${partition}`;
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds).unref());
}
