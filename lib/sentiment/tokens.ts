/** Parts tokens wherever it stands: a space, and what npm `sentiment` makes one. */
const SEPARATOR = -1;
/** Any other white space: parts tokens only beside more white space and at the ends of the text. */
const SPACE = -2;

const SEPARATORS = ' \n.,/#!?$%^&*;:{}=_`"~()';
const ASCII = 128;

/** What each unit of ASCII is: SEPARATOR, SPACE, or itself in lower case. */
const UNITS = Int8Array.from({ length: ASCII }, (_, unit) => {
  const character = String.fromCharCode(unit);
  if (SEPARATORS.includes(character)) return SEPARATOR;
  return /\s/u.test(character) ? SPACE : character.toLowerCase().charCodeAt(0);
});

/** Most texts have fewer tokens; a longer one makes the arrays grow. */
const USUAL_TOKENS = 512;
/** Larger arrays are given back once their text is done with. */
const KEPT_TOKENS = 1 << 16;

/**
 * The tokens of a text as npm `sentiment` 5.0.2 cuts it (lib/tokenize.js: lower case, punctuation to spaces, runs of
 * white space to one, trim, split at spaces), found in one pass over its units: nothing is copied, each token is known
 * by where it stands and by a hash of its units. The package makes five passes, four strings and an array of it; this
 * takes a tenth of the time. An empty text is one empty token.
 *
 * A scan is reused from text to text: what it says holds until the next `scan`.
 */
export class TokenScan {
  /** How many tokens there are. */
  count = 0;
  /** The hash of each token, see `hashOf`. */
  hashes = new Int32Array(USUAL_TOKENS);
  /** What the positions are of: the text, in lower case if more than its ASCII letters may have one. */
  #text = '';
  #lowered = false;
  #starts = new Int32Array(USUAL_TOKENS);
  #ends = new Int32Array(USUAL_TOKENS);

  /** Finds the tokens of a text, in time linear in its length. */
  scan(source: string): void {
    let text = source;
    let lowered = false;
    let start = -1;
    let hash = 0;
    this.count = 0;
    if (this.hashes.length > KEPT_TOKENS) this.#resize(USUAL_TOKENS);
    for (let at = 0; at < text.length; at++) {
      let unit = text.charCodeAt(at);
      if (unit >= ASCII && !lowered && mayHaveLowerCase(unit)) {
        // What lies before is ASCII or has no case, so that all positions up to here stay.
        text = text.toLowerCase();
        lowered = true;
        unit = text.charCodeAt(at);
      }
      let letter = kindOf(unit);
      if (letter === SPACE && start >= 0 && isLone(text, at)) letter = unit;
      if (letter >= 0) {
        if (start < 0) start = at;
        hash = (Math.imul(hash, 31) + letter) | 0;
      } else if (start >= 0) {
        this.#add(start, at, hash);
        start = -1;
        hash = 0;
      }
    }
    if (start >= 0) this.#add(start, text.length, hash);
    this.#text = text;
    this.#lowered = lowered;
    if (this.count === 0) this.#add(0, 0, 0);
  }

  /** Whether the token at `index` is this word, which is in lower case. */
  is(index: number, word: string): boolean {
    const start = this.#starts[index] ?? 0;
    if ((this.#ends[index] ?? 0) - start !== word.length) return false;
    for (let at = 0; at < word.length; at++) {
      const unit = this.#text.charCodeAt(start + at);
      if ((unit < ASCII ? UNITS[unit] : unit) !== word.charCodeAt(at)) return false;
    }
    return true;
  }

  /** The tokens as texts. */
  tokens(): string[] {
    const text = this.#lowered ? this.#text : this.#text.toLowerCase();
    const tokens: string[] = [];
    for (let index = 0; index < this.count; index++) tokens.push(text.slice(this.#starts[index], this.#ends[index]));
    return tokens;
  }

  #add(start: number, end: number, hash: number): void {
    const index = this.count++;
    if (index >= this.hashes.length) this.#resize(index * 2);
    this.#starts[index] = start;
    this.#ends[index] = end;
    this.hashes[index] = hash;
  }

  #resize(length: number): void {
    this.#starts = resized(this.#starts, length);
    this.#ends = resized(this.#ends, length);
    this.hashes = resized(this.hashes, length);
  }
}

/** The hash that a scan gives a token which is this word. */
export function hashOf(word: string): number {
  let hash = 0;
  for (let at = 0; at < word.length; at++) hash = (Math.imul(hash, 31) + word.charCodeAt(at)) | 0;
  return hash;
}

/**
 * Whether a unit beyond ASCII may be a letter with a lower case. No to what tweets are full of: general punctuation
 * and marks up to U+20FF, the planes' halves that emoji are made of, and the variation selectors after them.
 */
function mayHaveLowerCase(unit: number): boolean {
  if (unit < 0x2000) return true;
  if (unit <= 0x20ff) return false;
  if (unit < 0xd83c) return true;
  return unit > 0xd83e && (unit < 0xdc00 || (unit > 0xdfff && (unit < 0xfe00 || unit > 0xfe0f)));
}

/** ECMAScript's WhiteSpace and LineTerminator beyond ASCII, which are both `\s` and what `trim` takes away. */
function isSpace(unit: number): boolean {
  if (unit < 0x1680) return unit === 0xa0;
  if (unit < 0x2000) return unit === 0x1680;
  if (unit <= 0x200a) return true;
  return unit === 0x2028 || unit === 0x2029 || unit === 0x202f || unit === 0x205f || unit === 0x3000 || unit === 0xfeff;
}

/** SEPARATOR, SPACE, or the unit itself, in lower case if it is ASCII. */
function kindOf(unit: number): number {
  if (unit < ASCII) return UNITS[unit] ?? unit;
  return isSpace(unit) ? SPACE : unit;
}

/** Whether white space inside a token has no more of it, and no end of the text, behind it. */
function isLone(text: string, at: number): boolean {
  return at + 1 < text.length && kindOf(text.charCodeAt(at + 1)) >= 0;
}

function resized(values: Int32Array<ArrayBuffer>, length: number): Int32Array<ArrayBuffer> {
  const copy = new Int32Array(length);
  copy.set(values.subarray(0, length));
  return copy;
}
