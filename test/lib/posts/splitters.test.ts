import assert from 'node:assert/strict';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { type CsvRow, CsvRows } from '../../../lib/posts/csvRows';
import { ArraySplitter } from '../../../lib/posts/fileArray';
import { CsvSplitter } from '../../../lib/posts/fileCsv';
import { LineSplitter } from '../../../lib/posts/fileLines';
import type { RawRecord, Splitter } from '../../../lib/posts/fileRecord';

/** Cuts a text into pieces at the given places. */
function pieces(whole: string, cuts: number[]): string[] {
  const at = [...new Set(cuts.map((cut) => cut % (whole.length + 1)))].sort((a, b) => a - b);
  return [0, ...at].map((from, index) => whole.slice(from, at[index] ?? whole.length));
}

function split(splitter: Splitter, text: string, cuts: number[]): RawRecord[] {
  const out: RawRecord[] = [];
  const bytes = Buffer.from(text);
  const at = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  [0, ...at].forEach((from, index) => splitter.push(bytes.subarray(from, at[index] ?? bytes.length), out));
  splitter.end(out, false);
  return out;
}

function rowsOf(text: string, cuts: number[], delimiter = ','): CsvRow[] {
  const rows: CsvRow[] = [];
  const reader = new CsvRows(1_000_000, delimiter);
  for (const piece of pieces(text, cuts)) reader.push(piece, rows);
  reader.end(rows, false);
  return rows;
}

const cuts = fc.array(fc.nat(2_000), { maxLength: 20 });

describe('posts/csvRows', () => {
  const cell = fc.string({ unit: fc.constantFrom('a', 'é', '🎉', '"', ',', '\n', '\r\n', ' ', ';'), maxLength: 12 });
  const quoted = (value: string): string =>
    /[",\r\n]/u.test(value) || value === '' ? `"${value.replaceAll('"', '""')}"` : value;

  it('gives back any cells that were written by RFC 4180, however the text comes in pieces', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(cell, { minLength: 1, maxLength: 5 }), { maxLength: 8 }),
        fc.constantFrom('\n', '\r\n', '\r'),
        cuts,
        (table, newline, at) => {
          const text = table.map((row) => row.map(quoted).join(',')).join(newline);
          assert.deepEqual(
            rowsOf(text, at).map(({ cells }) => cells),
            table,
          );
        },
      ),
    );
  });

  it('reads as csv-parse does', () => {
    const line = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r\n', 'b c', '""'), maxLength: 30 });
    let compared = 0;
    fc.assert(
      fc.property(line, cuts, (text, at) => {
        let expected: string[][];
        try {
          expected = parse(text, {
            relax_column_count: true,
            skip_empty_lines: true,
            record_delimiter: ['\n', '\r\n'],
          });
        } catch {
          return; // What csv-parse refuses, such as a quote within an unquoted cell, is not compared.
        }
        compared++;
        assert.deepEqual(
          rowsOf(text, at).map(({ cells }) => cells),
          expected,
          JSON.stringify(text),
        );
      }),
      { numRuns: 2_000 },
    );
    assert.ok(compared > 300, `${compared}`);
  });

  for (const [what, text, expected] of [
    ['a quoted cell with delimiter, line break and quotes', 'a,"b,\r\n""c""",d', [['a', 'b,\r\n"c"', 'd']]],
    [
      'empty cells',
      'a,,\n,,b\n',
      [
        ['a', '', ''],
        ['', '', 'b'],
      ],
    ],
    ['a quoted empty cell alone', '""\n', [['']]],
    ['a quote within an unquoted cell as it is', 'a"b,c', [['a"b', 'c']]],
    ['no last line break', 'a\nb', [['a'], ['b']]],
    ['blank lines as nothing', '\n\na\n\r\n\nb\n\n', [['a'], ['b']]],
  ] as const) {
    it(`reads ${what}`, () => {
      assert.deepEqual(
        rowsOf(text, []).map(({ cells }) => cells),
        expected,
      );
    });
  }

  it('knows the line on which a row begins', () => {
    assert.deepEqual(
      rowsOf('a\n"b\nc"\r\n\r\nd', [3, 5, 8]).map(({ line }) => line),
      [1, 2, 5],
    );
  });

  it('goes on with the line after a row that is too long', () => {
    const rows: CsvRow[] = [];
    const reader = new CsvRows(10);
    for (const piece of ['a,b\n', 'x'.repeat(8), 'y,'.repeat(8), '\n"', 'z'.repeat(30), '"\nc,d\n1234567890\n'])
      reader.push(piece, rows);
    assert.deepEqual(
      rows.map(({ cells, problem }) => (problem === undefined ? cells : 'long')),
      [['a', 'b'], 'long', 'long', ['c', 'd'], ['1234567890']],
    );
  });
});

describe('posts/fileArray', () => {
  it('finds the elements of any array, however its bytes come in pieces', () => {
    const value = fc.oneof(
      fc.jsonValue({ maxDepth: 3 }),
      fc.string({ unit: fc.constantFrom('"', '\\', '[', ']', '{', '}', ',', '🎉', 'é', '\n'), maxLength: 10 }),
    );
    fc.assert(
      fc.property(fc.array(value, { maxLength: 8 }), fc.constantFrom(undefined, 1), cuts, (array, indent, at) => {
        const found = split(new ArraySplitter(10_000), JSON.stringify(array, null, indent), at);
        assert.deepEqual(
          found.map((raw) => JSON.parse(raw.found as string) as unknown),
          JSON.parse(JSON.stringify(array)),
        );
      }),
    );
  });
});

describe('posts/fileLines', () => {
  it('finds the lines of any text, however its bytes come in pieces', () => {
    const line = fc.string({ unit: fc.constantFrom('a', 'é', '🎉', ' ', '"'), maxLength: 10 });
    fc.assert(
      fc.property(fc.array(line, { maxLength: 10 }), fc.constantFrom('\n', '\r\n'), cuts, (all, newline, at) => {
        const found = split(new LineSplitter(10_000), all.join(newline), at);
        const expected = all
          .map((text, index) => ({ line: index + 1, found: text.trim() }))
          .filter(({ found: text }) => text !== '');
        assert.deepEqual(found, expected);
      }),
    );
  });
});

describe('posts/fileRecord: splitters', () => {
  for (const [what, splitter] of [
    ['lines', new LineSplitter(1_000)],
    ['an array', new ArraySplitter(1_000)],
    ['CSV', new CsvSplitter(1_000)],
  ] as const) {
    it(`keep no more of ${what} than a record may have, whatever comes`, () => {
      const out: RawRecord[] = [];
      splitter.push(Buffer.from('["'), out);
      const before = process.memoryUsage();
      let most = 0;
      const chunk = Buffer.alloc(1_000_000, 'x');
      for (let pushed = 0; pushed < 400; pushed++) {
        splitter.push(chunk, out);
        const { arrayBuffers, heapUsed } = process.memoryUsage();
        most = Math.max(most, arrayBuffers + heapUsed - before.arrayBuffers - before.heapUsed);
      }
      assert.ok(most < 200_000_000, `${most} bytes`);
      splitter.end(out, false);
      assert.equal(out.length, 1);
    });
  }
});
