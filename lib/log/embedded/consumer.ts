import type { StatementSync } from 'node:sqlite';
import { StoreError, messageOf } from '../../core/errors';
import type { Assignment, Consumer, ConsumerEvents, ConsumerOptions } from '../log';
import type { Groups, Member, Partition } from './groups';
import type { Topic, Topics } from './topics';

/** Reads the partitions that its group gives it, each in order, in turns. */
export class EmbeddedConsumer implements Consumer, Member {
  readonly group: string;
  readonly #readers = new Map<string, PartitionReader>();
  readonly #get: StatementSync;
  readonly #put: StatementSync;

  constructor(
    private readonly log: Topics,
    private readonly groups: Groups,
    readonly topics: readonly Topic[],
    private readonly options: ConsumerOptions,
    private readonly events: ConsumerEvents,
  ) {
    this.group = options.group;
    this.#get = log.store.prepare('SELECT position FROM positions WHERE source = ?');
    this.#put = log.store.prepare('INSERT OR REPLACE INTO positions (source, position) VALUES (?, ?)');
    groups.join(this);
  }

  share(partitions: readonly Partition[]): void {
    const wanted = new Set(partitions.map(keyOf));
    for (const [key, reader] of this.#readers) {
      if (wanted.has(key)) continue;
      reader.close();
      this.#readers.delete(key);
      this.events.revoked(reader.assignment);
    }
    for (const each of partitions) {
      if (!this.holds(each)) this.#readers.set(keyOf(each), this.#start(each.topic, each.partition));
    }
  }

  holds(partition: Partition): boolean {
    return this.#readers.has(keyOf(partition));
  }

  wake(): void {
    for (const reader of this.#readers.values()) reader.wake();
  }

  close(): Promise<void> {
    this.groups.leave(this);
    return Promise.resolve();
  }

  #beginning(topic: Topic, partition: number): number {
    const { from } = this.options;
    const end = topic.next[partition] ?? 0;
    if (from === 'earliest') return this.log.first(topic, partition);
    if (from === 'latest') return end;
    const query = 'SELECT MIN(offset) AS first FROM log WHERE topic = ? AND partition = ? AND timestamp >= ?';
    const { first } = this.log.store.prepare(query).get(topic.id, partition, from.time) as { first: number | null };
    return first ?? end;
  }

  #start(topic: Topic, partition: number): PartitionReader {
    const name = `kafka/${this.log.cluster}/${this.group}/${topic.name}/${partition}`;
    const saved = this.#get.get(name) as { position: string } | undefined;
    let next: number;
    if (saved !== undefined) {
      next = Number(saved.position);
    } else {
      next = this.#beginning(topic, partition);
      // A group that begins at the end keeps that place: what arrives while it is away belongs to it.
      this.log.store.transaction(() => this.#put.run(name, String(next)));
    }
    const assignment: Assignment = {
      topic: topic.name,
      partition,
      name,
      save: (position) => this.#put.run(name, String(position)),
    };
    this.events.assigned(assignment);
    return new PartitionReader(this.log, topic, assignment, next, this.options.maxBatch, this.events);
  }
}

function keyOf({ topic, partition }: Partition): string {
  return `${topic.name}/${partition}`;
}

/** After an error of the store, in ms. */
const RETRY_AFTER = 1_000;

class PartitionReader {
  #closed = false;
  #wake: (() => void) | undefined;

  constructor(
    private readonly log: Topics,
    private readonly topic: Topic,
    readonly assignment: Assignment,
    private next: number,
    private readonly maxBatch: number,
    private readonly events: ConsumerEvents,
  ) {
    void this.#run();
  }

  wake(): void {
    this.#wake?.();
  }

  close(): void {
    this.#closed = true;
    this.wake();
  }

  #isOpen(): boolean {
    return !this.#closed;
  }

  async #run(): Promise<void> {
    while (this.#isOpen()) {
      try {
        if (!(await this.#readOn())) return;
      } catch (thrown) {
        if (!this.#isOpen()) return;
        this.events.error(asStoreError(thrown, this.assignment));
        await this.#pause(RETRY_AFTER);
      }
    }
  }

  /** Hands over the next records, or waits for some; false once there is nobody to read for. */
  async #readOn(): Promise<boolean> {
    const { topic, assignment, events } = this;
    const { partition } = assignment;
    const room = await events.room(assignment);
    if (room <= 0 || !this.#isOpen()) return false;
    if (this.next >= (topic.next[partition] ?? 0)) {
      events.atEnd(assignment, true);
      await this.#pause();
      return true;
    }
    events.atEnd(assignment, false);
    const records = this.log.read(topic, partition, this.next, Math.min(room, this.maxBatch));
    const last = records.at(-1);
    // Without records, retention has taken what lay between here and the newest one.
    this.next = last === undefined ? (topic.next[partition] ?? 0) : last.offset + 1;
    if (last !== undefined) events.batch(assignment, { topic: topic.name, partition, records });
    await nextTurn();
    return true;
  }

  /** Waits to be woken, at most so many milliseconds. */
  async #pause(most?: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = most === undefined ? undefined : setTimeout(resolve, most);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = undefined;
  }
}

function asStoreError(thrown: unknown, { topic, partition }: Assignment): StoreError {
  return new StoreError(`Partition ${partition} of topic ${topic} could not be read: ${messageOf(thrown)}.`, {
    cause: thrown,
    remedy: 'It is tried again every second.',
  });
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
