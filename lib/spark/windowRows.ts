import { Counting } from '../windows/contribution';
import type { Form, Message } from './message';
import type { WindowsPlan } from './plan';
import { type Refuse, type Target, recordsIn } from './target';

/** What Spark counts, in columns: a row for each key of each record. */
export interface WindowColumns {
  /** Event times, in ms since the epoch. */
  readonly time: number[];
  /** Null for a record without any key: it counts nowhere, and moves the watermark. */
  readonly key: (string | null)[];
  /** What is added up, where something is. */
  readonly value?: number[];
  /** `distinctHash` of what is told apart, where something is; null for a record without. */
  readonly distinct?: (number | null)[];
}

const NOWHERE = { lane: '', origin: '', asBatch: true, keepRecords: false };

export interface WindowRowsOptions {
  readonly form: Form;
  readonly refuse: Refuse;
  readonly clock: () => number;
}

/** Reads keys, times and values as window-count does. */
export class WindowRows implements Target {
  readonly #counting: Counting;
  #records: unknown[] = [];

  /** @throws {SettingError} if a path is malformed */
  constructor(
    private readonly settings: WindowsPlan,
    private readonly options: WindowRowsOptions,
  ) {
    this.#counting = new Counting(settings, options.clock);
  }

  take({ payload }: Message): void {
    for (const record of recordsIn(payload, this.options.form)) this.#records.push(record);
  }

  give(): WindowColumns {
    const records = this.#records;
    this.#records = [];
    const { contribution, rejected } = this.#counting.read(records, this.settings.shape, NOWHERE);
    for (const rejection of rejected) this.options.refuse(rejection);
    const time: number[] = [];
    const key: (string | null)[] = [];
    const value: number[] | undefined = this.settings.value === '' ? undefined : [];
    const distinct: (number | null)[] | undefined = this.settings.distinct === '' ? undefined : [];
    const { times, keys, values, distinct: hashes } = contribution;
    for (let index = 0; index < times.length; index++) {
      const itsKeys = keys[index] ?? [];
      const rows = Math.max(1, itsKeys.length);
      const hash = hashes[index] ?? Number.NaN;
      for (let row = 0; row < rows; row++) {
        time.push(times[index] ?? 0);
        key.push(itsKeys[row] ?? null);
        value?.push(values[index] ?? 0);
        distinct?.push(Number.isNaN(hash) ? null : hash);
      }
    }
    return { time, key, ...(value === undefined ? {} : { value }), ...(distinct === undefined ? {} : { distinct }) };
  }
}
