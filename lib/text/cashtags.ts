import { AFTER_CASHTAG, LETTER, SPACE, is } from './characters';
import type { Entity } from './entity';

const DOT = 0x2e;
const UNDERSCORE = 0x5f;
const MAXIMUM_SYMBOL = 6;
const MAXIMUM_SUFFIX = 2;

/**
 * The cashtags of a text, in order: twitter-text's extractCashtagsWithIndices. It leaves those in URLs in, of which
 * there are none, since white space or the start of the text stands before a cashtag.
 */
export function extractCashtags(text: string): Entity[] {
  const tags: Entity[] = [];
  for (let sign = text.indexOf('$'); sign >= 0; sign = text.indexOf('$', sign + 1)) {
    if (sign > 0 && !is(text.charCodeAt(sign - 1), SPACE)) continue;
    const end = endOfSymbol(text, sign + 1);
    if (end >= 0) tags.push({ kind: 'cashtag', text: text.slice(sign + 1, end), indices: [sign, end] });
  }
  return tags;
}

/**
 * `cashtag` and the lookahead of validCashtag: one to six letters, then a dot or underscore and one or two letters if
 * what follows them may follow a cashtag; the dot or underscore itself may, too. -1 if it is none.
 */
function endOfSymbol(text: string, start: number): number {
  const end = endOfLetters(text, start, MAXIMUM_SYMBOL);
  if (end === start || !mayEnd(text, end)) return -1;
  const separator = text.charCodeAt(end);
  if (separator !== DOT && separator !== UNDERSCORE) return end;
  const suffixEnd = endOfLetters(text, end + 1, MAXIMUM_SUFFIX);
  return suffixEnd > end + 1 && mayEnd(text, suffixEnd) ? suffixEnd : end;
}

function endOfLetters(text: string, start: number, maximum: number): number {
  const limit = Math.min(text.length, start + maximum);
  let at = start;
  while (at < limit && is(text.charCodeAt(at), LETTER)) at++;
  return at;
}

function mayEnd(text: string, at: number): boolean {
  return at >= text.length || is(text.charCodeAt(at), AFTER_CASHTAG);
}
