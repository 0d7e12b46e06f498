import { strict as assert } from 'node:assert';
import { describe, it } from 'mocha';
import { RecordError, SettingError } from '../../../lib/core/errors';
import { compilePath, fileIn, finishedPath } from '../../../lib/hdfs/paths';

describe('hdfs-sink paths', () => {
  const at = '2026-03-04T05:06:07Z';

  for (const [template, record, expected] of [
    ['tweets', {}, 'tweets'],
    ['tweets/{{at|yyyy-MM-dd}}', { at }, 'tweets/2026-03-04'],
    ['tweets/{{at|yyyy/MM/dd}}/{{lang}}', { at, lang: 'en' }, 'tweets/2026/03/04/en'],
    ['tweets/{{ at | yyyy/MM }}.csv', { at }, 'tweets/2026/03.csv'],
    ['./a//b/', {}, '-/a/b'],
    ['{{x}}', { x: '../../etc/passwd' }, '---..-etc-passwd'],
    ['{{x}}/f', { x: '..' }, '--/f'],
    ['{{x}}', { x: '/etc/passwd' }, '-etc-passwd'],
    ['{{x}}', { x: 'a\0b\nc\u007fd\\e:f' }, 'a-b-c-d-e-f'],
    ['{{x}}', { x: '_SUCCESS' }, '-SUCCESS'],
    ['{{x}}', { x: '.hidden' }, '-hidden'],
    ['{{x}}', { x: 'dot. ' }, 'dot-'],
    ['{{x}}', { x: '日本語' }, '日本語'],
    ['{{x}}', { x: { a: '/' } }, '{-a-----}'],
  ] as const) {
    it(`renders ${template} with ${JSON.stringify(record)}`, () =>
      assert.equal(compilePath(template)(record), expected));
  }

  it('cuts a name that is too long and keeps different ones apart', () => {
    const render = compilePath('{{x}}.csv');
    const [one, other] = [render({ x: `${'é'.repeat(300)}1` }), render({ x: `${'é'.repeat(300)}2` })];
    assert.notEqual(one, other);
    for (const name of [one, other]) {
      assert.ok(Buffer.byteLength(name) <= 150);
      assert.match(name, /^é+.?-[0-9a-f]{8}\.csv$/u);
    }
  });

  it('refuses a record that has not what the path names, or makes it endless', () => {
    assert.throws(() => compilePath('{{lang}}')({}), RecordError);
    assert.throws(() => compilePath('{{at|yyyy}}')({ at: 'x' }), RecordError);
    assert.throws(
      () => compilePath(Array.from({ length: 12 }, () => '{{x}}').join('/'))({ x: 'y'.repeat(120) }),
      RecordError,
    );
  });

  for (const path of ['/etc', '../x', 'a/../../b', 'a\\..\\b', 'x{{a']) {
    it(`does not start with ${path}`, () => assert.throws(() => compilePath(path), SettingError));
  }

  it('numbers a file before its ending', () => {
    assert.equal(finishedPath(fileIn('a/b.csv', 'csv'), 'n', 3, 12), 'a/b-n-000000003-000000012.csv');
    assert.equal(finishedPath(fileIn('a/b', 'ndjson'), 'n', 3, 12), 'a/b/part-n-000000003-000000012.ndjson');
  });
});
