import { RecordError } from '../core/errors';
import { getter } from '../core/paths';
import { type Rejection, describe, isFields, reject } from '../core/records';
import { type WindowCounts, countKey, emptyCounts } from './aggregate';
import { type WindowGrid, lastWindowStart } from './assign';
import { type EventTime, eventTime } from './eventTime';

/** What one message adds to the windows, kept apart until the message is finished. */
export interface Contribution {
  readonly lane: string;
  readonly origin: string;
  /** The counts by `start:end` of their window. */
  readonly parts: ReadonlyMap<string, WindowCounts>;
  /** The greatest time in the message; -Infinity if it has no record. */
  readonly latest: number;
  /** The records, for those that turn out to be late, and the grid they were placed on. */
  readonly records: readonly unknown[];
  /** Their event times. */
  readonly times: readonly number[];
  readonly grid: WindowGrid;
  readonly asBatch: boolean;
}

export interface CountSettings {
  /** Path of the key; an array counts each element; empty counts every record under `*`. */
  readonly key: string;
  /** Path of the event time; empty for the time of arrival. */
  readonly time: string;
  /** Path of a number to sum per key; empty for none. */
  readonly value: string;
}

/** The key of everything, where no key is asked for. */
export const ANY_KEY = '*';

/** Turns records into counts per window. */
export class Counting {
  readonly #timeOf: EventTime;
  readonly #keyOf: ((record: unknown) => unknown) | undefined;
  readonly #valueOf: ((record: unknown) => unknown) | undefined;

  constructor(
    private readonly settings: CountSettings,
    clock: () => number,
  ) {
    this.#timeOf = eventTime(settings.time, clock);
    this.#keyOf = settings.key === '' ? undefined : getter(settings.key, 'key');
    this.#valueOf = settings.value === '' ? undefined : getter(settings.value, 'value');
  }

  /** Counts a batch; records that cannot be counted are rejected. */
  count(
    batch: readonly unknown[],
    grid: WindowGrid,
    from: { lane: string; origin: string; asBatch: boolean },
  ): { contribution: Contribution; rejected: Rejection[] } {
    const parts = new Map<string, WindowCounts>();
    const counted: unknown[] = [];
    const times: number[] = [];
    const rejected: Rejection[] = [];
    let latest = -Infinity;
    for (const record of batch) {
      try {
        if (!isFields(record)) throw new RecordError(`A record must be an object, not ${describe(record)}.`);
        const keys = this.#keys(record);
        const value = this.#value(record);
        const time = this.#timeOf(record);
        if (time > latest) latest = time;
        counted.push(record);
        times.push(time);
        if (keys.length > 0) countInto(parts, time, grid, keys, value);
      } catch (thrown) {
        rejected.push(reject(record, thrown));
      }
    }
    return { contribution: { ...from, parts, latest, records: counted, times, grid }, rejected };
  }

  #keys(record: unknown): readonly string[] {
    if (this.#keyOf === undefined) return [ANY_KEY];
    const key = this.#keyOf(record);
    if (Array.isArray(key))
      return key.filter((each) => each !== null && each !== undefined).map((each) => this.#keyText(each));
    return [this.#keyText(key)];
  }

  #keyText(key: unknown): string {
    if (typeof key === 'string') return key;
    if (typeof key === 'number' || typeof key === 'boolean' || typeof key === 'bigint') return String(key);
    throw new RecordError(`The record has no key in "${this.settings.key}": ${describe(key)}.`, { setting: 'key' });
  }

  #value(record: unknown): number {
    if (this.#valueOf === undefined) return Number.NaN;
    const value = this.#valueOf(record);
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    throw new RecordError(`The record has no number in "${this.settings.value}": ${describe(value)}.`, {
      setting: 'value',
    });
  }
}

function countInto(
  parts: Map<string, WindowCounts>,
  time: number,
  grid: WindowGrid,
  keys: readonly string[],
  value: number,
): void {
  const { size, slide } = grid;
  for (let start = lastWindowStart(time, grid); start > time - size; start -= slide) {
    const id = windowKey(start, start + size);
    let part = parts.get(id);
    if (part === undefined) {
      part = emptyCounts(start, start + size);
      parts.set(id, part);
    }
    for (const key of keys) countKey(part, key, value);
  }
}

/** What tells windows apart, also those of different sizes. */
export function windowKey(start: number, end: number): string {
  return `${start}:${end}`;
}
