import { strict as assert } from 'node:assert';
import { describe, it } from 'mocha';
import { RecordError, SettingError } from '../../../lib/core/errors';
import { compileKey, compileRows } from '../../../lib/tableau/rows';

const WINDOW = {
  id: 'w1',
  window: { start: '2026-01-01T00:00:00.000Z', end: '2026-01-02T00:00:00.000Z' },
  final: true,
  total: 3,
  counts: [
    { key: 'tea', count: 2 },
    { key: 'rain', count: 1 },
  ],
};

describe('Tableau rows', () => {
  for (const [name, fields, record, rows] of [
    [
      'an array that a path runs through becomes rows',
      ['window.start', 'total', 'counts.key', 'counts.count'],
      WINDOW,
      [
        { 'window.start': '2026-01-01T00:00:00.000Z', total: 3, 'counts.key': 'tea', 'counts.count': 2 },
        { 'window.start': '2026-01-01T00:00:00.000Z', total: 3, 'counts.key': 'rain', 'counts.count': 1 },
      ],
    ],
    [
      'a path without an array gives one row',
      ['id', 'payload.window.end'],
      WINDOW,
      [{ id: 'w1', 'window.end': '2026-01-02T00:00:00.000Z' }],
    ],
    [
      'a path that ends at an array gives its JSON',
      ['id', 'counts'],
      WINDOW,
      [{ id: 'w1', counts: JSON.stringify(WINDOW.counts) }],
    ],
    ['an index takes one element', ['counts[1].key'], WINDOW, [{ 'counts.1.key': 'rain' }]],
    [
      'an empty array keeps one row',
      ['id', 'counts.key'],
      { id: 'w2', counts: [] },
      [{ id: 'w2', 'counts.key': null }],
    ],
    ['a missing array keeps one row', ['id', 'counts.key'], { id: 'w3' }, [{ id: 'w3', 'counts.key': null }]],
    [
      'an array that is none keeps one row',
      ['id', 'counts.key'],
      { id: 'w3', counts: 'x' },
      [{ id: 'w3', 'counts.key': null }],
    ],
    [
      'an array below a field becomes rows',
      ['id', 'entities.hashtags.tag'],
      { id: '1', entities: { hashtags: [{ tag: 'a' }, { tag: 'b' }] } },
      [
        { id: '1', 'entities.hashtags.tag': 'a' },
        { id: '1', 'entities.hashtags.tag': 'b' },
      ],
    ],
    [
      'a second array gives its values as JSON',
      ['a.x', 'b.y'],
      { a: [{ x: 1 }, { x: 2 }], b: [{ y: 3 }, { z: 4 }] },
      [
        { 'a.x': 1, 'b.y': '[3,null]' },
        { 'a.x': 2, 'b.y': '[3,null]' },
      ],
    ],
    [
      'what is no scalar is JSON, what is missing null',
      ['a', 'b', 'c'],
      { a: { x: 1 }, c: Number.NaN },
      [{ a: '{"x":1}', b: null, c: null }],
    ],
    [
      'without fields, all scalars, with dots, the first array of objects taken apart',
      [],
      WINDOW,
      [
        {
          id: 'w1',
          'window.start': '2026-01-01T00:00:00.000Z',
          'window.end': '2026-01-02T00:00:00.000Z',
          final: true,
          total: 3,
          'counts.key': 'tea',
          'counts.count': 2,
        },
        {
          id: 'w1',
          'window.start': '2026-01-01T00:00:00.000Z',
          'window.end': '2026-01-02T00:00:00.000Z',
          final: true,
          total: 3,
          'counts.key': 'rain',
          'counts.count': 1,
        },
      ],
    ],
    [
      'without fields, an array of scalars and a second array are JSON',
      [],
      { tags: ['a', 'b'], none: [], x: [{ y: 1, z: [{ deep: 1 }] }], second: [{ y: 2 }] },
      [{ tags: '["a","b"]', none: '[]', second: '[{"y":2}]', 'x.y': 1, 'x.z': '[{"deep":1}]' }],
    ],
    [
      'a field after an array is in every row',
      [],
      { a: [{ x: 1 }, 2], b: 3 },
      [
        { b: 3, 'a.x': 1 },
        { b: 3, a: 2 },
      ],
    ],
  ] as const) {
    it(name, () => assert.deepEqual(compileRows(fields)(record), rows));
  }

  it('counts __proto__ among the columns', () => {
    const [row] = compileRows([])(JSON.parse('{"__proto__":1}') as Record<string, unknown>);
    assert.equal(JSON.stringify(row), '{"__proto__":1}');
  });

  it('follows a record only so deep', () => {
    let record: Record<string, unknown> = { end: 1 };
    for (let depth = 0; depth < 50; depth++) record = { d: record };
    const [row] = compileRows([])(record);
    assert.equal(Object.keys(row ?? {}).length, 1);
    assert.match(String(Object.values(row ?? {})[0]), /^\{"d":.*"end":1\}+$/u);
  });

  it('does not start with a malformed path', () => assert.throws(() => compileRows(['a..b']), SettingError));
});

describe('Tableau keys', () => {
  it('is the value of one field', () => {
    const key = compileKey(['id']);
    assert.deepEqual([key({ id: 'x' }), key({ id: 7 }), key({ id: false })], ['x', '7', 'false']);
  });

  it('keeps several fields apart, whatever they hold', () => {
    const key = compileKey(['a', 'b.c']);
    assert.notEqual(key({ a: 'x', b: { c: 'y,z' } }), key({ a: 'x,y', b: { c: 'z' } }));
    assert.notEqual(key({ a: '1', b: { c: 'x' } }), key({ a: 1, b: { c: 'x' } }));
  });

  for (const record of [{}, { id: null }, { id: '' }, { id: Number.NaN }]) {
    it(`refuses ${JSON.stringify(record)}`, () => assert.throws(() => compileKey(['id'])(record), RecordError));
  }
});
