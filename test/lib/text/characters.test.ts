import assert from 'node:assert/strict';
import { regexen } from 'twitter-text';
import * as characters from '../../../lib/text/characters';
import { topLevelDomainEnd } from '../../../lib/text/hosts';
import { TOP_LEVEL_DOMAINS } from '../../../lib/text/topLevelDomains';

const patterns: Readonly<Record<string, RegExp>> = regexen;
const sourceOf = (name: string): string => patterns[name]?.source ?? assert.fail(`twitter-text has no ${name}`);

/** Each class, as twitter-text's own source makes it. */
const CLASSES: readonly (readonly [name: string, classes: number, source: string, flags: string])[] = [
  ['TAG_WORD', characters.TAG_WORD, sourceOf('hashtagAlphaNumeric'), 'i'],
  ['TAG_LETTER', characters.TAG_LETTER, sourceOf('hashtagAlpha'), 'i'],
  ['NAME', characters.NAME, '[a-zA-Z0-9_]', ''],
  ['LETTER', characters.LETTER, '[a-z]', 'i'],
  ['SPACE', characters.SPACE, sourceOf('spaces'), ''],
  ['AFTER_CASHTAG', characters.AFTER_CASHTAG, `(?:\\s|[${sourceOf('punct')}])`, 'i'],
  ['ACCENT', characters.ACCENT, `[${sourceOf('latinAccentChars')}]`, ''],
  ['BEFORE_URL', characters.BEFORE_URL, sourceOf('validUrlPrecedingChars').replace('|^', ''), 'i'],
  ['HOST', characters.HOST, sourceOf('validDomainChars'), 'i'],
  ['ASCII_HOST', characters.ASCII_HOST, `[-a-z0-9${sourceOf('latinAccentChars')}]`, 'i'],
  ['TLD_GOES_ON', characters.TLD_GOES_ON, '[0-9a-zA-Z@+-]', 'i'],
  ['PATH', characters.PATH, sourceOf('validGeneralUrlPathChars'), 'i'],
  ['PATH_END', characters.PATH_END, sourceOf('validUrlPathEndingChars').split('|')[0] ?? '', 'i'],
  ['QUERY', characters.QUERY, sourceOf('validUrlQueryChars'), 'i'],
  ['QUERY_END', characters.QUERY_END, sourceOf('validUrlQueryEndingChars'), 'i'],
  ['PUNYCODE', characters.PUNYCODE, '[-0-9a-z]', 'i'],
];

describe('text/characters', () => {
  for (const [name, classes, source, flags] of CLASSES) {
    it(`${name} is twitter-text's class for every UTF-16 unit`, () => {
      const pattern = new RegExp(`^${source}$`, flags);
      for (let unit = 0; unit <= 0xffff; unit++) {
        const expected = pattern.test(String.fromCharCode(unit));
        if (characters.is(unit, classes) !== expected) assert.fail(`U+${unit.toString(16)} should be ${expected}`);
      }
    });
  }

  it('knows the letters and numerals above U+FFFF', () => {
    const letter = new RegExp(`^(?:${sourceOf('astralLetterAndMarks')})$`);
    const numeral = new RegExp(`^(?:${sourceOf('astralNumerals')})$`);
    for (let point = 0x10000; point <= 0x10ffff; point++) {
      const text = String.fromCodePoint(point);
      const isLetter = letter.test(text);
      if (characters.isAstralTagLetter(point) !== isLetter) assert.fail(`letter U+${point.toString(16)}`);
      if (characters.isAstralTagWord(point) !== (isLetter || numeral.test(text)))
        assert.fail(`U+${point.toString(16)}`);
    }
  });

  it('knows the top-level domains, and takes the longest as twitter-text takes the first', () => {
    const listed = ['validGTLD', 'validCCTLD'].flatMap((name) =>
      (/\(\?:\(\?:(.*?)\)\(\?=/u.exec(sourceOf(name))?.[1] ?? '').split('|'),
    );
    assert.deepEqual([...TOP_LEVEL_DOMAINS].sort(), [...listed].sort());
    const pattern = new RegExp(`^(?:${sourceOf('validGTLD')}|${sourceOf('validCCTLD')})`, 'i');
    for (const name of listed) {
      for (const text of [name, name.toUpperCase(), `${name}é`, `${name}x`, `${name}大酒店`]) {
        assert.equal(topLevelDomainEnd(text, 0, text.length), pattern.exec(text)?.[0].length ?? -1, text);
      }
    }
  });
});
