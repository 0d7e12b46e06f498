import { StoreUnavailableError } from '../core/errors';
import type { Destination } from './destination';
import { kindOf } from './retry';

/** What one try to write a batch came to. */
export interface Trial {
  /** For each row undefined where it is safe, or what was thrown for it; undefined if all are safe. */
  readonly results: readonly unknown[] | undefined;
  /** Set if the server turned out to be away: rows whose result is this very error say nothing about themselves. */
  readonly away: StoreUnavailableError | undefined;
  /** True if the batch failed as a whole, so that `results` may blame rows that have no part in it. */
  readonly failed: boolean;
}

export interface TrialOptions {
  /** Whether a failure that may pass is looked into row by row now, rather than left for the next try. */
  readonly divide: boolean;
  /** The same for a batch at which the server goes away again and again, though it answers in between. */
  readonly blame: boolean;
  /** The rows were turned away by themselves before, and others taken: the server is there if it does so again. */
  readonly single: boolean;
}

/** So many failures in a row, of 10 or so halves that lead to a row, are not of single rows: dividing on would be a flood. */
const LONGEST_STREAK = 32;
/** From then on only parts larger than this share of the batch are tried: many rows next to each other fail, or all. */
const SMALLEST_SHARE = 1 / 16;

/** Writes a batch once; where it fails as a whole it may be divided in halves, until what fails is alone. */
export async function tryWrite<Row>(
  destination: Destination<Row>,
  rows: readonly Row[],
  { divide, blame, single }: TrialOptions,
): Promise<Trial> {
  try {
    const results = await destination.write(rows);
    return single ? { results, away: undefined, failed: false } : whole(results);
  } catch (thrown) {
    const kind = kindOf(thrown);
    const divisible = kind === 'row' || (kind === 'passing' && divide) || (kind === 'server' && blame);
    if (divisible && rows.length > 1) return new Division(destination, rows, kind === 'server').run();
    const away = thrown instanceof StoreUnavailableError ? thrown : undefined;
    return { results: new Array<unknown>(rows.length).fill(thrown), away, failed: true };
  }
}

/** A server that turns every row away is as good as one that turns the request away. */
function whole(results: readonly unknown[] | undefined): Trial {
  const first = results?.[0];
  if (!(first instanceof StoreUnavailableError) || !results?.every((each) => each instanceof StoreUnavailableError)) {
    return { results, away: undefined, failed: false };
  }
  return { results: new Array<unknown>(results.length).fill(first), away: first, failed: true };
}

/** Rows are divided in the order of their keys, if they have any: what fails together, as a region does, lies together. */
class Division<Row> {
  readonly #results: unknown[];
  /** The places of the rows, in order. */
  readonly #places: readonly number[];
  #streak = 0;
  #lastFailure: unknown;
  #answered = false;
  #stopped: { readonly by: unknown } | undefined;

  constructor(
    private readonly destination: Destination<Row>,
    private readonly rows: readonly Row[],
    /** Going away may be what the server does at one of the rows. */
    private readonly blame: boolean,
  ) {
    this.#results = new Array<unknown>(rows.length).fill(undefined);
    const keys = rows.map((row) => destination.key?.(row) ?? '');
    const before = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);
    this.#places = [...rows.keys()].sort((one, other) => before(keys[one] ?? '', keys[other] ?? ''));
  }

  async run(): Promise<Trial> {
    await this.#halves(0, this.rows.length);
    const last = this.#stopped?.by ?? this.#results.find((each) => each instanceof StoreUnavailableError);
    const away =
      last instanceof StoreUnavailableError && (this.#stopped !== undefined || !this.#answered) ? last : undefined;
    if (away === undefined || this.#answered) return { results: this.#results, away, failed: true };
    // No half was answered: nobody knows whether it was the rows.
    return {
      results: this.#results.map((each) => (each instanceof StoreUnavailableError ? away : each)),
      away,
      failed: true,
    };
  }

  async #halves(from: number, to: number): Promise<void> {
    const middle = (from + to + 1) >> 1;
    await this.#part(from, middle);
    await this.#part(middle, to);
  }

  async #part(from: number, to: number): Promise<void> {
    const places = this.#places.slice(from, to);
    const tooSmall = this.#streak >= LONGEST_STREAK && places.length <= Math.ceil(this.rows.length * SMALLEST_SHARE);
    if (this.#stopped !== undefined || tooSmall) {
      this.#fill(places, this.#stopped?.by ?? this.#lastFailure);
      return;
    }
    try {
      const results = await this.destination.write(places.map((place) => this.rows[place] as Row));
      results?.forEach((each, index) => (this.#results[places[index] ?? 0] = each));
      this.#streak = 0;
      this.#answered = true;
    } catch (thrown) {
      const kind = kindOf(thrown);
      const alone = places.length === 1;
      if (kind !== 'server') this.#answered = true;
      this.#lastFailure = thrown;
      this.#streak = alone && kind === 'row' ? 0 : this.#streak + 1;
      const isAway = kind === 'server' && (!this.blame || this.#streak >= LONGEST_STREAK);
      if (kind === 'sink' || isAway) this.#stopped = { by: thrown };
      if (this.#stopped !== undefined || alone) this.#fill(places, thrown);
      else await this.#halves(from, to);
    }
  }

  #fill(places: readonly number[], thrown: unknown): void {
    for (const place of places) this.#results[place] = thrown;
  }
}
