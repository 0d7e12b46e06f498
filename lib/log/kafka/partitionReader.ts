import { StoreError, messageOf } from '../../core/errors';
import type { Assignment, ConsumerEvents, LogRecord, PartitionReport } from '../log';
import type { Position, Positions } from './positions';
import type { Seen } from './seen';

/** The most that waits here between fetching and the flow. */
const MOST_RECORDS = 10_000;
const MOST_BYTES = 4_000_000;
/** After an error of the store, in ms. */
const RETRY_AFTER = 1_000;

export interface ReaderOptions {
  readonly topic: string;
  readonly partition: number;
  readonly name: string;
  readonly start: Position;
  /** The offset that the next record of the partition will get. */
  readonly end: number;
  readonly maxBatch: number;
  /** Each batch is one message: its end is remembered. */
  readonly batch: boolean;
}

/** What a reader needs of the consumer that it is a part of. */
export interface ReaderHost {
  readonly events: ConsumerEvents;
  readonly positions: Positions;
  /** Whether the group has the partition for certain. */
  owned(): boolean;
  /** The position was committed: Kafka is to be told. */
  committed(): void;
  /** There is room for more. */
  resume(): void;
  /** Others have moved the group's offset. */
  lost(): void;
}

/**
 * One partition between the fetching and the flow: a bounded queue of records, given out as the flow has room for them.
 * It outlives rebalances in which the member keeps the partition.
 */
export class PartitionReader {
  readonly assignment: Assignment;
  readonly topic: string;
  readonly partition: number;
  /** What the group's offset in Kafka is known to be, and what it was last told to be; -1 for nothing yet. */
  acknowledged: number;
  told: number;
  /** No commit, while it is open to whom the partition goes. */
  held = false;
  /** Nothing is fetched, since enough waits here. */
  full = false;
  /** The offset to fetch next. */
  fetchAt: number;
  readonly #seen: Seen;
  readonly #epoch: string;
  /** The ends of batches that were given out before the last crash, and of those given out since and not committed. */
  readonly #cuts: number[];
  readonly #open: number[] = [];
  readonly #queue: LogRecord[] = [];
  #first = 0;
  #bytes = 0;
  #end: number;
  /** What was given out last. */
  #given: number;
  /** What is committed. */
  #next: number;
  #closed = false;
  #wake: (() => void) | undefined;

  constructor(
    private readonly options: ReaderOptions,
    private readonly host: ReaderHost,
    seen: Seen,
  ) {
    const { topic, partition, name, start, end } = options;
    this.topic = topic;
    this.partition = partition;
    this.#seen = seen;
    this.#epoch = start.epoch;
    this.#cuts = [...start.cuts];
    this.fetchAt = start.next;
    this.#given = start.next;
    this.#next = start.next;
    this.acknowledged = start.committed;
    this.told = start.committed;
    this.#end = end;
    this.assignment = {
      topic,
      partition,
      name,
      epoch: start.epoch,
      save: (next) => this.#save(next),
      committed: (next) => this.#committed(next),
      mayCommit: () => this.owned(),
    };
  }

  /** Begins to give out; the consumer's listeners know the assignment by now. */
  start(): void {
    void this.#run();
  }

  close(): void {
    this.#closed = true;
    this.#wake?.();
  }

  get name(): string {
    return this.options.name;
  }

  /**
   * Where to begin to fetch: a record before the next one if Kafka is to be told of an offset, for kafkajs can tell only
   * with a batch at hand, and there may be none to come.
   */
  get seekAt(): number {
    const isUntold = this.#next > this.acknowledged && this.fetchAt === this.#next;
    return isUntold ? Math.max(0, this.fetchAt - 1) : this.fetchAt;
  }

  /** Whether the group has the partition for certain, here. */
  owned(): boolean {
    return !this.held && !this.#closed && this.host.owned();
  }

