import type { Producer, Transaction } from 'kafkajs';
import type { RecordError } from '../../../core/errors';
import type { Store } from '../../../store/store';
import type { Client } from '../client';
import { type Compression, compressionType } from '../codecs';
import { explain, isCoordinatorMoving, typeOf } from '../errors';
import { byPartition, sendAll } from '../outgoing';
import type { KafkaTopics } from '../topics';
import type { Progress } from './progress';
import type { Size, Spool, Spooled } from './spool';

/** The partition reader whose messages a lane's records are made of. */
export interface Follower {
  /** What the group's offset in Kafka is known to be, and what it was last told to be; -1 for nothing yet. */
  readonly acknowledged: number;
  told: number;
  /** Whether the group has the partition for certain. */
  owned(): boolean;
  /** A transaction with this offset is committed. Called inside a transaction of the store. */
  tookOffset(offset: number): void;
  /** Others have written or moved the offset: the partition has to be taken up anew. */
  lost(): void;
}

/** What a lane shares with all others of its cluster. */
export interface LaneHost {
  readonly store: Store;
  readonly client: Client;
  readonly topics: KafkaTopics;
  readonly spool: Spool;
  compressionOf(node: string): Compression;
  /** Less waits than before. */
  roomMade(): void;
  refused(record: Spooled, error: RecordError): void;
  failed(record: Spooled, error: Error): void;
}

/** The most of one transaction, unless a single message has made more. */
const MOST_RECORDS = 2_000;
/** How often kafkajs sends again within a transaction: for some ten seconds, less than a transaction may take. */
const RETRIES = 9;
/** After how long a broker ends a transaction by itself, in ms: for so long readers wait for what a dead process has begun. */
const TRANSACTION_TIMEOUT = 30_000;
const FIRST_PAUSE = 200;
const LONGEST_PAUSE = 10_000;

/** Another has taken over, or the broker has ended a transaction that took too long (KIP-98). */
const FENCED = new Set(['PRODUCER_FENCED', 'INVALID_PRODUCER_EPOCH']);

/**
 * Writes the spooled records of one stream of a source, in order, each transaction with the offset that says so.
 *
 * It writes only between `claim`, which ends what any other process has begun under its name, and the next failure.
 * After one it is claimed again, and what has become of the last transaction is read from the offset.
 */
export class TransactionalLane {
  #producer: Producer | undefined;
  #transaction: Transaction | undefined;
  #follower: Follower | undefined;
  /** Set between `open` and the loss of the lane. */
  #open = false;
  #closed = false;
  #running: Promise<void> | undefined;
  #waiting: Size;
  #failures = 0;
  #complaint = '';
  #nap: (() => void) | undefined;
  #drained: (() => void)[] = [];

  constructor(
    private readonly host: LaneHost,
    /** Its number in the spool. */
    private readonly id: number,
    private readonly progress: Progress,
  ) {
    this.#waiting = host.spool.size(id);
  }

  /** What waits here, that of the present transaction included. */
  get waiting(): Size {
    return this.#waiting;
  }

  /** It is written from here just now. */
  get isOpen(): boolean {
    return this.#open;
  }

  /**
   * Becomes the only one that writes for this lane. What the last one has committed is to be seen by now, what it has
   * not is aborted.
   */
  async claim(): Promise<void> {
    this.#open = false;
    this.#failures = 0;
    this.#nap?.();
    await this.#running;
    await this.#begin();
  }

  /**
   * Removes what is written already, after a claim. While the lane is open there is nothing to settle: it knows itself
   * what it has written, and may be about to.
   * @param reached how far the lane's transactions have got
   * @returns false if somebody else has got further, though not to the end of a message: then all of it is dropped, and
   *   made again of what is read from there
   */
  settle(reached: number | undefined): boolean {
    return this.#open || this.#settle(reached);
  }

  /** Drops what waits: it will be made again. */
  clear(): void {
    const { store, spool } = this.host;
    store.transaction(() => spool.clear(this.id));
    this.#recount();
  }

  /**
   * Begins to write.
   * @param follower is to know of the offsets that are written
   */
  open(follower?: Follower): void {
    this.#follower = follower;
    if (this.#closed) return;
    this.#open = true;
    this.#wake();
  }

  /** More was committed to the spool. */
  added({ records, bytes }: Size): void {
    this.#waiting = { records: this.#waiting.records + records, bytes: this.#waiting.bytes + bytes };
    this.#wake();
  }

  /** Resolves once nothing waits any more, or nothing more is written from here. */
  async drained(): Promise<void> {
    if (this.#any && this.#open) await new Promise<void>((resolve) => this.#drained.push(resolve));
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#open = false;
    this.#nap?.();
    await this.#running;
    await this.#discard();
    this.#tellDrained();
  }

  #wake(): void {
    if (this.#running !== undefined || !this.#open || !this.#any) return;
    this.#running = this.#run().finally(() => {
      this.#running = undefined;
      // What came or was opened as it ended.
      this.#wake();
    });
  }

  async #run(): Promise<void> {
    // What is committed in one turn is written together.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#open && this.#any)
      await (this.#producer === undefined ? this.#regain() : this.#writeSome(this.#producer));
    this.#tellDrained();
  }

  async #writeSome(producer: Producer): Promise<void> {
    const records = this.progress.take(this.host.spool, this.id, MOST_RECORDS);
    const last = records.at(-1);
    if (last === undefined) {
      this.#recount();
      return;
    }
    try {
      const refused = await this.#transact(producer, records, last);
      this.#took(records, last);
      for (const [record, error] of refused) this.host.refused(record, error);
      this.#failures = 0;
      this.#complaint = '';
    } catch (thrown) {
      // After a failure whose outcome is unknown no sequence number can be trusted: the producer is replaced.
      this.#failures++;
      await this.#discard();
      // That another has taken over is nothing to complain about.
      if (this.#follower !== undefined && FENCED.has(typeOf(thrown) ?? '')) this.#lose();
      else this.#complain(thrown, last);
    }
  }

