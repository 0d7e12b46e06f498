import type { StatementSync } from 'node:sqlite';
import type { Store } from '../../store/store';
import { Records } from './records';

const EVERY = 30_000;
/** How many records of a partition go at once, so that the flow never waits long. */
const AT_ONCE = 2_000;
const MOST_BYTES = 1024 ** 3;

/**
 * Removes the oldest records of each partition of a cluster up to the first that is younger than its retention, and the
 * oldest of all while the database is larger than 1 GB. The last record of each partition stays: the next offset is
 * known by it. Nothing but what goes is looked at.
 */
export class Retention {
  readonly #records: Records;
  readonly #topics: StatementSync;
  readonly #used: StatementSync;
  readonly #timer: NodeJS.Timeout;

  /** @param retention in ms; 0 keeps records for good */
  constructor(
    private readonly store: Store,
    private readonly cluster: string,
    private readonly retention: number,
    private readonly clock: () => number,
    private readonly mostBytes = MOST_BYTES,
  ) {
    this.#records = new Records(store);
    this.#topics = store.prepare('SELECT id, partitions FROM topics WHERE cluster = ?');
    this.#used = store.prepare(
      'SELECT (page_count - freelist_count) * page_size AS bytes FROM pragma_page_count, pragma_freelist_count, pragma_page_size',
    );
    this.#timer = setInterval(() => this.apply(), EVERY);
    this.#timer.unref();
  }

  /** Removes what may go, a bounded number of records at a time. */
  apply(): void {
    if (this.retention > 0) this.store.enqueue(() => this.#removeOld()).catch(() => undefined);
    const { bytes } = this.#used.get() as { bytes: number };
    if (bytes > this.mostBytes) this.store.enqueue(() => this.#removeOldest()).catch(() => undefined);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #removeOld(): void {
    const before = this.clock() - this.retention;
    for (const partition of this.#partitions()) {
      let end: number | undefined;
      for (const { offset, timestamp } of this.#records.oldest(partition, AT_ONCE)) {
        if (timestamp >= before) break;
        end = offset + 1;
      }
      if (end !== undefined) this.#removeBefore(partition, end);
    }
  }

  /** From the partition whose first record is the oldest of all. */
  #removeOldest(): void {
    let oldest: { readonly partition: number; readonly timestamp: number } | undefined;
    for (const partition of this.#partitions()) {
      const [first, second] = this.#records.oldest(partition, 2);
      if (first === undefined || second === undefined) continue;
      if (oldest === undefined || first.timestamp < oldest.timestamp)
        oldest = { partition, timestamp: first.timestamp };
    }
    if (oldest === undefined) return;
    const { partition } = oldest;
    const last = [...this.#records.oldest(partition, AT_ONCE)].at(-1);
    if (last !== undefined) this.#removeBefore(partition, last.offset + 1);
  }

  #removeBefore(partition: number, offset: number): void {
    this.#records.removeBefore(partition, Math.min(offset, this.#records.last(partition) ?? 0));
  }

  #partitions(): number[] {
    const topics = this.#topics.all(this.cluster) as unknown as { id: number; partitions: number }[];
    return topics.flatMap(({ id, partitions }) => Array.from({ length: partitions }, (_, index) => id + index));
  }
}
