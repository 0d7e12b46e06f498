import { Column, ValueColumns } from './columns';
import { HyperLogLog, type SavedSketch } from './hyperLogLog';
import { LeastFirst } from './leastFirst';

/** What a table keeps for each key, beside its count. */
export interface TableOptions {
  /** How many keys at most; 0 for all. */
  readonly maxKeys: number;
  /** Sum, least and greatest of a value. */
  readonly valued: boolean;
  /** How many different values of another field. */
  readonly distinct: boolean;
  /** Remembers what has changed, to be saved. */
  readonly durable: boolean;
}

/** The slots of a table as they are saved: by slot its key, its count, and what else is kept. */
export interface SavedSlots {
  readonly total: number;
  readonly slots: number[];
  readonly keys: string[];
  readonly counts: number[];
  readonly errors?: number[];
  /** Sum, least and greatest, one after the other; null for infinity. */
  readonly values?: (number | null)[];
  readonly sketches?: SavedSketch[];
}

/** A text longer than this may be a slice of a larger one, which it keeps in memory. */
const SLICED_FROM = 13;
/** What a key takes: its entry in the map, its place in the list, its count, its mark. Measured by `bench -- growth`. */
const KEY_BYTES = 84;

/**
 * Counts by key, in columns. With `maxKeys` it is the Space-Saving algorithm (Metwally, Agrawal, El Abbadi, "Efficient
 * computation of frequent and top-k elements in data streams", ICDT 2005): a key for which there is no room takes the
 * place of the least one, and that one's count, which is its own error from then on.
 */
export class KeyTable {
  /** The sum of all counts: exact, whatever was given up. */
  total = 0;
  readonly keys: string[] = [];
  readonly #slots = new Map<string, number>();
  readonly #counts = new Column();
  readonly #values: ValueColumns | undefined;
  readonly #sketches: HyperLogLog[] | undefined;
  readonly #errors: Column | undefined;
  readonly #least: LeastFirst | undefined;
  readonly #unsaved: Set<number> | undefined;
  #mostMissed = 0;
  #characters = 0;

  constructor(private readonly options: TableOptions) {
    const { valued, distinct, maxKeys, durable } = options;
    if (valued) this.#values = new ValueColumns();
    if (distinct) this.#sketches = [];
    if (durable) this.#unsaved = new Set();
    if (maxKeys > 0) {
      this.#errors = new Column();
      this.#least = new LeastFirst((slot) => this.#counts.get(slot));
    }
  }

  get size(): number {
    return this.keys.length;
  }

