import { strict as assert } from 'node:assert';
import { parse } from 'csv-parse/sync';
import { describe, it } from 'mocha';
import { cellValue, csvLines } from '../../../lib/sinks/csv';

describe('CSV', () => {
  it('ends each line with CR LF and quotes what needs it (RFC 4180)', () => {
    assert.equal(csvLines([['a', 'b,c', 'd"e', 'f\ng', 1.5, true, null]]), 'a,"b,c","d""e","f\ng",1.5,true,\r\n');
  });

  for (const text of ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '＝1+1', '＋1', '－1', '＠x']) {
    it(`keeps ${JSON.stringify(text)} from being a formula`, () => {
      assert.deepEqual(parse(csvLines([[text, 'x']]), { record_delimiter: ['\r\n', '\n', '\r'] }), [[`'${text}`, 'x']]);
    });
  }

  it('leaves numbers alone, negative ones too', () => {
    assert.equal(csvLines([[-5, -0.5, 1e21]]), '-5,-0.5,1e+21\r\n');
  });

  it('leaves text alone in which the sign is not the first', () => assert.equal(csvLines([['1+1=2']]), '1+1=2\r\n'));

  it('guards a quoted cell, too', () =>
    assert.equal(csvLines([['=HYPERLINK("x","y")']]), `"'=HYPERLINK(""x"",""y"")"\r\n`));

  it('is read back by an independent parser as it was', () => {
    const rows = [
      ['', ' ', 'ünï', '日本\r\n語', '"', '""', ',', '\n', "'", '\u0000', '\u{1F600}', '\uFEFF'],
      Array.from({ length: 12 }, (_, index) => 'x'.repeat(index * 100)),
    ];
    assert.deepEqual(parse(csvLines(rows), { record_delimiter: ['\r\n', '\n', '\r'] }), rows);
  });

  it('makes a cell of anything', () => {
    const made = [
      1,
      Number.NaN,
      Infinity,
      'x',
      false,
      null,
      undefined,
      10n,
      new Date(0),
      new Date(Number.NaN),
      [1, 'a'],
      { b: 2 },
    ];
    assert.deepEqual(made.map(cellValue), [
      1,
      null,
      null,
      'x',
      false,
      null,
      null,
      '10',
      '1970-01-01T00:00:00.000Z',
      null,
      '[1,"a"]',
      '{"b":2}',
    ]);
  });
});
