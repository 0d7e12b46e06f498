import { strict as assert } from 'node:assert';
import { describe, it } from 'mocha';
import { RecordError, SettingError } from '../../../lib/core/errors';
import { type DocumentRow, type DocumentSettings, compileDocuments } from '../../../lib/elasticsearch/documents';
import { patternOf } from '../../../lib/elasticsearch/names';
import { SETTINGS } from './settings';

const post = { id: '7', text: 'a\nb', lang: 'en', created_at: '2012-03-04T23:59:59.000Z' };

function rowOf(settings: Partial<DocumentSettings>, record: Record<string, unknown> = post): DocumentRow {
  return compileDocuments({ ...SETTINGS, ...settings })(record);
}

describe('Elasticsearch documents', () => {
  it('are the record as one line of JSON behind a line with index and id', () => {
    const { lines, bytes } = rowOf({ index: 'posts-{{created_at|yyyy.MM}}' }, { ...post, text: 'a\n茶' });
    const [action = '', document = '', rest] = lines.split('\n');
    assert.deepEqual(JSON.parse(action), { index: { _index: 'posts-2012.03', _id: '7' } });
    assert.deepEqual(JSON.parse(document), { ...post, text: 'a\n茶' });
    assert.equal(rest, '');
    assert.equal(bytes, Buffer.byteLength(lines));
  });

  it('keep fields with odd names', () => {
    const record = JSON.parse('{"id":"1","__proto__":{"x":1},"constructor":2}') as Record<string, unknown>;
    const { lines } = rowOf({ timestamp: 'at' }, { ...record, at: 0 });
    assert.match(lines, /"__proto__":\{"x":1\},"constructor":2/u);
  });

  it('of data streams are created only, with the time as @timestamp', () => {
    const [action = '', document = ''] = rowOf({ dataStream: true, timestamp: 'created_at' }).lines.split('\n');
    assert.deepEqual(Object.keys(JSON.parse(action) as object), ['create']);
    assert.deepEqual(JSON.parse(document), { ...post, '@timestamp': post.created_at });
  });

  const times: readonly (readonly [what: string, value: unknown, written: string | undefined])[] = [
    ['milliseconds', 1_330_905_599_000, '2012-03-04T23:59:59.000Z'],
    ['ISO 8601 with an offset', '2012-03-05T01:59:59+02:00', '2012-03-04T23:59:59.000Z'],
    ['no time', 'yesterday', undefined],
    ['nothing', undefined, undefined],
    ['a time beyond all dates', 1e300, undefined],
  ];
  for (const [what, value, written] of times) {
    it(`with ${what} for a time ${written === undefined ? 'are refused' : 'have it'}`, () => {
      const make = (): DocumentRow => rowOf({ timestamp: 'at' }, { id: '1', at: value });
      if (written === undefined) assert.throws(make, /RecordError: The record's "at" is no time/u);
      else assert.match(make().lines, new RegExp(`"@timestamp":"${written}"`, 'u'));
    });
  }

  it('without an id of their own are named by their place in Kafka and what they hold', () => {
    const compiled = compileDocuments({ ...SETTINGS, documentId: '' });
    const place = { topic: 'tweets', partition: 2, offset: 99 };
    const first = compiled({ text: 'a' }, place).id;
    assert.match(first, /^tweets-2-99-[0-9a-f]{8}$/u);
    assert.equal(compiled({ text: 'a' }, place).id, first, 'again, as after a crash');
    assert.notEqual(compiled({ text: 'b' }, place).id, first, 'another that a flow made of the same one');
    assert.throws(() => compiled({ text: 'a' }), /RecordError: There is no id for this record.*one by one/u);
  });

  const refused: readonly (readonly [
    what: string,
    settings: Partial<DocumentSettings>,
    record: object,
    why: RegExp,
  ])[] = [
    ['a record without the id', {}, { text: 'a' }, /has no "id", which documentId needs/u],
    ['an id that is too long', {}, { id: 'x'.repeat(513) }, /has 513 bytes; the servers take at most 512/u],
    ['an id that is too long in UTF-8', {}, { id: '茶'.repeat(171) }, /has 513 bytes/u],
    ['an id with half a character', {}, { id: 'a\ud800' }, /contains half a character/u],
    ['an index with capitals', { index: 'p-{{lang}}' }, { id: '1', lang: 'EN' }, /"p-EN" of this record has capital/u],
    ['an index with a slash', { index: 'p-{{lang}}' }, { id: '1', lang: 'a/b' }, /contains "\/"/u],
    ['an index with a blank', { index: 'p-{{lang}}' }, { id: '1', lang: 'a b' }, /contains " "/u],
    ['an index of the server', { index: '{{lang}}' }, { id: '1', lang: '.kibana' }, /begins with "\."/u],
    ['an index with a minus', { index: '{{lang}}' }, { id: '1', lang: '-a' }, /begins with "-"/u],
    ['an index that is too long', { index: '{{lang}}' }, { id: '1', lang: 'a'.repeat(256) }, /has 256 bytes/u],
    ['an index without its field', { index: 'p-{{lang}}' }, { id: '1' }, /has no "lang", which index needs/u],
    ['a number that JSON cannot write', {}, { id: '1', n: 1n }, /cannot be written as JSON/u],
  ];
  for (const [what, settings, record, why] of refused) {
    it(`refuse ${what}`, () => {
      assert.throws(
        () => rowOf(settings, record as Record<string, unknown>),
        (thrown) => thrown instanceof RecordError && why.test(thrown.message),
      );
    });
  }

  it('refuse an index that no server takes, each time', () => {
    const compiled = compileDocuments({ ...SETTINGS, index: '{{lang}}' });
    for (let n = 0; n < 2; n++) assert.throws(() => compiled({ id: '1', lang: 'EN' }), RecordError);
    assert.equal(compiled({ id: '1', lang: 'a'.repeat(255) }).index.length, 255);
  });

  const settings: readonly (readonly [what: string, settings: Partial<DocumentSettings>, why: RegExp])[] = [
    ['an index with capitals outside of its fields', { index: 'Posts-{{Lang}}' }, /"Posts-\{\{Lang\}\}" has capital/u],
    ['an index with a comma', { index: 'a,b' }, /contains ","/u],
    ['an index with a date of another form', { index: 'posts-{{created_at|yyyy.MM}' }, /brace without its partner/u],
    ['a data stream without a time', { dataStream: true }, /needs a time/u],
  ];
  for (const [what, wrong, why] of settings) {
    it(`cannot be set to ${what}`, () => {
      assert.throws(
        () => compileDocuments({ ...SETTINGS, ...wrong }),
        (thrown) => thrown instanceof SettingError && why.test(thrown.message),
      );
    });
  }

  for (const [index, pattern] of [
    ['posts', 'posts'],
    ['posts-{{created_at|yyyy.MM}}', 'posts-*'],
    ['{{lang}}-{{created_at|yyyy}}.{{created_at|MM}}-posts', '*-*.*-posts'],
    ['a-{{lang}}{{id}}', 'a-*'],
    ['{{lang}}', undefined],
  ] as const) {
    it(`of ${index} are in indexes like ${pattern ?? 'any'}`, () => assert.equal(patternOf(index), pattern));
  }
});
