import type { Carried } from '../flow/shippedFlow';
import type { Taken } from '../measure';

/** One round of a client: how many records of which topic, and how. */
export interface Round {
  /** `host:port` of each broker. */
  readonly brokers: readonly string[];
  readonly carried: Carried;
  readonly records: number;
  /** The topic that is read, which holds at least so many records. */
  readonly from: string;
  /** The topic that is written. */
  readonly to: string;
  /** A group that has read nothing yet. */
  readonly group: string;
  /** Posts to write, each with its key. */
  readonly posts: readonly Post[];
}

/** A post as an object, as whoever writes it has it. */
export interface Post {
  readonly id: string;
  readonly [field: string]: unknown;
}

/**
 * What a client does in a round, as anyone would write it: JSON is parsed on reading and made on writing, records are
 * committed as they are done with. From when the group has shared out its partitions, or the producer is connected,
 * until the last record is done with.
 */
export interface BareClient {
  readonly name: string;
  consume(round: Round): Promise<Taken>;
  produce(round: Round): Promise<Taken>;
  /** Reads, and writes what was read to the other topic. */
  through(round: Round): Promise<Taken>;
}

/** So many sends are under way at once where each record is sent by itself. */
export const AT_ONCE = 500;

/** The time and the processor's time of this process for a number of records that was told before. */
export class Stopwatch {
  readonly #ended: Promise<void>;
  #end: () => void = () => undefined;
  #done = 0;
  #began = performance.now();
  #cpu = process.cpuUsage();
  #taken: Taken | undefined;

  constructor(private readonly records: number) {
    this.#ended = new Promise((resolve) => (this.#end = resolve));
  }

  start(): void {
    this.#began = performance.now();
    this.#cpu = process.cpuUsage();
  }

  /** So many more records are done with. */
  count(records: number): void {
    this.#done += records;
    if (this.#done < this.records || this.#taken !== undefined) return;
    const { user, system } = process.cpuUsage(this.#cpu);
    const seconds = (performance.now() - this.#began) / 1_000;
    this.#taken = { posts: this.#done, seconds, cpuSeconds: (user + system) / 1e6 };
    this.#end();
  }

  get isOver(): boolean {
    return this.#taken !== undefined;
  }

  async taken(): Promise<Taken> {
    await this.#ended;
    if (this.#taken === undefined) throw new Error('not measured');
    return this.#taken;
  }
}
