import assert from 'node:assert/strict';
import { RecordError, SettingError } from '../../../lib/core/errors';
import { parseColumns } from '../../../lib/hbase/columns';
import { decodeValue, encodeValue } from '../../../lib/hbase/values';

/** What HBase's `Bytes.toBytes` makes of them, by its own documentation of the formats. */
const LONGS: readonly [unknown, string][] = [
  [0, '0000000000000000'],
  [1, '0000000000000001'],
  [-1, 'ffffffffffffffff'],
  [258, '0000000000000102'],
  [2 ** 53 - 1, '001fffffffffffff'],
  ['9223372036854775807', '7fffffffffffffff'],
  ['-9223372036854775808', '8000000000000000'],
  [1_467_810_672n, '00000000577d0370'],
];
const DOUBLES: readonly [unknown, string][] = [
  [0, '0000000000000000'],
  [-0, '8000000000000000'],
  [1, '3ff0000000000000'],
  [-2.5, 'c004000000000000'],
  [Infinity, '7ff0000000000000'],
  ['0.1', '3fb999999999999a'],
];

describe('HBase values', () => {
  const hex = (value: unknown): string => (value as Buffer).toString('hex');

  for (const [value, bytes] of LONGS) {
    it(`has ${String(value)} as a long in eight bytes, and reads it again`, () => {
      const encoded = encodeValue(value, 'long', 'd:n');
      assert.equal(hex(encoded), bytes);
      const read = decodeValue(encoded as Buffer, 'long', 'd:n');
      assert.equal(String(read), String(value));
      assert.equal(typeof read, Number.isSafeInteger(Number(value)) ? 'number' : 'string');
    });
  }

  for (const [value, bytes] of DOUBLES) {
    it(`has ${Object.is(value, -0) ? '-0' : String(value)} as a double in eight bytes, and reads it again`, () => {
      const encoded = encodeValue(value, 'double', 'd:n');
      assert.equal(hex(encoded), bytes);
      assert.ok(Object.is(decodeValue(encoded as Buffer, 'double', 'd:n'), Number(value)));
    });
  }

  for (const value of ['text', '', 3, true, [1, { a: null }], { __proto__x: 1 }]) {
    it(`has ${JSON.stringify(value)} as JSON, and reads it again`, () => {
      const encoded = encodeValue(value, 'json', 'd:j');
      assert.equal(encoded, JSON.stringify(value));
      assert.deepEqual(decodeValue(Buffer.from(encoded), 'json', 'd:j'), value);
    });
  }

  it('has text and bytes as they are, numbers as digits, objects as JSON', () => {
    const encoded = ['ä', 1.5, false, { a: 1 }, Buffer.from([255])].map((value) => encodeValue(value, 'text', 'd:t'));
    assert.deepEqual(encoded, ['ä', '1.5', 'false', '{"a":1}', Buffer.from([255])]);
    assert.deepEqual(encodeValue(Buffer.from([0, 255]), 'bytes', 'd:b'), Buffer.from([0, 255]));
    assert.deepEqual(decodeValue(Buffer.from([0, 255]), 'bytes', 'd:b'), Buffer.from([0, 255]));
  });

  it('escapes half of a surrogate pair in JSON, which so can be stored', () => {
    assert.equal(encodeValue({ a: '\udc00' }, 'json', 'd:j'), '{"a":"\\udc00"}');
  });

  it('leaves out what is missing or null', () => {
    for (const type of ['text', 'long', 'double', 'json', 'bytes'] as const) {
      assert.equal(encodeValue(undefined, type, 'd:x'), undefined);
      assert.equal(encodeValue(null, type, 'd:x'), undefined);
    }
  });

  for (const [value, type, said] of [
    [1.5, 'long', /d:x is no long: 1\.5\. It takes whole numbers/u],
    ['12a', 'long', /"12a"/u],
    ['', 'long', /no long/u],
    [2 ** 53, 'long', /9007199254740992/u],
    ['9223372036854775808', 'long', /9223372036854775808/u],
    [{}, 'long', /an object/u],
    ['many', 'double', /no double: "many"/u],
    [NaN, 'double', /NaN/u],
    [true, 'double', /true/u],
    [7, 'bytes', /no bytes: 7\. It takes a Buffer/u],
    ['half \ud800', 'text', /half of a surrogate pair/u],
  ] as const) {
    it(`refuses ${JSON.stringify(value)} as ${type}`, () => {
      assert.throws(
        () => encodeValue(value, type, 'd:x'),
        (thrown: unknown) => thrown instanceof RecordError && thrown.setting === 'columns' && said.test(thrown.message),
      );
    });
  }

  for (const [bytes, type, said] of [
    ['31', 'long', /The cell d:x is no long: it has 1 bytes, not 8\. Choose the type/u],
    ['313233343536373839', 'double', /9 bytes/u],
    ['7b', 'json', /no JSON: "\{"/u],
  ] as const) {
    it(`refuses to read ${bytes} as ${type}`, () => {
      assert.throws(() => decodeValue(Buffer.from(bytes, 'hex'), type, 'd:x'), said);
    });
  }
});

describe('HBase columns', () => {
  it('have a path and a type, text if none is named', () => {
    const columns = parseColumns({ 'd:a': 'author.name', 'd:b': 'count|long', 'm:c': ' x | json ' });
    assert.deepEqual(
      columns.map(({ column, family, path, type }) => [column, family, path, type]),
      [
        ['d:a', 'd', 'author.name', 'text'],
        ['d:b', 'd', 'count', 'long'],
        ['m:c', 'm', 'x', 'json'],
      ],
    );
  });

  for (const field of ['a|int', 'a|long|json', 'a|', '|long']) {
    it(`are not made of "${field}"`, () => {
      assert.throws(() => parseColumns({ 'd:a': field }), { name: 'SettingError', setting: 'columns' });
    });
  }

  it('is a setting error', () => assert.throws(() => parseColumns({ 'd:a': 'a|int' }), SettingError));
});
