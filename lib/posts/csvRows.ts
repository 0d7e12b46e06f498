/** One row of a CSV file. */
export interface CsvRow {
  /** The line on which the row begins, from 1. */
  readonly line: number;
  readonly cells: string[];
  readonly problem?: string;
}

const QUOTE = '"';

/**
 * Reads CSV as RFC 4180 writes it: cells between commas (or another delimiter), a cell in quotes may hold delimiters,
 * line breaks and quotes written twice; rows end with CRLF, LF or CR. A quote within an unquoted cell is taken as it
 * is; text after a closing quote makes the row a problem. Blank rows are skipped.
 */
export class CsvRows {
  #state: 'start' | 'plain' | 'quoted' | 'closed' | 'skip' = 'start';
  #cell = '';
  #cells: string[] = [];
  #problem: string | undefined;
  #line = 1;
  #firstLine = 1;
  #size = 0;
  #afterCR = false;

  /** @param maxLength the most characters a row may have; the rest of a longer one is skipped to the end of its line */
  constructor(
    private readonly maxLength: number,
    private readonly delimiter = ',',
  ) {}

  push(text: string, out: CsvRow[]): void {
    let index = 0;
    while (index < text.length) {
      const char = text.charAt(index);
      if (this.#afterCR) {
        this.#afterCR = false;
        if (char === '\n' && this.#state !== 'quoted') {
          index++;
          continue;
        }
      }
      const next = this.#state === 'quoted' ? this.#inQuotes(text, index) : this.#outside(text, index, char, out);
      this.#size += next - index;
      if (this.#size > this.maxLength && this.#state !== 'skip') this.#overflow();
      index = next;
    }
  }

  /** There is no more text: completes the last row. `cut` if the text ended before its time. */
  end(out: CsvRow[], cut: boolean): void {
    if (this.#state === 'quoted') this.#problem ??= 'has an opening quote that is never closed';
    const begun = this.#cells.length > 0 || this.#cell !== '' || this.#state !== 'start';
    if (!begun) return;
    if (cut) this.#problem ??= 'is cut off';
    this.#endRow(out);
  }

  #inQuotes(text: string, index: number): number {
    const end = text.indexOf(QUOTE, index);
    const piece = text.slice(index, end < 0 ? text.length : end);
    this.#cell += piece;
    for (let at = piece.indexOf('\n'); at >= 0; at = piece.indexOf('\n', at + 1)) this.#line++;
    if (end < 0) return text.length;
    this.#state = 'closed';
    return end + 1;
  }

  #outside(text: string, index: number, char: string, out: CsvRow[]): number {
    if (char === '\n' || char === '\r') {
      this.#afterCR = char === '\r';
      this.#endRow(out);
      return index + 1;
    }
    if (this.#state === 'skip') return this.#plainEnd(text, index + 1, false);
    if (char === this.delimiter) {
      this.#endCell();
      return index + 1;
    }
    if (char === QUOTE && this.#state === 'start') {
      this.#state = 'quoted';
      return index + 1;
    }
    if (this.#state === 'closed') {
      if (char === QUOTE) {
        this.#cell += QUOTE;
        this.#state = 'quoted';
      } else {
        this.#problem ??= 'has text after a closing quote';
      }
      return index + 1;
    }
    this.#state = 'plain';
    const end = this.#plainEnd(text, index + 1, true);
    this.#cell += text.slice(index, end);
    return end;
  }

  #plainEnd(text: string, index: number, atDelimiter: boolean): number {
    for (let at = index; at < text.length; at++) {
      const char = text.charAt(at);
      if (char === '\n' || char === '\r' || (atDelimiter && char === this.delimiter)) return at;
    }
    return text.length;
  }

  #endCell(): void {
    this.#cells.push(this.#cell);
    this.#cell = '';
    this.#state = 'start';
  }

  #endRow(out: CsvRow[]): void {
    const blank = this.#state === 'start' && this.#cells.length === 0;
    if (this.#state === 'skip') out.push({ line: this.#firstLine, cells: [], problem: this.#problem ?? '' });
    else if (!blank) {
      this.#endCell();
      const problem = this.#problem === undefined ? {} : { problem: this.#problem };
      out.push({ line: this.#firstLine, cells: this.#cells, ...problem });
    }
    this.#cell = '';
    this.#cells = [];
    this.#state = 'start';
    this.#problem = undefined;
    this.#line++;
    this.#firstLine = this.#line;
    // The step over the line break itself is counted after this.
    this.#size = -1;
  }

  #overflow(): void {
    this.#problem = `is longer than ${this.maxLength} characters, the most that one record may have`;
    this.#cell = '';
    this.#cells = [];
    this.#state = 'skip';
  }
}
