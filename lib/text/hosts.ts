import { ASCII_HOST, HOST, PUNYCODE, TLD_GOES_ON, is } from './characters';
import { TOP_LEVEL_DOMAINS } from './topLevelDomains';

const LONGEST = Math.max(...TOP_LEVEL_DOMAINS.map((name) => name.length));
const SHORTEST = Math.min(...TOP_LEVEL_DOMAINS.map((name) => name.length));
const NOT_ASCII = /[\u{80}-\u{10ffff}]/u;
const KNOWN = new Set(TOP_LEVEL_DOMAINS.map(fold));
const DOT = 0x2e;
const HYPHEN = 0x2d;
const UNDERSCORE = 0x5f;

/**
 * Where the top-level domain that starts at `start` ends, or -1 if none does: twitter-text's validGTLD, validCCTLD,
 * validPunycode. Nothing at or after `end` is looked at.
 */
export function topLevelDomainEnd(text: string, start: number, end: number): number {
  const limit = Math.min(end, start + LONGEST);
  let found = -1;
  for (let at = start; at < limit && is(text.charCodeAt(at), HOST);) {
    at++;
    if (at < end && is(text.charCodeAt(at), TLD_GOES_ON)) continue;
    // In twitter-text's order a longer name comes before its own beginning, so the longest is the one it takes.
    if (at - start >= SHORTEST && KNOWN.has(fold(text.slice(start, at)))) found = at;
  }
  return found >= 0 ? found : punycodeEnd(text, start, end);
}

/**
 * Finds hosts (twitter-text's validDomain) in one stretch of text, asked at rising positions. Its regular expression
 * tries every dot again from every start; here the dots of a chain `a.b.c.` are looked at once, whatever starts in it,
 * which is what keeps `a.a.a.…` linear.
 */
export class HostFinder {
  private labelStart = -1;
  private labelEnd = -1;
  private lastUnderscore = -1;
  private chainFirst = -1;
  private chainLast = -1;
  /** The last dot of the chain after its first that a host's name may end with, and where the host ends then. */
  private nameDot = -1;
  private hostEnd = -1;
  private askedDot = -1;
  private askedEnd = -1;

  constructor(
    private readonly text: string,
    private readonly end: number,
  ) {}

  /** Where the host that starts at `start` ends, or -1 if none does. */
  endOf(start: number): number {
    if (start >= this.end || !is(this.text.charCodeAt(start), HOST)) return -1;
    if (start < this.labelStart || start >= this.labelEnd) this.readLabel(start);
    const dot = this.labelEnd;
    if (!this.endsLabel(dot)) return -1;
    if (dot < this.chainFirst || dot > this.chainLast) this.readChain(dot);
    if (this.nameDot > dot) return this.hostEnd;
    // validSubdomain may hold underscores, validDomainName, the label before the top-level domain, may not.
    return this.lastUnderscore < start ? this.topLevelDomainAfter(dot) : -1;
  }

  private readLabel(start: number): void {
    this.labelStart = start;
    this.lastUnderscore = -1;
    let at = start;
    for (; at < this.end; at++) {
      const unit = this.text.charCodeAt(at);
      if (unit === UNDERSCORE) this.lastUnderscore = at;
      else if (unit !== HYPHEN && !is(unit, HOST)) break;
    }
    this.labelEnd = at;
  }

  private readChain(first: number): void {
    this.chainFirst = first;
    this.nameDot = -1;
    let dot = first;
    for (;;) {
      let plain = true;
      let at = dot + 1;
      if (at >= this.end || !is(this.text.charCodeAt(at), HOST)) break;
      for (; at < this.end; at++) {
        const unit = this.text.charCodeAt(at);
        if (unit === UNDERSCORE) plain = false;
        else if (unit !== HYPHEN && !is(unit, HOST)) break;
      }
      if (!this.endsLabel(at)) break;
      dot = at;
      const end = plain ? topLevelDomainEnd(this.text, dot + 1, this.end) : -1;
      if (end < 0) continue;
      this.nameDot = dot;
      this.hostEnd = end;
    }
    this.chainLast = dot;
  }

  /** True if a dot stands at `at`, after a character that may end a label. */
  private endsLabel(at: number): boolean {
    return at < this.end && this.text.charCodeAt(at) === DOT && is(this.text.charCodeAt(at - 1), HOST);
  }

  private topLevelDomainAfter(dot: number): number {
    if (this.askedDot !== dot) {
      this.askedDot = dot;
      this.askedEnd = topLevelDomainEnd(this.text, dot + 1, this.end);
    }
    return this.askedEnd;
  }
}

/**
 * The parts of a host that count where no protocol stands before it, in order: twitter-text's validAsciiDomain, found
 * again by `indexOf` as its extractUrlsWithIndices does.
 */
export function asciiHosts(text: string, start: number, end: number): (readonly [start: number, end: number])[] {
  const hosts: (readonly [number, number])[] = [];
  let after = start;
  for (let at = start; at < end;) {
    const chain = asciiChain(text, at, end);
    if (chain.hostEnd < 0) {
      at = Math.max(chain.end, at + 1);
      continue;
    }
    const host = text.slice(at, chain.hostEnd);
    const found = text.indexOf(host, after);
    after = found + host.length;
    hosts.push([found, after]);
    at = chain.hostEnd;
  }
  return hosts;
}

function asciiChain(text: string, start: number, end: number): { end: number; hostEnd: number } {
  let hostEnd = -1;
  for (let label = start; ;) {
    let at = label;
    while (at < end && is(text.charCodeAt(at), ASCII_HOST)) at++;
    if (at === label || at >= end || text.charCodeAt(at) !== DOT) return { end: at, hostEnd };
    label = at + 1;
    const found = topLevelDomainEnd(text, label, end);
    if (found >= 0) hostEnd = found;
  }
}

function punycodeEnd(text: string, start: number, end: number): number {
  if (start + 4 >= end || text.slice(start, start + 4).toLowerCase() !== 'xn--') return -1;
  let at = start + 4;
  while (at < end && is(text.charCodeAt(at), PUNYCODE)) at++;
  return at === start + 4 ? -1 : at;
}

/** Folds case as a regular expression with `i` but without `u` compares (ECMA-262, Canonicalize): unit by unit. */
function fold(name: string): string {
  if (!NOT_ASCII.test(name)) return name.toUpperCase();
  let folded = '';
  for (let at = 0; at < name.length; at++) {
    const unit = name.charAt(at);
    const upper = unit.toUpperCase();
    folded += upper.length === 1 && (unit < '\u0080' || upper >= '\u0080') ? upper : unit;
  }
  return folded;
}
