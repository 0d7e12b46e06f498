const MAXIMUM_LABEL = 63;
const SEPARATORS = /[\u3002\uff0e\uff61]/u;
const NOT_ASCII = /[\u{80}-\u{10ffff}]/u;

/**
 * True if each label of a host is 1 to 63 characters long once encoded: twitter-text's `lib/idna.js`. Its
 * `punycode.toASCII`, in Node the built-in one (2.x), also splits a label at the ideographic full stops.
 */
export function hasValidLabels(host: string): boolean {
  return host.split('.').every((label) => {
    // Encoding a character takes at least one: a longer label needs no encoding to be too long.
    if (label.length === 0 || label.length > 2 * MAXIMUM_LABEL) return false;
    const parts = label.split(SEPARATORS);
    const length = parts.reduce((sum, part) => sum + encodedLength(part), parts.length - 1);
    return length <= MAXIMUM_LABEL;
  });
}

/** How many characters a label has in ASCII: itself, or `xn--` and its Punycode. */
function encodedLength(label: string): number {
  return NOT_ASCII.test(label)
    ? 4 + punycodeLength(Array.from(label, (character) => character.codePointAt(0) ?? 0))
    : label.length;
}

/** The length of RFC 3492's encoding (section 6.3); the digits themselves are not needed. */
function punycodeLength(points: readonly number[]): number {
  const basic = points.filter((point) => point < 0x80).length;
  let length = basic > 0 ? basic + 1 : 0;
  let handled = basic;
  let next = 0x80;
  let delta = 0;
  let bias = 72;
  while (handled < points.length) {
    let lowest = Infinity;
    for (const point of points) if (point >= next && point < lowest) lowest = point;
    delta += (lowest - next) * (handled + 1);
    next = lowest;
    for (const point of points) {
      if (point < next) delta++;
      if (point !== next) continue;
      length += digits(delta, bias);
      bias = adapt(delta, handled + 1, handled === basic);
      delta = 0;
      handled++;
    }
    delta++;
    next++;
  }
  return length;
}

/** How many digits a variable-length integer takes (RFC 3492, section 3.3). */
function digits(delta: number, bias: number): number {
  let count = 1;
  for (let rest = delta, position = 36; ; position += 36) {
    const threshold = Math.min(Math.max(position - bias, 1), 26);
    if (rest < threshold) return count;
    rest = Math.floor((rest - threshold) / (36 - threshold));
    count++;
  }
}

/** Bias adaptation (RFC 3492, section 6.1). */
function adapt(delta: number, points: number, first: boolean): number {
  let rest = first ? Math.floor(delta / 700) : delta >> 1;
  rest += Math.floor(rest / points);
  let bias = 0;
  for (; rest > 455; bias += 36) rest = Math.floor(rest / 35);
  return bias + Math.floor((36 * rest) / (rest + 38));
}
