import { randomBytes } from 'node:crypto';
import type { RecordError } from '../../../core/errors';
import type { Contributor, Participant } from '../../../delivery/participant';
import { NodeState } from '../../../store/nodeState';
import type { Store } from '../../../store/store';
import type { WriterOptions } from '../../log';
import type { Client } from '../client';
import type { Compression } from '../codecs';
import type { Outgoing } from '../outgoing';
import type { KafkaTopics } from '../topics';
import { type Follower, type LaneHost, TransactionalLane } from './lane';
import { GroupProgress, OwnProgress } from './progress';
import { type Made, type Size, Spool, type Spooled } from './spool';

/** What is written to in transactions. */
export interface TransactionsOptions {
  readonly store: Store;
  readonly client: Client;
  readonly topics: KafkaTopics;
  /** The cluster's own name for itself. */
  id(): Promise<string>;
}

/** A partition of the cluster that a group of this process reads. */
export interface ReadPartition {
  /** The name of its position, which is that of its lane as well. */
  readonly name: string;
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
}

/** What one message has written. */
interface Delta {
  readonly lane: string;
  readonly made: Made;
  readonly node: string;
  readonly rows: readonly Outgoing[];
}

/** Bytes of committed records that may wait for their transactions; whoever wants to write more waits. */
const MOST_BYTES = 64_000_000;
/** For how long what waits is still written when the flow stops, in ms. */
const CLOSE_WITHIN = 5_000;
/** Lanes whose progress is not the offset of a group that reads from this cluster. */
const OWN = 'own/';

/**
 * Everything that flows write to a cluster in transactions. A record is first a part of its message's commit, in a
 * spool; it leaves that in a transaction of Kafka, together with the offset that says so. So what is written, the
 * position of the source and the state of all nodes are one, whatever dies when; and the transaction is made again, or
 * not, by what its offset says.
 */
export class Transactions {
  readonly #writers = new Map<string, WriterOptions>();
  readonly #lanes = new Map<string, TransactionalLane>();
  readonly #groups = new Map<string, GroupProgress>();
  readonly #host: Omit<LaneHost, 'spool'>;
  readonly #waiting: (() => void)[] = [];
  #merged: Delta[] = [];
  #spool: Spool | undefined;
  #closed = false;

  readonly #participant: Participant<Delta> = {
    merge: (deltas) => void this.#merged.push(...deltas),
    save: () => this.#save(),
    committed: () => this.#committed(),
    reload: () => (this.#merged = []),
  };

