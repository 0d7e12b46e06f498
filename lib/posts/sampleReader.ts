import type { Page, PostReader } from './reader';
import { REPEAT_DISTANCE, Sample, type SampleOptions } from './sample';

/** Where the sample stream goes on. */
export interface SamplePosition {
  /** The number of the next post. */
  readonly n: number;
  /** The time of the last post, milliseconds since 1970: time never goes back. */
  readonly time: number;
}

export interface SampleReaderOptions extends SampleOptions {
  /** The clock, milliseconds since 1970. */
  readonly now: () => number;
  /** How many posts there are in all; without it the stream has no end. */
  readonly limit?: number;
}

/** The posts of a page are spread over the time since the page before it, but over no more than this. */
const LONGEST_SPREAD = 1_000;

/** Reads the sample stream, as fast as it is asked to. */
export class SampleReader implements PostReader<SamplePosition> {
  readonly sample: Sample;
  readonly #now: () => number;
  readonly #limit: number;
  /** The times of the last posts, by number modulo their count, for duplicates. */
  readonly #times: Float64Array = new Float64Array(REPEAT_DISTANCE * 2);
  #n: number;
  #time: number;

  constructor(options: SampleReaderOptions, position?: SamplePosition) {
    this.sample = new Sample(options);
    this.#now = options.now;
    this.#limit = options.limit ?? Number.POSITIVE_INFINITY;
    this.#n = position?.n ?? 0;
    this.#time = position?.time ?? 0;
    // What is repeated from before the position gets its time: the same post to anyone who goes by `id`.
    this.#times.fill(this.#time);
  }

  read(max: number, signal: AbortSignal): Promise<Page<SamplePosition>> {
    return signal.aborted ? Promise.reject(signal.reason as Error) : Promise.resolve(this.next(max));
  }

  /** The same without a promise. */
  next(max: number): Page<SamplePosition> {
    const now = Math.max(this.#now(), this.#time);
    const count = Math.max(0, Math.min(max, this.#limit - this.#n));
    const start = Math.max(this.#time, now - LONGEST_SPREAD);
    const records: unknown[] = [];
    for (let index = 1; index <= count; index++, this.#n++) {
      this.#time = Math.round(start + ((now - start) * index) / count);
      records.push(this.sample.post(this.#n, this.#timeOf(this.#n)));
    }
    const position = { n: this.#n, time: this.#time };
    return { records, rejected: [], position, ...(this.#n >= this.#limit ? { end: true } : {}) };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  progress(): number | undefined {
    return Number.isFinite(this.#limit) ? Math.min(1, this.#n / this.#limit) : undefined;
  }

  #timeOf(n: number): number {
    const size = this.#times.length;
    if (this.sample.kindOf(n) === 'duplicate') {
      this.#times[n % size] = this.#time;
      return this.#times[this.sample.originalOf(n) % size] ?? this.#time;
    }
    this.#times[n % size] = this.#time;
    return this.#time;
  }
}