  /** About how much memory it takes, in bytes. */
  get bytes(): number {
    let bytes = this.keys.length * (KEY_BYTES + (this.#values ? 24 : 0) + (this.#errors ? 24 : 0)) + this.#characters;
    for (const sketch of this.#sketches ?? []) bytes += sketch.bytes;
    return bytes;
  }

  /**
   * Counts one occurrence of a key.
   * @param value is added up, where values are kept
   * @param distinct the `distinctHash` of what is told apart, where that is wanted; NaN for nothing
   */
  add(key: string, value: number, distinct: number): void {
    this.total++;
    let slot = this.#slots.get(key);
    if (slot === undefined) {
      slot = this.#slotFor(key);
    } else {
      this.#counts.set(slot, this.#counts.get(slot) + 1);
      this.#least?.grown(slot);
    }
    this.#values?.add(slot, value);
    if (!Number.isNaN(distinct)) this.#sketches?.[slot]?.add(distinct);
    this.#unsaved?.add(slot);
  }

  slotOf(key: string): number | undefined {
    return this.#slots.get(key);
  }

  countOf(slot: number): number {
    return this.#counts.get(slot);
  }

  /** How much of the count may be another key's. */
  errorOf(slot: number): number {
    return this.#errors?.get(slot) ?? 0;
  }

  get values(): ValueColumns | undefined {
    return this.#values;
  }

  sketchOf(slot: number): HyperLogLog | undefined {
    return this.#sketches?.[slot];
  }

  /** No key that is not here has occurred more often: the count of the last one that gave way, for the least only grows. */
  get mostMissed(): number {
    return this.#mostMissed;
  }

  /** What has changed since the last call; undefined for nothing. */
  takeUnsaved(): SavedSlots | undefined {
    const unsaved = this.#unsaved;
    if (unsaved === undefined || unsaved.size === 0) return undefined;
    const saved = this.#save(unsaved);
    unsaved.clear();
    return saved;
  }

  /** All of it. */
  save(): SavedSlots {
    return this.#save(this.keys.keys());
  }

  /** Takes in what was saved, in the order of the saving. */
  load({ total, slots, keys, counts, errors, values, sketches }: SavedSlots): void {
    this.total = total;
    for (const [at, slot] of slots.entries()) {
      this.#place(slot, keys[at] ?? '');
      this.#counts.set(slot, counts[at] ?? 0);
      const error = errors?.[at] ?? 0;
      this.#errors?.set(slot, error);
      this.#mostMissed = Math.max(this.#mostMissed, error);
      this.#values?.set(
        slot,
        values?.[3 * at] ?? 0,
        values?.[3 * at + 1] ?? Infinity,
        values?.[3 * at + 2] ?? -Infinity,
      );
      if (this.#sketches !== undefined) this.#sketches[slot] = HyperLogLog.restore(sketches?.[at] ?? []);
    }
  }

  /** Call once after all was loaded. */
  loaded(): void {
    for (let slot = this.#least?.size ?? Infinity; slot < this.keys.length; slot++) this.#least?.push(slot);
  }

  #slotFor(key: string): number {
    const { maxKeys } = this.options;
    if (maxKeys > 0 && this.keys.length >= maxKeys && this.#least !== undefined) {
      const slot = this.#least.top;
      const error = this.#counts.get(slot);
      this.#place(slot, key);
      this.#counts.set(slot, error + 1);
      this.#errors?.set(slot, error);
      this.#least.grown(slot);
      this.#mostMissed = error;
      return slot;
    }
    const slot = this.keys.length;
    this.#place(slot, key);
    this.#counts.set(slot, 1);
    this.#least?.push(slot);
    return slot;
  }

  /** Gives a slot to a key, which begins there anew. */
  #place(slot: number, key: string): void {
    const before = this.keys[slot];
    if (before === key) return;
    if (before !== undefined) {
      // Of several changes taken in at once, an earlier one may have given the key another slot.
      if (this.#slots.get(before) === slot) this.#slots.delete(before);
      this.#characters -= before.length;
    }
    const own = ownText(key);
    this.keys[slot] = own;
    this.#slots.set(own, slot);
    this.#characters += own.length;
    this.#values?.set(slot, 0, Infinity, -Infinity);
    if (this.#sketches !== undefined) this.#sketches[slot] = new HyperLogLog();
  }

  #save(slots: Iterable<number>): SavedSlots {
    const saved: SavedSlots = { total: this.total, slots: [], keys: [], counts: [] };
    const errors: number[] = [];
    const values: (number | null)[] = [];
    const sketches: SavedSketch[] = [];
    for (const slot of slots) {
      saved.slots.push(slot);
      saved.keys.push(this.keys[slot] ?? '');
      saved.counts.push(this.#counts.get(slot));
      if (this.#errors !== undefined) errors.push(this.#errors.get(slot));
      if (this.#values !== undefined) {
        const { sums, least, greatest } = this.#values;
        values.push(sums.get(slot), finite(least.get(slot)), finite(greatest.get(slot)));
      }
      const sketch = this.#sketches?.[slot];
      if (sketch !== undefined) sketches.push(sketch.save());
    }
    return {
      ...saved,
      ...(this.#errors === undefined ? {} : { errors }),
      ...(this.#values === undefined ? {} : { values }),
      ...(this.#sketches === undefined ? {} : { sketches }),
    };
  }
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

/** A text of its own, that keeps no larger one in memory. */
function ownText(text: string): string {
  return text.length < SLICED_FROM ? text : Buffer.from(text, 'utf16le').toString('utf16le');
}
