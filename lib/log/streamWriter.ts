import { RecordError } from '../core/errors';
import { type Getter, getter } from '../core/paths';
import { type Rejection, isFields, reject, plainText } from '../core/records';
import type { Contributor } from '../delivery/participant';
import { type Encoding, encode } from './codec';
import type { Datum, Headers, NewRecord, RecordWriter, TopicLog, WriterOptions } from './log';

export interface WriterSettings extends Partial<Omit<WriterOptions, 'node' | keyof WriterEvents>> {
  /** Empty: the message's own topic. */
  readonly topic: string;
  /** Path of the key; empty: the message's own key. */
  readonly key: string;
  readonly encode: Encoding;
}

/** What a node hears of records that it had taken. */
export type WriterEvents = Pick<WriterOptions, 'refused' | 'failed'>;

/** What of a message, beside its records, goes into the log. */
export interface Envelope {
  readonly [property: string]: unknown;
  readonly topic?: unknown;
  /** One key for all records, or an array with one for each; so with the headers. */
  readonly key?: unknown;
  readonly headers?: unknown;
  /** The partition for all records, in place of that of the key. */
  readonly partition?: unknown;
}

/** Writes the records of a flow to a topic. */
export class StreamWriter {
  readonly #keyOf: Getter | undefined;
  readonly #writer: RecordWriter | undefined;

  /** @param node the node that writes */
  constructor(
    private readonly log: TopicLog,
    private readonly settings: WriterSettings,
    node = '',
    events: WriterEvents = {},
  ) {
    const { acks = 'all', compression = 'none', linger = 5, maxBatch = 500, transactions = false } = settings;
    this.#writer = log.writer?.({ ...events, node, acks, compression, linger, maxBatch, transactions });
    this.#keyOf = settings.key === '' ? undefined : getter(settings.key, 'key');
  }

  /** See `Sink.write`. */
  write(
    batch: readonly unknown[],
    contributor: Contributor,
    envelope: Envelope = {},
  ): Rejection[] | Promise<Rejection[]> {
    let topic = '';
    const rejected: Rejection[] = [];
    const records: NewRecord[] = [];
    const written: unknown[] = [];
    const partition = typeof envelope.partition === 'number' ? { partition: envelope.partition } : {};
    for (let index = 0; index < batch.length; index++) {
      const record = batch[index];
      try {
        topic = recordTopic(this.settings.topic, envelope);
        const headers = headersOf(envelope.headers, index);
        const key = recordKey(this.#keyOf, record, envelope, index);
        const value = encode(record, this.settings.encode);
        records.push(headers === undefined ? { key, value, ...partition } : { key, value, headers, ...partition });
        written.push(record);
      } catch (thrown) {
        rejected.push(reject(record, thrown));
      }
    }
    if (records.length === 0) return rejected;
    if (this.#writer !== undefined) {
      return this.#writer.append(topic, records, contributor).then((results) => {
        results.forEach((error, index) => {
          if (error !== undefined) rejected.push(reject(written[index], error));
        });
        return rejected;
      });
    }
    const kept = this.log.append(topic, records, contributor);
    return kept === undefined ? rejected : kept.then(() => rejected);
  }

  /** Writes what waits, for a few seconds. */
  async close(): Promise<void> {
    await this.#writer?.close();
  }
}

/** The key that a record is written with: that of its field, or else its message's own. */
export function recordKey(
  keyOf: Getter | undefined,
  record: unknown,
  { key: all }: Pick<Envelope, 'key'>,
  index: number,
): Datum {
  // A tombstone has no field to take its key from.
  if (keyOf === undefined || record === null) {
    const own: unknown = Array.isArray(all) ? all[index] : all;
    return typeof own === 'string' || own instanceof Uint8Array ? own : null;
  }
  const key = keyOf(record);
  if (key === undefined || key === null) return null;
  if (typeof key === 'string' || key instanceof Uint8Array) return key;
  return plainText(key);
}

/** The topic that a record is written to. @throws {RecordError} if there is none */
export function recordTopic(setting: string, { topic: own }: Pick<Envelope, 'topic'>): string {
  const topic = setting === '' ? own : setting;
  if (typeof topic === 'string' && topic !== '') return topic;
  throw new RecordError('There is no topic to write to.', {
    setting: 'topic',
    remedy: 'Set it in the node or as msg.topic.',
  });
}

/** What of a message's headers a log can keep: texts, and numbers and flags as text. */
export function headersOf(all: unknown, index: number): Headers | undefined {
  const own: unknown = Array.isArray(all) ? all[index] : all;
  if (!isFields(own)) return undefined;
  const headers: [string, string][] = [];
  for (const [name, value] of Object.entries(own)) {
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
      headers.push([name, String(value)]);
  }
  return headers.length === 0 ? undefined : Object.fromEntries(headers);
}
