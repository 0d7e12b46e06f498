import { ACCENT, LETTER, NAME, SPACE, is } from './characters';
import type { Entity } from './entity';
import { SignFinder } from './signs';

const MAXIMUM_NAME = 20;
const MAXIMUM_SLUG = 24;
const COLON = 0x3a;
const HYPHEN = 0x2d;
const SLASH = 0x2f;

/** A mention, or a list that is mentioned: `@name/slug`. */
export interface MentionOrList {
  readonly name: string;
  /** The list's slug with its slash, or empty. */
  readonly list: string;
  readonly indices: readonly [start: number, end: number];
}

/**
 * The users mentioned in a text, in order, without lists: twitter-text's extractMentionsWithIndices. Unlike hashtags,
 * mentions are not held against URLs there, nor here: `http://example.com/@name` mentions `name`.
 */
export function extractMentions(text: string): Entity[] {
  const mentions: Entity[] = [];
  for (const { name, list, indices } of extractMentionsOrLists(text)) {
    if (list === '') mentions.push({ kind: 'mention', text: name, indices });
  }
  return mentions;
}

/** The users and lists mentioned in a text, in order: twitter-text's extractMentionsOrListsWithIndices. */
export function extractMentionsOrLists(text: string): MentionOrList[] {
  const found: MentionOrList[] = [];
  const signs = new SignFinder(text, '@', '＠');
  // Where the pattern goes on after a match: what stands before the next sign must not lie before it.
  let free = 0;
  for (let sign = signs.next(0); sign >= 0; sign = signs.next(Math.max(sign + 1, free))) {
    if (!mayPrecede(text, sign, free)) continue;
    const nameEnd = endOfName(text, sign + 1);
    if (nameEnd === sign + 1) continue;
    free = endOfList(text, nameEnd);
    if (isSpoilt(text, free)) continue;
    found.push({ name: text.slice(sign + 1, nameEnd), list: text.slice(nameEnd, free), indices: [sign, free] });
  }
  return found;
}

/** The user that a text replies to, the first thing in it; null if it is no reply: twitter-text's extractReplies. */
export function extractReply(text: string): string | null {
  let sign = 0;
  while (sign < text.length && is(text.charCodeAt(sign), SPACE)) sign++;
  if (!isAtSign(text.charAt(sign))) return null;
  const end = endOfName(text, sign + 1);
  return end === sign + 1 || isSpoilt(text, end) ? null : text.slice(sign + 1, end);
}

/** validMentionPrecedingChars: no name character and none of `!#$%&*@` stands before the sign, or `RT` or `RT:` does. */
function mayPrecede(text: string, sign: number, free: number): boolean {
  if (sign === 0) return true;
  if (sign <= free) return false;
  const before = text.charCodeAt(sign - 1);
  if (!is(before, NAME) && !'!#$%&*@＠'.includes(text.charAt(sign - 1))) return true;
  const retweet = sign - 2;
  if (retweet < free || text.slice(retweet, sign).toLowerCase() !== 'rt') return false;
  if (retweet === 0) return true;
  const first = retweet - 1;
  return first >= free && !is(text.charCodeAt(first), NAME) && !'+~.-'.includes(text.charAt(first));
}

function endOfName(text: string, start: number): number {
  const limit = Math.min(text.length, start + MAXIMUM_NAME);
  let at = start;
  while (at < limit && is(text.charCodeAt(at), NAME)) at++;
  return at;
}

function endOfList(text: string, start: number): number {
  if (start + 1 >= text.length || text.charCodeAt(start) !== SLASH || !is(text.charCodeAt(start + 1), LETTER)) {
    return start;
  }
  const limit = Math.min(text.length, start + 2 + MAXIMUM_SLUG);
  let at = start + 2;
  while (at < limit && (is(text.charCodeAt(at), NAME) || text.charCodeAt(at) === HYPHEN)) at++;
  return at;
}

/** endMentionMatch: what follows a name and makes it none: another sign, an accented letter or `://`. */
function isSpoilt(text: string, end: number): boolean {
  if (end >= text.length) return false;
  const after = text.charCodeAt(end);
  return is(after, ACCENT) || isAtSign(text.charAt(end)) || (after === COLON && text.startsWith('://', end));
}

function isAtSign(character: string): boolean {
  return character === '@' || character === '＠';
}
