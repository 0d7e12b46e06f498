import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { load } from 'js-yaml';
import {
  type Entity,
  extractCashtags,
  extractHashtags,
  extractMentions,
  extractMentionsOrLists,
  extractReply,
} from '../../../lib/text/entities';
import { findUrls } from '../../../lib/text/urls';
import { sharedFile } from './shared';

interface Case {
  readonly description: string;
  readonly text: string;
  readonly expected: unknown;
}

const texts = (entities: readonly Entity[]) => entities.map(({ text }) => text);
const placed = (name: string) => (entities: readonly Entity[]) =>
  entities.map(({ text, indices }) => ({ [name]: text, indices: [...indices] }));

const SECTIONS: readonly (readonly [section: string, cases: number, extract: (text: string) => unknown])[] = [
  ['hashtags', 65, (text) => texts(extractHashtags(text))],
  ['hashtags_from_astral', 3, (text) => texts(extractHashtags(text))],
  ['hashtags_with_indices', 8, (text) => placed('hashtag')(extractHashtags(text))],
  ['cashtags', 8, (text) => texts(extractCashtags(text))],
  ['cashtags_with_indices', 2, (text) => placed('cashtag')(extractCashtags(text))],
  ['mentions', 23, (text) => texts(extractMentions(text))],
  ['mentions_with_indices', 3, (text) => placed('screen_name')(extractMentions(text))],
  [
    'mentions_or_lists_with_indices',
    5,
    (text) =>
      extractMentionsOrLists(text).map(({ name, list, indices }) => ({
        screen_name: name,
        list_slug: list,
        indices: [...indices],
      })),
  ],
  ['replies', 13, extractReply],
  ['urls', 91, (text) => urlsOf(text).map(({ url }) => url)],
  ['urls_with_indices', 10, urlsOf],
  ['urls_with_directional_markers', 2, urlsOf],
  ['tco_urls_with_params', 5, (text) => urlsOf(text).map(({ url }) => url)],
];

/** `findUrls` takes a word at a time. */
function urlsOf(text: string) {
  const words = text.matchAll(/[^\t-\r \u0085\u00a0\u1680\u180e\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/gu);
  return [...words]
    .flatMap((word) => findUrls(text, word.index, word.index + word[0].length))
    .map(([start, end]) => ({ url: text.slice(start, end), indices: [start, end] }));
}

describe("twitter-text's conformance cases", () => {
  let sections: Readonly<Record<string, readonly Case[]>>;

  before(function () {
    const file = sharedFile(this, 'conformance', 'twitter-text-extract.yml');
    ({ tests: sections } = load(readFileSync(file, 'utf8')) as { tests: typeof sections });
  });

  for (const [section, count, extract] of SECTIONS) {
    it(`${section}: every case`, () => {
      const cases = sections[section] ?? [];
      assert.equal(cases.length, count, 'cases in the file');
      for (const { description, text, expected } of cases) assert.deepEqual(extract(text), expected, description);
    });
  }

  it('leaves no section out', () => {
    assert.deepEqual(Object.keys(sections).sort(), SECTIONS.map(([section]) => section).sort());
  });
});
