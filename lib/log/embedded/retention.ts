import type { StatementSync } from 'node:sqlite';
import type { Store } from '../../store/store';

const EVERY = 30_000;
const AT_ONCE = 5_000;
const MOST_BYTES = 1024 ** 3;

/**
 * Removes the records of a cluster that are older than its retention, and the oldest ones while the database is larger
 * than 1 GB. The last record of each partition stays: the next offset is known by it.
 */
export class Retention {
  readonly #old: StatementSync;
  readonly #oldest: StatementSync;
  readonly #used: StatementSync;
  readonly #timer: NodeJS.Timeout;

  constructor(
    private readonly store: Store,
    private readonly cluster: string,
    private readonly retention: number,
    private readonly clock: () => number,
  ) {
    const mayGo = `topic IN (SELECT id FROM topics WHERE cluster = ?)
      AND offset < (SELECT MAX(last.offset) FROM log AS last WHERE last.topic = log.topic AND last.partition = log.partition)`;
    const remove = (which: string): string =>
      `DELETE FROM log WHERE (topic, partition, offset) IN (SELECT topic, partition, offset FROM log WHERE ${mayGo} ${which} LIMIT ${AT_ONCE})`;
    this.#old = store.prepare(remove('AND timestamp < ?'));
    this.#oldest = store.prepare(remove('ORDER BY timestamp'));
    this.#used = store.prepare(
      'SELECT (page_count - freelist_count) * page_size AS bytes FROM pragma_page_count, pragma_freelist_count, pragma_page_size',
    );
    this.#timer = setInterval(() => this.apply(), EVERY);
    this.#timer.unref();
  }

  /** Removes what may go, a bounded number of records at a time, so that the flow never waits long. */
  apply(): void {
    if (this.retention > 0) {
      this.store.enqueue(() => this.#old.run(this.cluster, this.clock() - this.retention)).catch(() => undefined);
    }
    const { bytes } = this.#used.get() as { bytes: number };
    if (bytes > MOST_BYTES) this.store.enqueue(() => this.#oldest.run(this.cluster)).catch(() => undefined);
  }

  close(): void {
    clearInterval(this.#timer);
  }
}
