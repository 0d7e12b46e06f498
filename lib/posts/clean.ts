import { RecordError, SettingError } from '../core/errors';
import { type Getter, getter } from '../core/paths';
import { type Fields, type Outcome, describe, isFields, reject } from '../core/records';
import type { Contributor } from '../delivery/participant';
import { Contribution, CleanMemory } from './cleanMemory';
import { codePoints } from './codePoints';
import { type FieldSettings, fieldCheck } from './cleanFields';
import { type KeyedState, identityOf } from './seen';

/** Numeric fields whose unusual values are marked or rejected. */
export interface OutlierSettings {
  readonly fields: readonly string[];
  /** How many (estimated) standard deviations from the median a value may lie. */
  readonly k: number;
  /** How many of the last values tell what is usual. */
  readonly window: number;
  readonly action: 'mark' | 'reject';
}

/** What tweet-clean does. */
export interface CleanSettings extends FieldSettings {
  /** The path of a record's identity; empty: repeated records go through. */
  readonly dedupe: string;
  /** How many identities are remembered; 100,000 by default. */
  readonly dedupeSize?: number;
  /** The most characters (code points) that `text` may have; 0: any number. */
  readonly maxLength: number;
  readonly outliers?: OutlierSettings;
}

const DEDUPE_SIZE = 100_000;

/** What `clean` made of a batch. */
export interface Cleaned {
  readonly outcome: Outcome;
  /** When the step is done with the batch: at once if undefined, else when this resolves. See `Contributor`. */
  readonly committed: Promise<void> | undefined;
}

/**
 * Keeps the fields of interest of each record, sees to missing values, and takes out repeated, overlong and unusual
 * records. Which identities were seen and which values are usual is state, and takes part in the one commit: a record
 * is a repetition of one that is committed or still in flight, and what a failed attempt has contributed is forgotten.
 */
export class Cleaner {
  /** What takes part in the commit. */
  readonly participant: CleanMemory;
  readonly #check: (record: Fields) => Fields;
  readonly #identity: Getter | undefined;
  readonly #dedupePath: string;
  readonly #maxLength: number;
  readonly #outliers: OutlierSettings | undefined;
  readonly #outlierFields: readonly Getter[];

  /**
   * @param state where the state is kept; without it, it ends with the process, and a failed commit cannot be undone
   * @throws {SettingError} if a setting cannot be used
   */
  constructor(settings: CleanSettings, state?: KeyedState) {
    const { outliers } = settings;
    const dedupeSize = settings.dedupeSize ?? DEDUPE_SIZE;
    atLeast('dedupeSize', dedupeSize, 1);
    atLeast('maxLength', settings.maxLength, 0);
    if (outliers) {
      atLeast('outliers.window', outliers.window, 3);
      if (!(outliers.k > 0)) {
        throw new SettingError(`${outliers.k} is no factor for outliers.`, {
          setting: 'outliers.k',
          remedy: 'Give a number above 0; 3.5 is usual.',
        });
      }
    }
    this.#check = fieldCheck(settings);
    this.#dedupePath = settings.dedupe.trim();
    this.#identity = this.#dedupePath === '' ? undefined : getter(this.#dedupePath, 'dedupe');
    this.#maxLength = settings.maxLength;
    this.#outliers = outliers;
    this.#outlierFields = outliers?.fields.map((path) => getter(path, 'outliers')) ?? [];
    this.participant = new CleanMemory({ dedupeSize, ...(outliers ? { outliers } : {}) }, state);
  }

  /** Cleans a batch; never throws for a bad record. */
  clean(batch: readonly unknown[], contributor: Contributor): Cleaned {
    const outcome: Outcome = { records: [], rejected: [] };
    const contribution = new Contribution(this.#outlierFields.length);
    for (const record of batch) {
      try {
        outcome.records.push(this.#cleanOne(record, contribution));
      } catch (thrown) {
        outcome.rejected.push(reject(record, thrown));
      }
    }
    if (contribution.empty) return { outcome, committed: undefined };
    this.participant.expect(contribution);
    const committed = contributor.contribute(this.participant, contribution);
    return { outcome, committed: committed?.catch((thrown: unknown) => this.#giveBack(contribution, thrown)) };
  }

  /** A commit of its own has failed: nobody will drop what the batch contributed. */
  #giveBack(contribution: Contribution, thrown: unknown): never {
    this.participant.drop([contribution]);
    throw thrown;
  }

  #cleanOne(record: unknown, contribution: Contribution): Fields {
    if (!isFields(record)) throw new RecordError(`A record must be an object, not ${describe(record)}.`);
    let kept = this.#check(record);
    if (this.#maxLength > 0) this.#checkLength(record.text);
    const identity = this.#identity && identityOf(this.#identity(record));
    if (identity !== undefined && this.participant.seen.has(identity)) {
      throw new RecordError(`A record with the ${this.#dedupePath} ${describe(identity)} was here before.`, {
        setting: 'dedupe',
      });
    }
    if (this.#outliers) kept = this.#judge(record, kept, this.#outliers, contribution);
    if (identity !== undefined) {
      this.participant.seen.expect(identity);
      contribution.identities.push(identity);
    }
    return kept;
  }

  #checkLength(text: unknown): void {
    if (typeof text !== 'string' || text.length <= this.#maxLength) return;
    const length = codePoints(text);
    if (length > this.#maxLength) {
      throw new RecordError(`The record's text has ${length} characters, more than ${this.#maxLength}.`, {
        setting: 'maxLength',
      });
    }
  }

  #judge(record: Fields, kept: Fields, settings: OutlierSettings, contribution: Contribution): Fields {
    const found: string[] = [];
    let first: unknown;
    for (let index = 0; index < this.#outlierFields.length; index++) {
      const path = settings.fields[index] ?? '';
      const value = asNumber(this.#outlierFields[index]?.(record));
      if (value === undefined) continue;
      contribution.values[index]?.push(value);
      if (this.participant.windows[index]?.judge(value) !== true) continue;
      found.push(path);
      first ??= value;
    }
    if (found.length === 0) return kept;
    if (settings.action === 'mark') return { ...kept, outliers: found };
    const usual = `more than ${settings.k} times the usual deviation from the median of the last ${settings.window}`;
    throw new RecordError(`The record's "${found[0] ?? ''}" is unusual: ${describe(first)} lies ${usual}.`, {
      setting: 'outliers',
    });
  }
}

function asNumber(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

function atLeast(setting: string, value: number, least: number): void {
  if (Number.isInteger(value) && value >= least) return;
  throw new SettingError(`${value} does not do for ${setting}.`, {
    setting,
    remedy: `Give a whole number from ${least} on.`,
  });
}