  async #transact(
    producer: Producer,
    records: readonly Spooled[],
    last: Spooled,
  ): Promise<ReadonlyMap<Spooled, RecordError>> {
    const transaction = this.#transaction ?? (await producer.transaction());
    this.#transaction = undefined;
    const refused = new Map<Spooled, RecordError>();
    // One after the other: kafkajs would send again what is under way to other brokers when one of them fails.
    for (const group of byPartition(records)) {
      await sendAll(
        group,
        (request) => this.#send(transaction, request),
        (record, error) => refused.set(record, error),
      );
    }
    const follower = this.#follower;
    if (follower !== undefined) follower.told = Math.max(follower.told, last.position);
    await transaction.sendOffsets(this.progress.after(last));
    await transaction.commit();
    return refused;
  }

  async #send(transaction: Transaction, records: readonly Spooled[]): Promise<void> {
    const [first] = records;
    if (first === undefined) return;
    const { topics } = this.host;
    const { topic } = first;
    // The topic may have been made anew, with fewer partitions.
    const partition = first.partition % (await topics.partitions(topic));
    try {
      await transaction.send({
        topic,
        acks: -1,
        compression: compressionType(this.host.compressionOf(first.node)),
        messages: records.map(({ message }) => ({ ...message, partition })),
      });
    } catch (thrown) {
      if (typeOf(thrown) === 'UNKNOWN_TOPIC_OR_PARTITION') topics.forget(topic);
      throw thrown;
    }
  }

  #took(records: readonly Spooled[], last: Spooled): void {
    const { store, spool } = this.host;
    store.transaction(() => {
      spool.removeUpTo(this.id, last.sequence);
      this.#follower?.tookOffset(last.position);
    });
    const { records: all, bytes } = this.#waiting;
    const written = records.reduce((sum, record) => sum + record.bytes, 0);
    const left = all - records.length;
    this.#waiting = { records: left, bytes: left <= 0 ? 0 : Math.max(0, bytes - written) };
    this.host.roomMade();
  }

  /** Goes on after a failure, if the lane is still this process's own. */
  async #regain(): Promise<void> {
    if (this.#failures > 0) await this.#sleep(Math.min(FIRST_PAUSE * 2 ** this.#failures, LONGEST_PAUSE));
    this.#failures++;
    const follower = this.#follower;
    if (!this.#open || follower?.owned() === false) return;
    try {
      await this.#begin();
      const reached = await this.progress.reached();
      if (follower !== undefined && !follows(follower, reached)) this.#lose();
      else if (!this.#settle(reached)) this.#lose();
      else if (reached !== undefined) this.host.store.transaction(() => follower?.tookOffset(reached));
    } catch (thrown) {
      await this.#discard();
      this.#complain(thrown);
    }
  }

  #settle(reached: number | undefined): boolean {
    if (reached === undefined) return true;
    const { store, spool } = this.host;
    let right = true;
    store.transaction(() => {
      right = this.progress.settle(spool, this.id, reached);
      if (!right) spool.clear(this.id);
    });
    this.#recount();
    return right;
  }

  #lose(): void {
    this.#open = false;
    this.#tellDrained();
    this.#follower?.lost();
  }

  async #begin(): Promise<void> {
    await this.#discard();
    if (this.#closed) return;
    const producer = this.host.client.make(RETRIES).producer({
      transactionalId: this.progress.transactionalId,
      transactionTimeout: TRANSACTION_TIMEOUT,
      allowAutoTopicCreation: false,
      maxInFlightRequests: 1,
      // The markers of one transaction are written while the next one begins: CONCURRENT_TRANSACTIONS, for milliseconds.
      retry: { retries: RETRIES, initialRetryTime: 20, maxRetryTime: 2_000 },
    });
    this.#producer = producer;
    await producer.connect();
    this.#transaction = await producer.transaction();
  }

  async #discard(): Promise<void> {
    const producer = this.#producer;
    this.#producer = undefined;
    this.#transaction = undefined;
    try {
      await producer?.disconnect();
    } catch {
      // It was never connected, or is not any more.
    }
  }

  /** Tells of each kind of failure once, until it has been well in between. */
  #complain(thrown: unknown, record = this.host.spool.take(this.id, 1)[0]): void {
    if (this.#closed || record === undefined || (isCoordinatorMoving(thrown) && this.#failures < 5)) return;
    const doing = `Records of topic ${record.topic} could not be written in a transaction, and are tried again`;
    const error = explain(thrown, doing, this.host.client.address);
    if (this.#complaint === error.message) return;
    this.#complaint = error.message;
    this.host.failed(record, error);
  }

  async #sleep(milliseconds: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#nap = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#nap = undefined;
  }

  #recount(): void {
    this.#waiting = this.host.spool.size(this.id);
    this.host.roomMade();
  }

  get #any(): boolean {
    return this.#waiting.records > 0;
  }

  #tellDrained(): void {
    for (const resolve of this.#drained.splice(0)) resolve();
  }
}

/** Within what was told from here: nobody else has moved the offset. */
function follows({ acknowledged, told }: Follower, reached: number | undefined): boolean {
  const offset = reached ?? -1;
  return offset >= acknowledged && offset <= Math.max(told, acknowledged);
}
