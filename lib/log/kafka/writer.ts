import type { Message } from 'kafkajs';
import { RecordError, messageOf } from '../../core/errors';
import type { Contributor } from '../../delivery/participant';
import { Batcher } from '../../sinks/batcher';
import type { Datum, Headers, NewRecord, RecordWriter, WriterOptions, Written } from '../log';
import { partitionOf } from '../partitioner';
import { typeOf } from './errors';
import { type Producers, isRefusal } from './producer';
import type { Room } from './room';
import { Stamper, unstamped } from './stamps';
import type { KafkaTopics } from './topics';

/** What one writer has under way. */
interface Row {
  readonly topic: string;
  readonly partition: number;
  readonly bytes: number;
  readonly message: Message;
}

/** The most bytes of one request: what a broker takes by default (message.max.bytes, 1 MB), less what lies around it. */
const REQUEST_BYTES = 1_000_000;
/** What a record takes beside key, value and headers, in bytes, at most. */
const OVERHEAD = 36;
/** For how long a writer that closes goes on writing what it has, in ms. */
const CLOSE_WITHIN = 5_000;
/** Kafka 4 refuses records from further ahead (message.timestamp.after.max.ms), in ms. */
const AHEAD = 3_600_000;

/** Writes records in batches to a cluster; one for each node that writes. */
export class KafkaWriter implements RecordWriter {
  readonly #batcher: Batcher<Row>;
  readonly #stamper: Stamper;
  #sticky = 0;

  constructor(
    private readonly producers: Producers,
    private readonly topics: KafkaTopics,
    private readonly room: Room,
    private readonly options: WriterOptions,
  ) {
    this.#stamper = new Stamper(options.node);
    this.#batcher = new Batcher<Row>(
      { write: (rows) => this.#write(rows) },
      { name: 'The Kafka cluster', maxBatch: options.maxBatch, linger: options.linger },
    );
  }

  async append(topic: string, records: readonly NewRecord[], { origin }: Contributor): Promise<Written> {
    const stamps = this.#stamper.stamp(records, origin);
    const partitions = await this.topics.partitions(topic);
    // Without a key a batch goes to one partition as a whole, the next batch to the next (KIP-480).
    const sticky = this.#sticky++ % partitions;
    const results: (RecordError | undefined)[] = new Array<undefined>(records.length).fill(undefined);
    const rows: Row[] = [];
    const places: number[] = [];
    let bytes = 0;
    records.forEach((record, index) => {
      const partition = record.partition ?? (record.key === null ? sticky : partitionOf(record.key, partitions));
      if (!Number.isInteger(partition) || partition < 0 || partition >= partitions) {
        results[index] = new RecordError(`Topic ${topic} has no partition ${partition}, only 0 to ${partitions - 1}.`, {
          setting: 'partition',
        });
        return;
      }
      const row = rowOf(topic, partition, record, stamps?.[index]);
      rows.push(row);
      places.push(index);
      bytes += row.bytes;
    });
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
  async #write(rows: readonly Row[]): Promise<Written> {
    const byPartition = new Map<string, number[]>();
    rows.forEach(({ topic, partition }, index) => {
      const key = `${topic} ${partition}`;
      const known = byPartition.get(key);
      if (known === undefined) byPartition.set(key, [index]);
      else known.push(index);
    });
    const results: (RecordError | undefined)[] = new Array<undefined>(rows.length).fill(undefined);
    const outcomes = await Promise.allSettled(
      [...byPartition.values()].map(async (indexes) => {
        for (const request of requestsOf(rows, indexes)) await this.#send(rows, request, results);
      }),
    );
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
    return results;
  }

  /** Sends one request; what the broker refuses is divided until it is known which records it refuses. */
  async #send(rows: readonly Row[], indexes: readonly number[], results: (RecordError | undefined)[]): Promise<void> {
    const first = rows[indexes[0] ?? -1];
    if (first === undefined) return;
    const messages = indexes.flatMap((index) => rows[index]?.message ?? []);
    try {
      await this.producers.send(first.topic, first.partition, messages, this.options);
    } catch (thrown) {
      if (typeOf(thrown) === 'UNKNOWN_TOPIC_OR_PARTITION') this.topics.forget(first.topic);
      if (!isRefusal(thrown)) throw thrown;
      if (indexes.length === 1) {
        results[indexes[0] ?? 0] = refused(first, thrown);
        return;
      }
      const middle = Math.ceil(indexes.length / 2);
      await this.#send(rows, indexes.slice(0, middle), results);
      await this.#send(rows, indexes.slice(middle), results);
    }
  }
}

function* requestsOf(rows: readonly Row[], indexes: readonly number[]): Generator<number[]> {
  let request: number[] = [];
  let size = 0;
  for (const index of indexes) {
    const { bytes = 0 } = rows[index] ?? {};
    if (size + bytes > REQUEST_BYTES && request.length > 0) {
      yield request;
      request = [];
      size = 0;
    }
    request.push(index);
    size += bytes;
  }
  if (request.length > 0) yield request;
}

function rowOf(topic: string, partition: number, record: NewRecord, stamp: Headers | undefined): Row {
  const headers = { ...unstamped(record.headers), ...stamp };
  const message = {
    key: asBuffer(record.key),
    value: asBuffer(record.value),
    headers,
    timestamp: String(timeOf(record.timestamp, Date.now())),
  };
  let bytes = OVERHEAD + (message.key?.length ?? 0) + (message.value?.length ?? 0);
  for (const [name, value] of Object.entries(headers)) bytes += name.length + value.length + 4;
  return { topic, partition, bytes, message };
}

/** A record's own time, unless a broker would refuse the record for it. */
function timeOf(own: number | undefined, now: number): number {
  return own === undefined || !Number.isInteger(own) || own < 0 || own > now + AHEAD ? now : own;
}

function asBuffer(datum: Datum): Buffer | null {
  if (datum === null) return null;
  return typeof datum === 'string' ? Buffer.from(datum) : Buffer.from(datum.buffer, datum.byteOffset, datum.length);
}

function refused({ topic, bytes }: Row, thrown: unknown): RecordError {
  switch (typeOf(thrown) ?? '') {
    case 'MESSAGE_TOO_LARGE':
    case 'RECORD_LIST_TOO_LARGE':
      return new RecordError(`The record has ${bytes} bytes, more than topic ${topic} takes.`, {
        remedy: 'Make it smaller, compress it, or raise max.message.bytes of the topic.',
      });
    case 'INVALID_RECORD':
      return new RecordError(`Topic ${topic} does not take the record.`, {
        remedy: 'A compacted topic takes none without a key.',
      });
    default:
      return new RecordError(messageOf(thrown));
  }
}
