import { RecordError } from '../core/errors';
import { type Getter, getter } from '../core/paths';
import { type Rejection, describe, isFields, plainText, reject } from '../core/records';
import { type EventTime, eventTime } from './eventTime';
import { distinctHash } from './hyperLogLog';
import type { WindowShape } from './shape';

/** What one message adds to the windows, kept apart until the message is finished: a place in each list per record. */
export interface Contribution {
  readonly lane: string;
  readonly origin: string;
  readonly shape: WindowShape;
  /** Event times, in ms since the epoch. */
  readonly times: readonly number[];
  readonly keys: readonly (readonly string[])[];
  /** What is added up; empty where nothing is. */
  readonly values: readonly number[];
  /** Hashes of what is told apart, NaN for a record without; empty where nothing is. */
  readonly distinct: readonly number[];
  /** The greatest time in the message; -Infinity if it has no record. */
  readonly latest: number;
  /** The records themselves, for those that turn out to be late; empty where these are not wanted. */
  readonly records: readonly unknown[];
  readonly asBatch: boolean;
}

export interface CountSettings {
  /** Paths of the key; none counts every record under `*`. Of arrays each element counts, of several paths each pair. */
  readonly keys: readonly string[];
  /** Path of the event time; empty for the time of arrival. */
  readonly time: string;
  /** Path of a number to sum per key; empty for none. */
  readonly value: string;
  /** Path of what is told apart per key, such as the author; empty for nothing. */
  readonly distinct: string;
}

/** Stands between the parts of a key of several fields: U+001F, the unit separator. */
export const PART = '\u{1F}';

/** The key of everything, where no key is asked for. */
const EVERYTHING = ['*'] as const;

/** Reads from records what windows need of them. */
export class Counting {
  readonly #timeOf: EventTime;
  readonly #keyOf: readonly Getter[];
  readonly #valueOf: Getter | undefined;
  readonly #distinctOf: Getter | undefined;

  /** @throws {SettingError} if a path is malformed */
  constructor(
    private readonly settings: CountSettings,
    clock: () => number,
  ) {
    this.#timeOf = eventTime(settings.time, clock);
    this.#keyOf = settings.keys.map((path) => getter(path, 'key'));
    this.#valueOf = settings.value === '' ? undefined : getter(settings.value, 'value');
    this.#distinctOf = settings.distinct === '' ? undefined : getter(settings.distinct, 'distinct');
  }

  /** Reads a batch; records that cannot be counted are rejected. */
  read(
    batch: readonly unknown[],
    shape: WindowShape,
    from: { lane: string; origin: string; asBatch: boolean; keepRecords: boolean },
  ): { contribution: Contribution; rejected: Rejection[] } {
    const { keepRecords, ...source } = from;
    const times: number[] = [];
    const keys: (readonly string[])[] = [];
    const values: number[] = [];
    const distinct: number[] = [];
    const records: unknown[] = [];
    const rejected: Rejection[] = [];
    let latest = -Infinity;
    for (const record of batch) {
      try {
        if (!isFields(record)) throw new RecordError(`A record must be an object, not ${describe(record)}.`);
        const itsKeys = this.#keys(record);
        const value = this.#valueOf === undefined ? 0 : this.#value(this.#valueOf(record));
        const time = this.#timeOf(record);
        times.push(time);
        keys.push(itsKeys);
        if (this.#valueOf !== undefined) values.push(value);
        if (this.#distinctOf !== undefined) distinct.push(hashOf(this.#distinctOf(record)));
        if (keepRecords) records.push(record);
        if (time > latest) latest = time;
      } catch (thrown) {
        rejected.push(reject(record, thrown));
      }
    }
    return { contribution: { ...source, shape, times, keys, values, distinct, latest, records }, rejected };
  }

  #keys(record: unknown): readonly string[] {
    const [only] = this.#keyOf;
    if (only === undefined) return EVERYTHING;
    const first = this.#partsOf(only(record), 0);
    if (this.#keyOf.length === 1) return first;
    let combined = first.map(withoutSeparator);
    for (const [at, keyOf] of this.#keyOf.entries()) {
      if (at === 0) continue;
      const parts = this.#partsOf(keyOf(record), at).map(withoutSeparator);
      combined = combined.flatMap((before) => parts.map((part) => `${before}${PART}${part}`));
    }
    return combined;
  }

  #partsOf(value: unknown, at: number): string[] {
    if (!Array.isArray(value)) return [this.#text(value, at)];
    const parts: string[] = [];
    for (const each of value) if (each !== null && each !== undefined) parts.push(this.#text(each, at));
    return parts;
  }

  #text(key: unknown, at: number): string {
    if (typeof key === 'string') return key;
    if (typeof key === 'number' || typeof key === 'boolean' || typeof key === 'bigint') return String(key);
    throw new RecordError(`The record has no key in "${this.settings.keys[at] ?? ''}": ${describe(key)}.`, {
      setting: 'key',
    });
  }

  #value(value: unknown): number {
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    throw new RecordError(`The record has no number in "${this.settings.value}": ${describe(value)}.`, {
      setting: 'value',
    });
  }
}

function hashOf(value: unknown): number {
  return value === undefined || value === null ? Number.NaN : distinctHash(plainText(value));
}

function withoutSeparator(part: string): string {
  return part.replaceAll(PART, '\u{241F}');
}
