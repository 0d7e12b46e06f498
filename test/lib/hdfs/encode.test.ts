import { strict as assert } from 'node:assert';
import { describe, it } from 'mocha';
import { columnsOf, makeEncoder } from '../../../lib/hdfs/encode';
import { compilePath } from '../../../lib/hdfs/paths';

describe('encoding for files', () => {
  it('makes one chunk for each file of a batch', () => {
    const encode = makeEncoder('ndjson', compilePath('{{lang}}'), []);
    const { chunks, rejected } = encode([
      { id: 1, lang: 'en' },
      { id: 2, lang: 'de' },
      { id: 3, lang: 'en' },
      { id: 4 },
      5,
    ]);
    assert.deepEqual(chunks, [
      { file: 'en/part.ndjson', header: '', records: 2, body: '{"id":1,"lang":"en"}\n{"id":3,"lang":"en"}\n' },
      { file: 'de/part.ndjson', header: '', records: 1, body: '{"id":2,"lang":"de"}\n' },
    ]);
    assert.deepEqual(
      rejected.map(({ record }) => record),
      [{ id: 4 }, 5],
    );
  });

  it('writes the named fields as columns, whatever the record has', () => {
    const encode = makeEncoder('csv', compilePath('x.csv'), ['id', 'payload.author.name', 'tags[0]', 'entities']);
    const { chunks } = encode([
      { id: 1, author: { name: '=a' }, tags: ['t'], entities: { urls: [] } },
      { id: -2, extra: true },
    ]);
    assert.deepEqual(chunks, [
      {
        file: 'x.csv',
        header: 'id,author.name,tags.0,entities\r\n',
        records: 2,
        body: `1,'=a,t,"{""urls"":[]}"\r\n-2,,,\r\n`,
      },
    ]);
  });

  it('writes the named fields as NDJSON', () => {
    const { chunks } = makeEncoder('ndjson', compilePath('x'), ['id', 'author.name'])([
      { id: 1, author: { name: 'a' }, text: 't' },
    ]);
    assert.equal(chunks[0]?.body, '{"id":1,"author.name":"a"}\n');
  });

  it('without named fields, begins another file when it meets a field not seen before', () => {
    const encode = makeEncoder('csv', compilePath('x.csv'), []);
    const [first, second, third] = [[{ a: 1, b: 2 }], [{ b: 3 }], [{ c: 4, a: 5 }]].map(
      (batch) => encode(batch).chunks[0],
    );
    assert.deepEqual([first?.header, first?.body], ['a,b\r\n', '1,2\r\n']);
    assert.deepEqual([second?.header, second?.body], ['a,b\r\n', ',3\r\n']);
    assert.deepEqual([third?.header, third?.body], ['a,b,c\r\n', '5,,4\r\n']);
  });

  it('goes on with the columns of the files in the spool', () => {
    const encode = makeEncoder('csv', compilePath('x.csv'), [], columnsOf('a,b\r\n'));
    assert.equal(encode([{ b: 1 }]).chunks[0]?.header, 'a,b\r\n');
    assert.deepEqual(columnsOf('"a,b",c\r\n'), []);
    assert.deepEqual(columnsOf(''), []);
  });

  it('does not take the keys of records for ever more columns', () => {
    const encode = makeEncoder('csv', compilePath('x.csv'), []);
    const wide = Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`f${index}`, index]));
    assert.equal(encode([wide]).rejected.length, 0);
    const [rejection] = encode([{ one: 1 }]).rejected;
    assert.match(rejection?.error.message ?? '', /1000 columns already.*Name the fields/u);
  });

  it('counts __proto__ and constructor among the columns', () => {
    const record = JSON.parse('{"__proto__":1,"constructor":2}') as unknown;
    assert.deepEqual(makeEncoder('csv', compilePath('x.csv'), [])([record]).chunks, [
      { file: 'x.csv', header: '__proto__,constructor\r\n', records: 1, body: '1,2\r\n' },
    ]);
  });
});
