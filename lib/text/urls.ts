import { BEFORE_URL, LETTER, PATH, PATH_END, QUERY, QUERY_END, is } from './characters';
import { HostFinder, asciiHosts } from './hosts';
import { hasValidLabels } from './punycode';

/** Where a URL starts and ends, in UTF-16 units. */
export type UrlRange = readonly [start: number, end: number];

const NO_MATCH = -1;
const MAXIMUM_URL = 4096;
const MAXIMUM_TCO_SLUG = 40;
const DEFAULT_PROTOCOL = 'https://';
const TCO_HOST = 't.co';
const PROTOCOLS = [DEFAULT_PROTOCOL, 'http://'];
const LOWER_H = 0x68;
const COLON = 0x3a;
const SLASH = 0x2f;
const QUESTION = 0x3f;
const OPEN = 0x28;
const CLOSE = 0x29;

/**
 * The URLs in one stretch of text, with or without protocol, in order: twitter-text's extractUrlsWithIndices. The
 * stretch must start at the text's start or after white space and end at its end or before white space; URLs go across
 * neither, so that a caller who cares about one word need not read the others.
 *
 * Its `extractUrl` pattern is matched by hand. Everything after the host is optional and so never makes the pattern
 * reconsider the host. Linear in the length of the stretch.
 */
export function findUrls(text: string, start: number, end: number): UrlRange[] {
  const urls: UrlRange[] = [];
  const hosts = new HostFinder(text, end);
  let at = start;
  // At the start of the text the pattern first tries the first character as the one before the URL, then none.
  if (start === 0 && end > 1 && is(text.charCodeAt(0), BEFORE_URL)) at = takeUrl(text, 1, end, hosts, urls) + 1;
  while (at < end) {
    const matchEnd =
      at === 0 || is(text.charCodeAt(at - 1), BEFORE_URL) ? takeUrl(text, at, end, hosts, urls) : NO_MATCH;
    at = Math.max(at, matchEnd) + 1;
  }
  return urls;
}

/**
 * Matches the pattern at one start and adds the URLs that twitter-text makes of the match, none if it is not valid.
 * @returns the end of the match, or NO_MATCH
 */
function takeUrl(text: string, start: number, end: number, hosts: HostFinder, urls: UrlRange[]): number {
  const protocol = protocolLength(text, start, end);
  const hostStart = start + protocol;
  const hostEnd = hosts.endOf(hostStart);
  if (hostEnd < 0) return NO_MATCH;
  const portEnd = endOfPort(text, hostEnd, end);
  const pathEnd = endOfPath(text, portEnd, end);
  const matchEnd = endOfQuery(text, pathEnd, end);

  if (matchEnd - start + (protocol === 0 ? DEFAULT_PROTOCOL.length : protocol) > MAXIMUM_URL) return matchEnd;
  const host = text.slice(hostStart, hostEnd);
  if (!hasValidLabels(host)) return matchEnd;
  if (host.startsWith('xn--') && asciiHosts(text, hostStart, hostEnd).length === 0) return matchEnd;

  if (protocol > 0) {
    const urlEnd = host.toLowerCase() === TCO_HOST ? endOfTco(text, hostEnd, matchEnd) : matchEnd;
    if (urlEnd >= 0) urls.push([start, urlEnd]);
    return matchEnd;
  }
  // invalidUrlWithoutProtocolPrecedingChars
  if (start > 0 && '-_./'.includes(text.charAt(start - 1))) return matchEnd;
  const found = asciiHosts(text, hostStart, hostEnd);
  const last = found.pop();
  if (last) urls.push(...found, pathEnd > portEnd ? [last[0], matchEnd] : last);
  return matchEnd;
}

function protocolLength(text: string, start: number, end: number): number {
  if ((text.charCodeAt(start) | 0x20) !== LOWER_H) return 0;
  const beginning = text.slice(start, Math.min(end, start + DEFAULT_PROTOCOL.length)).toLowerCase();
  return PROTOCOLS.find((protocol) => beginning.startsWith(protocol))?.length ?? 0;
}

function endOfPort(text: string, start: number, end: number): number {
  if (start >= end || text.charCodeAt(start) !== COLON) return start;
  let at = start + 1;
  while (at < end && isDigit(text.charCodeAt(at))) at++;
  return at > start + 1 ? at : start;
}

/**
 * validUrlPath, repeated: the longest run of path characters and balanced parentheses, cut back to the last character
 * that may end a path, then the parentheses that stand right there. (Parentheses end a path only there because the
 * alternative in validUrlPathEndingChars splits the whole of the pattern that it is put into.)
 */
function endOfPath(text: string, start: number, end: number): number {
  if (start >= end || text.charCodeAt(start) !== SLASH) return start;
  let pathEnd = start + 1;
  for (let at = pathEnd; at < end;) {
    const unit = text.charCodeAt(at);
    if (is(unit, PATH)) {
      at++;
      if (is(unit, PATH_END)) pathEnd = at;
      continue;
    }
    const closed = unit === OPEN ? endOfParentheses(text, at, end) : -1;
    if (closed < 0) break;
    if (at === pathEnd) pathEnd = closed;
    at = closed;
  }
  return pathEnd;
}

/** validUrlBalancedParens: `(x)`, or one more pair within, which is not empty: `(x(y)z)`. -1 if there is none. */
function endOfParentheses(text: string, start: number, end: number): number {
  let at = endOfRun(text, start + 1, end, PATH);
  if (at < end && text.charCodeAt(at) === OPEN) {
    const inner = at + 1;
    at = endOfRun(text, inner, end, PATH);
    if (at === inner || at >= end || text.charCodeAt(at) !== CLOSE) return -1;
    at = endOfRun(text, at + 1, end, PATH);
  } else if (at === start + 1) {
    return -1;
  }
  return at < end && text.charCodeAt(at) === CLOSE ? at + 1 : -1;
}

function endOfQuery(text: string, start: number, end: number): number {
  if (start >= end || text.charCodeAt(start) !== QUESTION) return start;
  let queryEnd = start;
  for (let at = start + 1; at < end; at++) {
    const unit = text.charCodeAt(at);
    if (!is(unit, QUERY)) break;
    if (is(unit, QUERY_END)) queryEnd = at + 1;
  }
  return queryEnd;
}

/** validTcoUrl: a t.co link ends with its slug and query. -1 if its slug is too long, the whole match if it has none. */
function endOfTco(text: string, start: number, end: number): number {
  if (start >= end || text.charCodeAt(start) !== SLASH) return end;
  let at = start + 1;
  while (at < end && (is(text.charCodeAt(at), LETTER) || isDigit(text.charCodeAt(at)))) at++;
  if (at === start + 1) return end;
  return at - start - 1 > MAXIMUM_TCO_SLUG ? -1 : endOfQuery(text, at, end);
}

function endOfRun(text: string, start: number, end: number, classes: number): number {
  let at = start;
  while (at < end && is(text.charCodeAt(at), classes)) at++;
  return at;
}

function isDigit(unit: number): boolean {
  return unit >= 0x30 && unit <= 0x39;
}
