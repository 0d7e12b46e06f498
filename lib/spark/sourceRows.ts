import { PulseflowError } from '../core/errors';
import { type Rejection, describe, isFields, reject } from '../core/records';
import { decode } from '../log/codec';
import type { Headers } from '../log/log';
import type { Place, Send } from './message';

/** What may stand beside the values: a list, or one value for all rows. */
const BESIDE = ['key', 'topic', 'partition', 'offset', 'timestamp', 'headers'] as const;

type ValueAt = (index: number) => unknown;
type Beside = Readonly<Record<(typeof BESIDE)[number], ValueAt>>;

/** Rows of the source as Spark has them, in columns. */
export class SourceRows {
  readonly haveHeaders: boolean;
  readonly #values: readonly (string | null)[];
  readonly #beside: Beside;

  /** @throws {PulseflowError} if they are none */
  constructor(input: unknown) {
    if (!isFields(input) || !Array.isArray(input.value)) {
      throw new PulseflowError(`There is no list "value" in the line, but ${describe(input)}.`);
    }
    this.#values = input.value as (string | null)[];
    const odd = this.#values.findIndex((value: unknown) => value !== null && typeof value !== 'string');
    if (odd >= 0) throw new PulseflowError(`A value is neither text nor null, but ${describe(this.#values[odd])}.`);
    const beside = BESIDE.map((name) => [name, columnOf(name, input[name], this.#values.length)] as const);
    this.#beside = Object.fromEntries(beside) as Beside;
    this.haveHeaders = Array.isArray(input.headers);
  }

  /** Decodes each and sends it as kafka-in does: what cannot be decoded by the second output. */
  send(encoding: 'json' | 'text', send: Send): void {
    for (const [at, value] of this.#values.entries()) {
      const place = this.#place(at);
      const { topic, partition } = place;
      const decoded = this.#decoded(at, place, value, encoding);
      if ('rejection' in decoded) {
        send(2, { payload: decoded.rejection, at, topic, kafka: { topic, partition } });
      } else {
        const headers = (this.#beside.headers(at) ?? undefined) as Headers | undefined;
        send(1, { payload: decoded.payload, at, topic, key: this.#beside.key(at), headers, kafka: place });
      }
    }
  }

  #decoded(
    at: number,
    { topic, partition, offset, timestamp }: Place,
    value: string | null,
    encoding: 'json' | 'text',
  ): { payload: unknown } | { rejection: Rejection } {
    try {
      return { payload: decode(value, encoding) };
    } catch (thrown) {
      const { key, headers } = this.#beside;
      const record = { topic, partition, offset, key: key(at) ?? null, value, headers: headers(at) ?? {}, timestamp };
      return { rejection: reject(record, thrown) };
    }
  }

  #place(at: number): Place {
    const { topic, partition, offset, timestamp } = this.#beside;
    return { topic: topic(at), partition: partition(at), offset: offset(at), timestamp: timestamp(at) };
  }
}

function columnOf(name: string, column: unknown, length: number): ValueAt {
  if (!Array.isArray(column)) return () => column;
  if (column.length === length) return (index) => column[index] as unknown;
  throw new PulseflowError(`The line has ${length} values, but ${column.length} of "${name}".`);
}
