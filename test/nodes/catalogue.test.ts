import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Catalogue, LANGUAGES, ROOT, allSpecs, catalogue, listedNodes, words } from '../support/specs';

const folders = readdirSync(join(ROOT, 'nodes')).filter((name) => existsSync(join(ROOT, 'nodes', name, `${name}.ts`)));

describe('nodes: words, help and icons', () => {
  it('has every node listed in package.json, under the file that the build makes', () => {
    const expected = folders.map((type) => [type, `dist/nodes/${type}/${type}.js`]);
    assert.deepEqual(Object.entries(listedNodes()).sort(), expected.sort());
    for (const [, file] of expected) assert.ok(existsSync(join(ROOT, String(file))), `${String(file)} is not there`);
  });

  for (const type of ['common', ...folders]) {
    it(`has the same keys for ${type} in all languages, with words and the same placeholders`, () => {
      const [first, ...others] = LANGUAGES.map((language) => flat(catalogue(type, language)));
      assert.ok(first);
      for (const [key, text] of first) assert.notEqual(text.trim(), '', `${key} is empty`);
      for (const other of others) {
        assert.deepEqual([...other.keys()].sort(), [...first.keys()].sort());
        for (const [key, text] of other) assert.deepEqual(placeholders(text), placeholders(first.get(key) ?? ''), key);
      }
    });
  }

  for (const spec of allSpecs()) {
    for (const language of LANGUAGES) {
      it(`has words for everything that ${spec.type} declares, in ${language}`, () => {
        const own = catalogue(spec.type, language);
        const wanted = [
          'label',
          ...(spec.outputs ?? []).map((output) => `outputs.${output}`),
          ...Object.entries(spec.properties).flatMap(([name, property]) => [
            `properties.${name}.label`,
            `properties.${name}.description`,
            ...('choices' in property ? property.choices.map((each) => `properties.${name}.choices.${each}`) : []),
            ...(property.kind === 'map'
              ? ['name', 'value'].map((column) => `properties.${name}.headings.${column}`)
              : []),
          ]),
        ];
        assert.deepEqual(
          wanted.filter((key) => words(own, key) === undefined),
          [],
          'missing',
        );
        const known = new Set(wanted);
        const stale = [...flat(own).keys()].filter((key) => /^(?:properties|outputs)\./u.test(key) && !known.has(key));
        assert.deepEqual(stale, [], 'of nothing that is declared');
      });
    }

    it(`has help for ${spec.type} in every language, with the same headings`, () => {
      const [first, ...others] = LANGUAGES.map((language) => headings(spec.type, language));
      for (const other of others) assert.deepEqual(other, first);
    });

    it(`has an icon for ${spec.type}: white, two to three`, () => {
      const svg = readFileSync(join(ROOT, 'dist/nodes', spec.type, 'icons', `pulseflow-${spec.type}.svg`), 'utf8');
      assert.match(svg, /viewBox="0 0 40 60"|width="40"[^>]*height="60"/u);
      assert.match(svg, /(?:fill|stroke)="(?:white|#fff(?:fff)?)"/iu);
    });
  }
});

/** A catalogue as dotted keys with their text. */
function flat(source: Catalogue, prefix = ''): Map<string, string> {
  const entries = Object.entries(source).flatMap(([key, value]): [string, string][] =>
    typeof value === 'string' ? [[prefix + key, value]] : [...flat(value, `${prefix}${key}.`)],
  );
  return new Map(entries);
}

function placeholders(text: string): string[] {
  return [...text.matchAll(/__(\w+?)__/gu)].map(([, name]) => name ?? '').sort();
}

/** The depth of each heading of a help page, and where the properties stand among them. */
function headings(type: string, language: string): string[] {
  const help = readFileSync(join(ROOT, 'nodes', type, 'help', `${language}.md`), 'utf8');
  return [...help.matchAll(/^(#+) \S|^<!-- properties -->$/gmu)].map(([all, marks]) => marks ?? all);
}
