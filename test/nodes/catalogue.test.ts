import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Catalogue, LANGUAGES, ROOT, allSpecs, catalogue, listedNodes, words } from '../support/specs';

/** The headings of the help pages. */
const SECTIONS = {
  'en-US': {
    ...{ inputs: 'Inputs', outputs: 'Outputs', example: 'Example' },
    ...{ details: 'Details', errors: 'Errors', references: 'References' },
  },
  'zh-CN': {
    ...{ inputs: '输入', outputs: '输出', example: '示例' },
    ...{ details: '说明', errors: '错误与处理', references: '参考' },
  },
} as const;

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

    for (const language of LANGUAGES) {
      it(`says in the help of ${spec.type} all that one looks for there, in order, in ${language}`, () => {
        const help = readFileSync(join(ROOT, 'nodes', spec.type, 'help', `${language}.md`), 'utf8');
        const [summary = '', ...rest] = help.split('\n');
        assert.match(summary, /[.。]$/u, 'the first line is one sentence');
        assert.equal(summary.split(/[.。](?:\s|$)/u).length, 2, 'the first line is one sentence');
        const { inputs, outputs, example, details, errors, references } = SECTIONS[language];
        const wanted = [
          ...(spec.config === true ? [] : [inputs, outputs]),
          ...(Object.keys(spec.properties).length === 0 ? [] : ['<!-- properties -->']),
          ...(spec.config === true ? [] : [example]),
          ...[details, errors, references],
        ];
        const found = rest.filter((line) => wanted.includes(line.replace(/^### /u, '')));
        assert.deepEqual(
          found.map((line) => line.replace(/^### /u, '')),
          wanted,
        );
        const section = (heading: string): string => help.split(`### ${heading}\n`)[1]?.split('\n### ')[0] ?? '';
        assert.match(section(errors), /^- /u, 'no error with its remedy');
        assert.match(section(references), /^- /u, 'no reference');
        if (spec.config === true) return;
        for (const [index, name] of (spec.outputs ?? []).entries()) {
          assert.match(section(outputs), new RegExp(`^${index + 1}\\. \\S`, 'mu'), `nothing on the output ${name}`);
        }
        // What a person copies out of the examples is what the node takes and gives.
        const messages = [...section(example).matchAll(/`(\{[^`]*\}|\[[^`]*\])`/gu)].map(([, json = '']) => json);
        assert.ok(messages.length >= 2, 'no message in and out');
        assert.ok(
          messages.some((json) => json.startsWith('{"record":')),
          'nothing on rejected records',
        );
        for (const json of messages) assert.doesNotThrow(() => JSON.parse(json.replaceAll(/, …|…/gu, '')), json);
      });
    }

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