  /** See `Follower.lost`. */
  lost(): void {
    if (!this.#closed) this.host.lost();
  }

  /** The committed position. */
  get next(): number {
    return this.#next;
  }

  /** Kafka has taken the group's offset. Inside a transaction: a group that is behind it later was moved back. */
  tookOffset(offset: number): void {
    this.acknowledged = Math.max(this.acknowledged, offset);
    this.host.positions.put(this.options.name, this.#position(this.#next));
    if (this.#next > this.acknowledged) this.host.committed();
  }

  /** Takes what was fetched. @param next the offset to fetch after it; @param end that of the record to come */
  take(records: readonly LogRecord[], next: number, end: number): void {
    for (const record of records) {
      // After a rejoin something may be fetched again.
      if (record.offset < this.fetchAt) continue;
      this.#queue.push(record);
      this.#bytes += sizeOf(record);
    }
    this.fetchAt = Math.max(this.fetchAt, next);
    this.#end = end;
    if (this.#waiting >= MOST_RECORDS || this.#bytes >= MOST_BYTES) this.full = true;
    this.#wake?.();
    this.host.events.changed?.();
  }

  /** Where to fetch from now on, since there is nothing at the offset before. */
  jump(next: number, end: number): void {
    this.fetchAt = next;
    this.#end = end;
    this.#wake?.();
  }

  report(): PartitionReport {
    const { topic, partition } = this;
    const paused = this.held ? 'rebalancing' : this.full ? 'full' : undefined;
    const lag = Math.max(0, this.#end - this.#next);
    return { topic, partition, lag, waiting: this.#waiting, ...(paused === undefined ? {} : { paused }) };
  }

  get #waiting(): number {
    return this.#queue.length - this.#first;
  }

  #isOpen(): boolean {
    return !this.#closed;
  }

  async #run(): Promise<void> {
    while (this.#isOpen()) {
      try {
        await this.#giveOutNext();
      } catch (thrown) {
        if (!this.#isOpen()) return;
        this.host.events.error(asStoreError(thrown, this.options));
        await this.#sleep(RETRY_AFTER);
      }
    }
  }

  async #giveOutNext(): Promise<void> {
    const { events } = this.host;
    if (!this.#ready) {
      events.atEnd(this.assignment, this.#waiting === 0 && this.fetchAt >= this.#end);
      await this.#sleep();
      return;
    }
    const room = await events.room(this.assignment);
    if (room <= 0) this.#closed = true;
    if (this.#closed) return;
    events.atEnd(this.assignment, false);
    this.#giveOut(room);
    await new Promise((resolve) => setImmediate(resolve));
  }

  /** There is something to give out: of a batch that was given out before a crash, all of it, if it fits in here. */
  get #ready(): boolean {
    if (this.#waiting === 0 && this.#given >= this.fetchAt) return false;
    const [cut] = this.#cuts;
    return cut === undefined || this.fetchAt >= cut || this.full;
  }

  /** Waits to be woken, at most so many milliseconds. */
  async #sleep(most?: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = most === undefined ? undefined : setTimeout(resolve, most);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = undefined;
  }

  #giveOut(room: number): void {
    const { topic, partition, maxBatch, batch } = this.options;
    const [cut] = this.#cuts;
    const end = cut ?? Infinity;
    const most = cut === undefined ? Math.min(room, maxBatch) : Infinity;
    const records: LogRecord[] = [];
    let next = this.#given;
    for (let taken = 0; taken < most; taken++) {
      const record = this.#queue[this.#first];
      if (record === undefined || record.offset >= end) break;
      this.#first++;
      this.#bytes -= sizeOf(record);
      next = record.offset + 1;
      if (!this.#seen.repeats(record)) records.push(record);
    }
    // What follows without being a record (the end of a transaction, say) is passed over as well.
    if (this.#waiting === 0) next = Math.max(next, Math.min(this.fetchAt, end));
    if (cut !== undefined && (next >= cut || this.fetchAt >= cut)) {
      next = cut;
      this.#cuts.shift();
    }
    if (this.#first > 1_000 || this.#waiting === 0) {
      this.#queue.splice(0, this.#first);
      this.#first = 0;
    }
    this.#given = next;
    if (batch) this.#rememberCut(next);
    this.#makeRoom();
    this.host.events.batch(this.assignment, { topic, partition, records, next });
  }

  // Before the flow has it: what it then writes elsewhere is known again by the batch it came from.
  #rememberCut(end: number): void {
    this.#open.push(end);
    this.host.positions.putAtOnce(this.options.name, this.#position(this.#next));
  }

  #position(next: number): Position {
    const cuts = [...this.#open.filter((end) => end > next), ...this.#cuts];
    return { next, committed: this.acknowledged, epoch: this.#epoch, cuts };
  }

  #makeRoom(): void {
    if (!this.full || this.#waiting > MOST_RECORDS / 2 || this.#bytes > MOST_BYTES / 2) return;
    this.full = false;
    this.host.resume();
  }

  #save(next: number): void {
    this.host.positions.put(this.options.name, this.#position(next));
    this.#seen.save(next);
  }

  #committed(next: number): void {
    this.#next = next;
    while ((this.#open[0] ?? Infinity) <= next) this.#open.shift();
    this.#seen.committed(next);
    this.host.committed();
  }
}

function asStoreError(thrown: unknown, { topic, partition }: ReaderOptions): StoreError {
  return new StoreError(
    `Records of topic ${topic}, partition ${partition}, could not be given out: ${messageOf(thrown)}.`,
    {
      cause: thrown,
      remedy: 'It is tried again every second.',
    },
  );
}

function sizeOf({ key, value, headers }: LogRecord): number {
  let size = (key?.length ?? 0) + (value?.length ?? 0);
  for (const name in headers) size += name.length + (headers[name]?.length ?? 0);
  return size;
}
