import { type Getter, getter } from '../core/paths';
import { RecordError } from '../core/errors';
import { isFields, reject } from '../core/records';
import { encode, readable } from '../log/codec';
import { deadLetter } from '../log/deadLetter';
import type { Headers, LogRecord, NewRecord } from '../log/log';
import { headersOf, recordKey, recordTopic } from '../log/streamWriter';
import { whichOf } from '../log/kafka/stamps';
import type { Form, Message } from './message';
import type { KafkaStep } from './plan';
import { type Refuse, type Target, recordsIn } from './target';

/** What a topic is to be written, in columns. */
export interface KafkaColumns {
  /** Which row, or window, of the input each record was made of. */
  readonly at: number[];
  readonly key: (string | null)[];
  readonly value: (string | null)[];
  /** See `Stamp.which`, within all that was made of the same input. */
  readonly which: string[];
  /** Of records that go to topics of their own. */
  readonly topic?: string[];
  /** Where the input had some. */
  readonly headers?: (Headers | null)[];
}

export interface KafkaRowsOptions {
  readonly form: Form;
  /** The source, whose dead letters these may be. */
  readonly source: string;
  /** Headers are written. */
  readonly headers: boolean;
  readonly refuse: Refuse;
}

/** Makes records for a topic, as kafka-out does. */
export class KafkaRows implements Target {
  readonly #keyOf: Getter | undefined;
  #columns: KafkaColumns;
  /** Of the present input, how often each content has occurred. */
  #occurred = new Map<number, number>();
  #at = -1;

  /** @throws {SettingError} if a path is malformed */
  constructor(
    private readonly step: KafkaStep,
    private readonly options: KafkaRowsOptions,
  ) {
    this.#keyOf = step.key === '' ? undefined : getter(step.key, 'key');
    this.#columns = this.#empty();
  }

  take(message: Message): void {
    const records = recordsIn(message.payload, this.options.form);
    for (let index = 0; index < records.length; index++) this.#takeOne(records[index], message, index);
  }

  give(): KafkaColumns {
    const columns = this.#columns;
    this.#columns = this.#empty();
    this.#at = -1;
    return columns;
  }

  #takeOne(record: unknown, message: Message, index: number): void {
    try {
      const topic = this.#columns.topic === undefined ? '' : recordTopic('', message);
      const made = this.step.letters === true ? this.#letter(record) : this.#record(record, message, index);
      this.#put(message.at, made, topic);
    } catch (thrown) {
      this.options.refuse(reject(record, thrown));
    }
  }

  #record(record: unknown, message: Message, index: number): NewRecord {
    const headers = headersOf(message.headers, index);
    const key = recordKey(this.#keyOf, record, message, index);
    const value = encode(record, this.step.encode);
    return headers === undefined ? { key, value } : { key, value, headers };
  }

  #letter(payload: unknown): NewRecord {
    if (!isFields(payload) || !isFields(payload.record)) throw new RecordError('A dead letter has lost its record.');
    const { topic, partition, ...record } = payload.record;
    const failure = {
      lane: '',
      node: this.options.source,
      error: isFields(payload.error) ? payload.error.message : '',
      attempts: 1,
    };
    return deadLetter(record as unknown as LogRecord, { topic: String(topic), partition: Number(partition) }, failure);
  }

  #put(at: number, { key, value, headers }: NewRecord, topic: string): void {
    const columns = this.#columns;
    if (at !== this.#at) {
      this.#at = at;
      this.#occurred = new Map();
    }
    columns.at.push(at);
    columns.key.push(readable(key));
    columns.value.push(readable(value));
    columns.which.push(whichOf(key, value, this.#occurred));
    columns.topic?.push(topic);
    columns.headers?.push(headers ?? null);
  }

  #empty(): KafkaColumns {
    return {
      ...{ at: [], key: [], value: [], which: [] },
      ...(this.step.topic === '' ? { topic: [] } : {}),
      ...(this.options.headers || this.step.letters === true ? { headers: [] } : {}),
    };
  }
}