  constructor(private readonly options: TransactionsOptions) {
    const { store, client, topics } = options;
    this.#host = {
      ...{ store, client, topics },
      compressionOf: (node): Compression => this.#writers.get(node)?.compression ?? 'none',
      roomMade: () => this.#roomMade(),
      refused: (record, error) => this.#refused(record, error),
      failed: ({ node }, error) => this.#writers.get(node)?.failed?.(error),
    };
  }

  /** A node writes from now on. */
  join(writer: WriterOptions): void {
    this.#writers.set(writer.node, writer);
  }

  /** Goes on with what an earlier process has left. */
  async start(): Promise<void> {
    const spool = await this.#spoolOf();
    for (const name of spool.lanes()) if (name.startsWith(OWN)) this.#lane(name, spool);
  }

  /**
   * Makes records a part of a message's commit, as soon as there is room.
   * @returns resolves when they are, or, for a message that no source answers for, when they are written
   */
  async add(rows: readonly Outgoing[], node: string, contributor: Contributor): Promise<void> {
    await this.#spoolOf();
    while (!this.#closed && this.#held >= MOST_BYTES) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    const { origin } = contributor;
    const lane = origin?.lane ?? `alone/${node}`;
    // Only partitions of Kafka are settled by their positions; other sources have other kinds of them.
    const position = typeof origin?.position === 'number' ? origin.position : 0;
    const { offset: first = position, lastOffset: last = position } = origin?.range ?? {};
    const committed = contributor.contribute(this.#participant, { lane, made: { position, first, last }, node, rows });
    if (committed === undefined) return;
    await committed;
    await this.#lanes.get(this.#nameOf(lane))?.drained();
  }

  /** Whether a partition's offset is told by transactions only, for now. */
  holds(name: string): boolean {
    const lane = this.#lanes.get(name);
    return lane !== undefined && lane.waiting.records > 0;
  }

  /** Whether what is made of a partition is written from here just now. */
  isOpen(name: string): boolean {
    return this.#lanes.get(name)?.isOpen === true;
  }

  /**
   * Becomes the only one that writes what is made of these partitions. To be done before the group's offsets are asked
   * for; after that they are settled and opened.
   */
  async claim(partitions: readonly ReadPartition[]): Promise<void> {
    const spool = await this.#spoolOf();
    await Promise.all(
      partitions.map(async ({ name, group, topic, partition }) => {
        this.#groups.set(name, new GroupProgress(this.options.client, group, topic, partition));
        await this.#lane(name, spool).claim();
      }),
    );
  }

  /** See `TransactionalLane.settle`. */
  settle(name: string, reached: number | undefined): boolean {
    return this.#lanes.get(name)?.settle(reached) ?? true;
  }

  /** The group was moved back: what was made of the partition is made again. */
  clear(name: string): void {
    this.#lanes.get(name)?.clear();
  }

  /** Begins to write what is made of a partition. */
  open(name: string, follower: Follower): void {
    this.#lanes.get(name)?.open(follower);
  }

  /** Resolves once nothing waits any more of these lanes, or of all. */
  async drained(names: Iterable<string> = this.#lanes.keys()): Promise<void> {
    await Promise.all([...names].map(async (name) => this.#lanes.get(name)?.drained()));
  }

  /** Writes what it can in a few seconds; the rest waits in the store for the next start. */
  async close(): Promise<void> {
    await within(this.drained(), CLOSE_WITHIN);
    this.#closed = true;
    this.#roomMade();
    await Promise.all([...this.#lanes.values()].map((lane) => lane.close()));
  }

  async #spoolOf(): Promise<Spool> {
    this.#spool ??= new Spool(this.options.store, await this.options.id());
    return this.#spool;
  }

  get #held(): number {
    let held = 0;
    for (const { waiting } of this.#lanes.values()) held += waiting.bytes;
    return held;
  }

  #nameOf(lane: string): string {
    return this.#groups.has(lane) ? lane : `${OWN}${lane}`;
  }

  #lane(name: string, spool: Spool): TransactionalLane {
    let lane = this.#lanes.get(name);
    if (lane !== undefined) return lane;
    const group = this.#groups.get(name);
    const progress = group ?? new OwnProgress(this.options.client, `${this.#storeId()}.${name}`);
    lane = new TransactionalLane({ ...this.#host, spool }, spool.lane(name), progress);
    this.#lanes.set(name, lane);
    // Claimed, and asked how far it is, before it writes for the first time.
    if (group === undefined) lane.open();
    return lane;
  }

  #save(): void {
    const spool = this.#spool;
    if (spool === undefined) return;
    for (const { lane, made, node, rows } of this.#merged) {
      const id = spool.lane(this.#nameOf(lane));
      for (const row of rows) spool.insert(id, made, node, row);
    }
  }

  #committed(): void {
    const merged = this.#merged;
    this.#merged = [];
    const spool = this.#spool;
    if (spool === undefined) return;
    const added = new Map<string, Size>();
    for (const { lane, rows } of merged) {
      const name = this.#nameOf(lane);
      const { records, bytes } = added.get(name) ?? { records: 0, bytes: 0 };
      const more = rows.reduce((sum, row) => sum + row.bytes, 0);
      added.set(name, { records: records + rows.length, bytes: bytes + more });
    }
    for (const [name, size] of added) {
      const known = this.#lanes.get(name);
      // A lane that is new has counted what the store holds.
      if (known === undefined) this.#lane(name, spool);
      else known.added(size);
    }
  }

  #refused({ node, topic, partition, message }: Spooled, error: RecordError): void {
    const { key, value, headers, timestamp } = message;
    const record = { topic, partition, key, value, headers, timestamp: Number(timestamp) };
    this.#writers.get(node)?.refused?.(record, error);
  }

  #roomMade(): void {
    if (this.#closed || this.#held < MOST_BYTES) for (const resolve of this.#waiting.splice(0)) resolve();
  }

  /** A name for this store among all that write to the cluster. */
  #storeId(): string {
    const state = new NodeState(this.options.store, 'kafka-transactions');
    const known = state.get('store');
    if (known !== undefined) return known;
    const made = randomBytes(9).toString('base64url');
    this.options.store.transaction(() => state.put('store', made));
    return made;
  }
}

async function within(work: Promise<unknown>, milliseconds: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([work, new Promise<void>((resolve) => (timer = setTimeout(resolve, milliseconds)))]);
  clearTimeout(timer);
}
