import { murmur3 } from './murmur3';

/** 4,096 registers: a relative standard error of 1.04 / sqrt(4096). */
const INDEX_BITS = 12;
const REGISTERS = 1 << INDEX_BITS;
/** The bits of a hash beyond the register's number. */
const RANK_BITS = 40;
const LOW = 2 ** 20;
/** So many different hashes are kept as they are, and counted exactly. */
const EXACT = 128;

/** How far an estimate is off in about two of three cases, as a share of it. */
export const DISTINCT_ERROR = 1.04 / Math.sqrt(REGISTERS);

/** A sketch as text can hold it: the hashes while they are few, then the registers in base64. */
export type SavedSketch = readonly number[] | string;

/** Hashes what is to be told apart to 52 bits. */
export function distinctHash(text: string): number {
  return murmur3(text, 0) * LOW + (murmur3(text, 0x9747b28c) & (LOW - 1));
}

/**
 * How many different values were seen, in bounded memory: exactly up to 128, then by HyperLogLog (Flajolet et al.,
 * AofA 2007) with the estimator of O. Ertl, "New cardinality estimation algorithms for HyperLogLog sketches"
 * (arXiv:1702.01284, algorithm 6), which has no bias to correct at either end.
 */
export class HyperLogLog {
  #hashes: number[] | undefined = [];
  #registers: Uint8Array | undefined;

  /** Notes a value by its `distinctHash`. Returns false if that changed nothing. */
  add(hash: number): boolean {
    if (this.#hashes !== undefined) {
      if (this.#hashes.includes(hash)) return false;
      this.#hashes.push(hash);
      if (this.#hashes.length > EXACT) this.#spread(this.#hashes);
      return true;
    }
    return note((this.#registers ??= new Uint8Array(REGISTERS)), hash);
  }

  /** Adds what another sketch has seen. */
  merge(other: HyperLogLog): void {
    if (other.#hashes !== undefined) {
      for (const hash of other.#hashes) this.add(hash);
      return;
    }
    if (this.#hashes !== undefined) this.#spread(this.#hashes);
    const mine = (this.#registers ??= new Uint8Array(REGISTERS));
    const its = other.#registers ?? mine;
    for (let index = 0; index < REGISTERS; index++) mine[index] = Math.max(mine[index] ?? 0, its[index] ?? 0);
  }

  /** The number of different values, as a whole number. */
  get estimate(): number {
    return this.#hashes === undefined
      ? Math.round(estimateOf(this.#registers ?? new Uint8Array()))
      : this.#hashes.length;
  }

  /** About how much memory it takes. */
  get bytes(): number {
    return this.#hashes === undefined ? REGISTERS : this.#hashes.length * 8;
  }

  save(): SavedSketch {
    return this.#hashes ?? Buffer.from(this.#registers ?? []).toString('base64');
  }

  static restore(saved: SavedSketch): HyperLogLog {
    const sketch = new HyperLogLog();
    if (typeof saved === 'string') {
      sketch.#hashes = undefined;
      sketch.#registers = new Uint8Array(Buffer.from(saved, 'base64'));
    } else {
      sketch.#hashes = [...saved];
    }
    return sketch;
  }

  #spread(hashes: readonly number[]): void {
    const registers = new Uint8Array(REGISTERS);
    for (const hash of hashes) note(registers, hash);
    this.#hashes = undefined;
    this.#registers = registers;
  }
}

/** What several sketches have seen together; undefined if there are none. */
export function unionOf(sketches: Iterable<HyperLogLog | undefined>): HyperLogLog | undefined {
  let all: HyperLogLog | undefined;
  for (const sketch of sketches) if (sketch !== undefined) (all ??= new HyperLogLog()).merge(sketch);
  return all;
}

function note(registers: Uint8Array, hash: number): boolean {
  const high = Math.floor(hash / LOW);
  const index = high >>> (32 - INDEX_BITS);
  const rank = rankOf(high & (LOW - 1), hash % LOW);
  if (rank <= (registers[index] ?? 0)) return false;
  registers[index] = rank;
  return true;
}

/** The place of the first 1 in 20 and 20 bits, from 1 on; 41 if there is none. */
function rankOf(high: number, low: number): number {
  if (high !== 0) return Math.clz32(high) - 11;
  return low === 0 ? RANK_BITS + 1 : Math.clz32(low) + 9;
}

function estimateOf(registers: Uint8Array): number {
  const of = new Array<number>(RANK_BITS + 2).fill(0);
  for (const rank of registers) of[rank] = (of[rank] ?? 0) + 1;
  let sum = REGISTERS * tau(1 - (of[RANK_BITS + 1] ?? 0) / REGISTERS);
  for (let rank = RANK_BITS; rank >= 1; rank--) sum = 0.5 * (sum + (of[rank] ?? 0));
  sum += REGISTERS * sigma((of[0] ?? 0) / REGISTERS);
  return (REGISTERS * REGISTERS) / (2 * Math.LN2 * sum);
}

function sigma(x: number): number {
  if (x === 1) return Infinity;
  let [power, factor, sum, before] = [x, 1, x, -1];
  while (sum !== before) {
    before = sum;
    power *= power;
    sum += power * factor;
    factor += factor;
  }
  return sum;
}

function tau(x: number): number {
  if (x === 0 || x === 1) return 0;
  let [root, factor, sum, before] = [x, 1, 1 - x, -1];
  while (sum !== before) {
    before = sum;
    root = Math.sqrt(root);
    factor *= 0.5;
    sum -= (1 - root) ** 2 * factor;
  }
  return sum / 3;
}
