import type { RecordError } from '../../core/errors';
import type { Contributor } from '../../delivery/participant';
import { Batcher } from '../../sinks/batcher';
import type { NewRecord, RecordWriter, WriterOptions, Written } from '../log';
import { typeOf } from './errors';
import { type Outgoing, byPartition, place, sendAll } from './outgoing';
import type { Producers } from './producer';
import type { Room } from './room';
import { Stamper } from './stamps';
import type { KafkaTopics } from './topics';

/** For how long a writer that closes goes on writing what it has, in ms. */
const CLOSE_WITHIN = 5_000;

/** Of batches that have come meanwhile, so many are written together: each partition gets one request in place of several. */
const BATCHES_AT_ONCE = 4;

/** Writes records in batches to a cluster; one for each node that writes. */
export class KafkaWriter implements RecordWriter {
  readonly #batcher: Batcher<Outgoing>;
  readonly #stamper: Stamper;
  #sticky = 0;

  constructor(
    private readonly producers: Producers,
    private readonly topics: KafkaTopics,
    private readonly room: Room,
    private readonly options: WriterOptions,
  ) {
    this.#stamper = new Stamper(options.node);
    this.#batcher = new Batcher<Outgoing>(
      { write: (rows) => this.#write(rows) },
      {
        name: 'The Kafka cluster',
        maxBatch: options.maxBatch,
        most: options.maxBatch * BATCHES_AT_ONCE,
        linger: options.linger,
      },
    );
  }

  async append(topic: string, records: readonly NewRecord[], { origin }: Contributor): Promise<Written> {
    const stamps = this.#stamper.stamp(records, origin);
    const partitions = await this.topics.partitions(topic);
    const sticky = this.#sticky++ % partitions;
    const { rows, places, results } = place(topic, records, { partitions, sticky, stamps });
    const bytes = rows.reduce((sum, row) => sum + row.bytes, 0);
    await this.room.enter(bytes);
    try {
      const written = await this.#batcher.add(rows);
      written.forEach((error, index) => (results[places[index] ?? 0] = error));
      return results;
    } finally {
      this.room.leave(bytes);
    }
  }

  close(): Promise<void> {
    return this.#batcher.close(CLOSE_WITHIN);
  }

  /** See `Destination.write`. Partitions side by side, the requests of each in order. */
  async #write(rows: readonly Outgoing[]): Promise<Written> {
    const refused = new Map<Outgoing, RecordError>();
    const outcomes = await Promise.allSettled(
      byPartition(rows).map((group) =>
        sendAll(
          group,
          (request) => this.#send(request),
          (row, error) => refused.set(row, error),
          this.options.maxBatch,
        ),
      ),
    );
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
    return rows.map((row) => refused.get(row));
  }

  async #send(rows: readonly Outgoing[]): Promise<void> {
    const [first] = rows;
    if (first === undefined) return;
    const { topic, partition } = first;
    try {
      const messages = rows.map(({ message }) => message);
      await this.producers.send(topic, partition, messages, this.options);
    } catch (thrown) {
      if (typeOf(thrown) === 'UNKNOWN_TOPIC_OR_PARTITION') this.topics.forget(topic);
      throw thrown;
    }
  }
}
