import { type RawRecord, type Splitter, tooLong } from './fileRecord';

const NEWLINE = 0x0a;
const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN = 0x5b; // [
const BACKSLASH = 0x5c;
const CLOSE = 0x5d; // ]
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/**
 * The elements of one JSON array, found by depth and strings alone, so that an array of any length goes through. All
 * characters that matter are ASCII, and no byte of a longer UTF-8 character looks like one. Elements are only checked
 * when they are parsed; a bracket too many or too few inside one ends the reading there, for nothing after it can be
 * told apart.
 */
export class ArraySplitter implements Splitter {
  #parts: Buffer[] = [];
  #size = 0;
  /** 0 before the array, 1 between its elements, 2 and more within one. */
  #depth = 0;
  #inString = false;
  #escaped = false;
  #ended = false;
  #strayed = false;
  #line = 1;
  #firstLine = 1;
  #empty = true;

  constructor(private readonly maxLength: number) {}

  push(chunk: Buffer, out: RawRecord[]): void {
    let start = 0;
    for (let index = 0; index < chunk.length; index++) {
      const byte = chunk[index] ?? 0;
      if (byte === NEWLINE) this.#line++;
      if (this.#inString) {
        if (this.#escaped) this.#escaped = false;
        else if (byte === BACKSLASH) this.#escaped = true;
        else if (byte === QUOTE) this.#inString = false;
        continue;
      }
      if (byte <= 0x20) continue;
      if (this.#ended || (this.#depth === 0 && byte !== OPEN)) {
        this.#stray(out);
        return;
      }
      if (this.#depth === 0) {
        this.#depth = 1;
        start = index + 1;
        continue;
      }
      if (this.#depth === 1 && (byte === COMMA || byte === CLOSE)) {
        this.#keep(chunk.subarray(start, index));
        this.#finish(out, byte === COMMA);
        this.#ended = byte === CLOSE;
        start = index + 1;
        continue;
      }
      if (this.#empty) {
        this.#empty = false;
        this.#firstLine = this.#line;
      }
      if (byte === QUOTE) this.#inString = true;
      else if (byte === OPEN || byte === OPEN_BRACE) this.#depth++;
      else if ((byte === CLOSE || byte === CLOSE_BRACE) && this.#depth > 1) this.#depth--;
    }
    if (this.#depth > 0 && !this.#ended) this.#keep(Buffer.from(chunk.subarray(start)));
  }

  end(out: RawRecord[], cut: boolean): void {
    if (this.#ended) return;
    const found = this.#size > this.maxLength ? undefined : Buffer.concat(this.#parts).toString('utf8').trim();
    if (!this.#empty) {
      const problem = found === undefined ? tooLong(this.maxLength) : 'is cut off: the file ends within this record';
      out.push({ line: this.#firstLine, found, problem });
    } else if (!cut) {
      out.push({ line: this.#line, found: undefined, problem: 'is the last, but the array is not closed with ]' });
    }
  }

  #stray(out: RawRecord[]): void {
    const problem = this.#ended
      ? 'has text after the end of the JSON array; nothing after it is read'
      : 'does not begin a JSON array with [';
    if (!this.#strayed) out.push({ line: this.#line, found: undefined, problem });
    this.#strayed = true;
    this.#ended = true;
  }

  #keep(part: Buffer): void {
    this.#size += part.length;
    if (this.#size <= this.maxLength) this.#parts.push(part);
    else this.#parts = [];
  }

  #finish(out: RawRecord[], comma: boolean): void {
    if (this.#empty) {
      // `[]` has no element; `[1,,2]` and `[1,]` lack one.
      if (comma) out.push({ line: this.#line, found: undefined, problem: 'has a comma without a record before it' });
    } else if (this.#size > this.maxLength) {
      out.push({ line: this.#firstLine, found: undefined, problem: tooLong(this.maxLength) });
    } else {
      out.push({ line: this.#firstLine, found: Buffer.concat(this.#parts).toString('utf8').trim() });
    }
    this.#parts = [];
    this.#size = 0;
    this.#empty = true;
  }
}
