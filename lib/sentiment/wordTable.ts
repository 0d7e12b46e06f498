import type { Lexicon } from './lexicon';
import { type TokenScan, hashOf } from './tokens';

/** What the lexicon says of a word. */
export interface Word {
  readonly text: string;
  /** From -5 to 5; undefined for a negator that has no score of its own. */
  readonly score: number | undefined;
  /** Turns round the score of the word after it. */
  readonly negates: boolean;
}

/** Four times as many slots as the lexicon has words, in two bytes each: what is looked into for each token stays near. */
const SLOTS = 1 << 14;
const EMPTY = 0;

/**
 * The words of a lexicon by the hashes of their units, so that a token is looked up where it stands, without cutting it
 * out of its text first (a slice and a look into a `Map` for each token took longer than all the rest). Open
 * addressing, the next slot where one is taken.
 */
export class WordTable {
  /** The number of the word in each slot, from 1 on. */
  readonly #slots = new Uint16Array(SLOTS);
  readonly #words: readonly (Word | undefined)[];
  readonly #hashes: Int32Array;

  constructor({ scores, negators }: Lexicon) {
    const texts = [...new Set([...scores.keys(), ...negators])];
    const words = texts.map((text): Word => ({ text, score: scores.get(text), negates: negators.has(text) }));
    this.#words = [undefined, ...words];
    this.#hashes = Int32Array.from(this.#words, (word) => (word === undefined ? 0 : hashOf(word.text)));
    for (let number = 1; number < this.#words.length; number++) this.#place(number);
  }

  /** What the lexicon says of the token at `index`; undefined if it has no such word. */
  find(scan: TokenScan, index: number): Word | undefined {
    const hash = scan.hashes[index] ?? 0;
    let slot = slotOf(hash);
    let number = this.#slots[slot] ?? EMPTY;
    while (number !== EMPTY) {
      const word = this.#words[number];
      if (word !== undefined && this.#hashes[number] === hash && scan.is(index, word.text)) return word;
      slot = (slot + 1) % SLOTS;
      number = this.#slots[slot] ?? EMPTY;
    }
    return undefined;
  }

  #place(number: number): void {
    let slot = slotOf(this.#hashes[number] ?? 0);
    while (this.#slots[slot] !== EMPTY) slot = (slot + 1) % SLOTS;
    this.#slots[slot] = number;
  }
}

/** Fibonacci hashing: the low bits of a hash alone say little more than the last letters. 14 bits, as SLOTS has. */
function slotOf(hash: number): number {
  return Math.imul(hash, 0x9e3779b1) >>> 18;
}
