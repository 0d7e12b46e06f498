import {
  SPACE,
  TAG_LETTER,
  TAG_WORD,
  is,
  isAstralTagLetter,
  isAstralTagWord,
  isHighSurrogate,
  isLowSurrogate,
} from './characters';
import { type Entity } from './entity';
import { SignFinder, indexOrEnd } from './signs';
import { type UrlRange, findUrls } from './urls';

const HASH = 0x23;
const WIDE_HASH = 0xff03;
const AMPERSAND = 0x26;
const COMBINING_KEYCAP = 0x20e3;
const TEXT_STYLE = 0xfe0e;
const EMOJI_STYLE = 0xfe0f;
const NO_URLS: readonly UrlRange[] = [];

/**
 * The hashtags of a text, in order, without those in URLs: twitter-text's extractHashtagsWithIndices. Linear in the
 * length of the text; a text without `#` costs one `indexOf`.
 */
export function extractHashtags(text: string): Entity[] {
  const tags = matchHashtags(text);
  return tags.length === 0 || !text.includes('.') ? tags : outsideUrls(text, tags);
}

/** Matches validHashtag and drops what endHashtagMatch says is none. */
function matchHashtags(text: string): Entity[] {
  const tags: Entity[] = [];
  const signs = new SignFinder(text, '#', '＃');
  // Where the pattern goes on after a match: the character before the next sign must not lie before it.
  let free = 0;
  for (let sign = signs.next(0); sign >= 0; sign = signs.next(Math.max(sign + 1, free))) {
    if (!isBoundary(text, sign, free)) continue;
    const end = endOfTag(text, sign + 1);
    if (end < 0) continue;
    free = end;
    if (end < text.length && (isHashSign(text.charCodeAt(end)) || text.startsWith('://', end))) continue;
    tags.push({ kind: 'hashtag', text: text.slice(sign + 1, end), indices: [sign, end] });
  }
  return tags;
}

/** hashtagBoundary: no word character and no `&` stands before the sign, and no half of a surrogate pair. */
function isBoundary(text: string, sign: number, free: number): boolean {
  if (sign === 0) return true;
  if (sign <= free) return false;
  const before = text.charCodeAt(sign - 1);
  if (is(before, TAG_WORD)) return before === TEXT_STYLE || before === EMOJI_STYLE;
  if (before === AMPERSAND || isHighSurrogate(before)) return false;
  if (!isLowSurrogate(before)) return true;
  return sign - 2 >= free && isHighSurrogate(text.charCodeAt(sign - 2)) && !isAstralTagWord(pointAt(text, sign - 2));
}

/** The end of the run of word characters at `start`, or -1 if there is no letter in it. */
function endOfTag(text: string, start: number): number {
  let at = start;
  let hasLetter = false;
  for (; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (is(unit, TAG_WORD)) {
      if (at === start && (unit === EMOJI_STYLE || unit === COMBINING_KEYCAP)) return -1;
      hasLetter ||= is(unit, TAG_LETTER);
      continue;
    }
    if (!isHighSurrogate(unit)) break;
    const point = pointAt(text, at);
    if (!isAstralTagWord(point)) break;
    hasLetter ||= isAstralTagLetter(point);
    at++;
  }
  return hasLetter ? at : -1;
}

/**
 * Drops tags that a URL overlaps, as removeOverlappingEntities does: of two that overlap the one that starts later
 * goes, be it tag or URL. A URL holds no white space, so only a word with both a tag and a dot is searched for URLs.
 */
function outsideUrls(text: string, tags: readonly Entity[]): Entity[] {
  const kept: Entity[] = [];
  let wordEnd = 0;
  let dot = -1;
  let urls: readonly UrlRange[] = NO_URLS;
  let nextUrl = 0;
  let taken = 0;
  for (const tag of tags) {
    const [start, end] = tag.indices;
    if (start >= wordEnd) {
      const wordStart = startOfWord(text, start);
      wordEnd = endOfWord(text, end);
      if (dot < wordStart) dot = indexOrEnd(text, '.', wordStart);
      urls = dot < wordEnd ? findUrls(text, wordStart, wordEnd) : NO_URLS;
      nextUrl = 0;
    }
    for (let url = urls[nextUrl]; url && url[0] < start; url = urls[++nextUrl]) if (url[0] >= taken) taken = url[1];
    if (start < taken) continue;
    kept.push(tag);
    taken = end;
  }
  return kept;
}

function startOfWord(text: string, position: number): number {
  let at = position;
  while (at > 0 && !is(text.charCodeAt(at - 1), SPACE)) at--;
  return at;
}

function endOfWord(text: string, position: number): number {
  let at = position;
  while (at < text.length && !is(text.charCodeAt(at), SPACE)) at++;
  return at;
}

function isHashSign(unit: number): boolean {
  return unit === HASH || unit === WIDE_HASH;
}

function pointAt(text: string, at: number): number {
  return text.codePointAt(at) ?? 0;
}
