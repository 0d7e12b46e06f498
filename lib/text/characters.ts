import {
  ASTRAL_LETTERS_AND_MARKS,
  ASTRAL_NUMERALS,
  CYRILLIC,
  DIRECTIONAL_MARKERS,
  INVALID_CHARACTERS,
  LATIN_ACCENTS,
  LATIN_ACCENTS_FOLDED,
  LETTERS_AND_MARKS,
  NUMERALS,
  SPACES,
  TAG_SPECIALS,
} from './characterClasses';

/** May stand in a hashtag: twitter-text's hashtagAlphaNumeric. */
export const TAG_WORD = 1 << 0;
/** Makes a hashtag one, which digits alone do not: hashtagAlpha. */
export const TAG_LETTER = 1 << 1;
/** May stand in a screen name: the class in validMentionOrList. */
export const NAME = 1 << 2;
/** An ASCII letter. */
export const LETTER = 1 << 3;
/** White space as twitter-text counts it: spacesGroup. No entity and no URL goes across it. */
export const SPACE = 1 << 4;
/** May follow a cashtag: `\s` or punct, in validCashtag. */
export const AFTER_CASHTAG = 1 << 5;
/** Ends a screen name so that it is none: latinAccentChars, in endMentionMatch. */
export const ACCENT = 1 << 6;
/** May stand before a URL: validUrlPrecedingChars. */
export const BEFORE_URL = 1 << 7;
/** May stand anywhere in a label of a host: validDomainChars. */
export const HOST = 1 << 8;
/** May stand in a label of the hosts that are found without a protocol: the class in validAsciiDomain. */
export const ASCII_HOST = 1 << 9;
/** Goes on a top-level domain, so that it is not one: the class in the lookahead of validGTLD and validCCTLD. */
export const TLD_GOES_ON = 1 << 10;
/** May stand in a URL's path: validGeneralUrlPathChars. */
export const PATH = 1 << 11;
/** May end a URL's path: the class in validUrlPathEndingChars. */
export const PATH_END = 1 << 12;
/** May stand in a URL's query: validUrlQueryChars. */
export const QUERY = 1 << 13;
/** May end a URL's query: validUrlQueryEndingChars. */
export const QUERY_END = 1 << 14;
/** A digit or ASCII letter or hyphen: what follows `xn--` in validPunycode. */
export const PUNYCODE = 1 << 15;

const ALPHANUMERIC = 'a-zA-Z0-9';
/** punct. A hyphen that is none of a range comes last. */
const PUNCTUATION = "!'#%&()*+,\\./:;<=>?@[]^_{|}~$-";
const ACCENTS = LATIN_ACCENTS + LATIN_ACCENTS_FOLDED;

const CLASSES = classTable();
const ASTRAL_WORDS = sortedRanges(ASTRAL_LETTERS_AND_MARKS + ASTRAL_NUMERALS);
const ASTRAL_LETTERS = sortedRanges(ASTRAL_LETTERS_AND_MARKS);

/** True if a UTF-16 code unit is of one of the classes. A table look-up: every scanner here stands on it. */
export function is(unit: number, classes: number): boolean {
  return ((CLASSES[unit] ?? 0) & classes) !== 0;
}

/** True for the first unit of a surrogate pair. */
export function isHighSurrogate(unit: number): boolean {
  return (unit & 0xfc00) === 0xd800;
}

/** True for the second unit of a surrogate pair. */
export function isLowSurrogate(unit: number): boolean {
  return (unit & 0xfc00) === 0xdc00;
}

/** True if a code point above U+FFFF may stand in a hashtag: astralLetterAndMarks or astralNumerals. */
export function isAstralTagWord(codePoint: number): boolean {
  return inRanges(ASTRAL_WORDS, codePoint);
}

/** True if a code point above U+FFFF makes a hashtag one: astralLetterAndMarks. */
export function isAstralTagLetter(codePoint: number): boolean {
  return inRanges(ASTRAL_LETTERS, codePoint);
}

function classTable(): Uint16Array {
  const table = new Uint16Array(0x10000);
  const mark = (first: number, last: number, classes: number) => {
    for (let unit = first; unit <= last; unit++) table[unit] = (table[unit] ?? 0) | classes;
  };
  const add = (source: string, classes: number) => {
    for (const [first, last] of ranges(source)) mark(first, last, classes);
  };
  const addAllBut = (source: string, classes: number) => {
    let next = 0;
    for (const [first, last] of [...ranges(source)].sort(([one], [other]) => one - other)) {
      mark(next, first - 1, classes);
      next = last + 1;
    }
    mark(next, 0xffff, classes);
  };
  add(LETTERS_AND_MARKS, TAG_WORD | TAG_LETTER);
  add(NUMERALS + TAG_SPECIALS, TAG_WORD);
  add(`${ALPHANUMERIC}_`, NAME);
  add('a-zA-Z', LETTER);
  add(SPACES, SPACE);
  add(`\t-\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff${PUNCTUATION}`, AFTER_CASHTAG);
  add(LATIN_ACCENTS, ACCENT);
  addAllBut(`${ALPHANUMERIC}@＠$#＃${INVALID_CHARACTERS}`, BEFORE_URL);
  addAllBut(SPACES + INVALID_CHARACTERS + DIRECTIONAL_MARKERS + PUNCTUATION, HOST);
  add(`${ALPHANUMERIC}${ACCENTS}-`, ASCII_HOST);
  add(`${ALPHANUMERIC}@+-`, TLD_GOES_ON);
  add(`${ALPHANUMERIC}${CYRILLIC}${ACCENTS}!*';:=+,.$/%#[]\u2013_~@|&-`, PATH);
  add(`${ALPHANUMERIC}${CYRILLIC}${ACCENTS}+=_#/-`, PATH_END);
  add(`${ALPHANUMERIC}!?*'@();:&=+$/%#[]_.,~|-`, QUERY);
  add(`${ALPHANUMERIC}_&=#/-`, QUERY_END);
  add(`${ALPHANUMERIC}-`, PUNYCODE);
  return table;
}

function* ranges(source: string): Generator<readonly [first: number, last: number]> {
  const points = Array.from(source, (character) => character.codePointAt(0) ?? 0);
  const hyphen = 0x2d;
  for (let at = 0; at < points.length; at++) {
    const first = points[at] ?? 0;
    const last = points[at + 2];
    if (points[at + 1] === hyphen && last !== undefined) {
      yield [first, last];
      at += 2;
    } else {
      yield [first, first];
    }
  }
}

function sortedRanges(source: string): Uint32Array {
  return Uint32Array.from([...ranges(source)].sort((one, other) => one[0] - other[0]).flat());
}

/** Binary search over `first, last, first, last, …`. */
function inRanges(bounds: Uint32Array, codePoint: number): boolean {
  let low = 0;
  let high = bounds.length >> 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (codePoint > (bounds[2 * middle + 1] ?? 0)) low = middle + 1;
    else high = middle;
  }
  return low < bounds.length >> 1 && codePoint >= (bounds[2 * low] ?? 0);
}
