import { type RawRecord, type Splitter, tooLong } from './fileRecord';

const NEWLINE = 0x0a;

/** Newline-delimited JSON: one record a line, blank lines skipped, `\n` or `\r\n`. */
export class LineSplitter implements Splitter {
  #parts: Buffer[] = [];
  #size = 0;
  #line = 1;

  constructor(private readonly maxLength: number) {}

  push(chunk: Buffer, out: RawRecord[]): void {
    let start = 0;
    for (;;) {
      const end = chunk.indexOf(NEWLINE, start);
      if (end < 0) break;
      this.#keep(chunk.subarray(start, end));
      this.#finish(out);
      this.#line++;
      start = end + 1;
    }
    // A copy: a short rest of a large chunk must not keep all of it in memory.
    if (start < chunk.length) this.#keep(Buffer.from(chunk.subarray(start)));
  }

  end(out: RawRecord[], cut: boolean): void {
    if (cut && this.#size > 0) {
      out.push({ line: this.#line, found: this.#text(), problem: 'is cut off' });
      this.#clear();
    } else {
      this.#finish(out);
    }
  }

  #keep(part: Buffer): void {
    this.#size += part.length;
    if (this.#size <= this.maxLength) this.#parts.push(part);
    else this.#parts = [];
  }

  #finish(out: RawRecord[]): void {
    if (this.#size > this.maxLength) {
      out.push({ line: this.#line, found: undefined, problem: tooLong(this.maxLength) });
    } else {
      const text = this.#text();
      if (text !== '') out.push({ line: this.#line, found: text });
    }
    this.#clear();
  }

  #text(): string {
    const [first] = this.#parts;
    const whole = this.#parts.length === 1 && first ? first : Buffer.concat(this.#parts);
    return whole.toString('utf8').trim();
  }

  #clear(): void {
    this.#parts = [];
    this.#size = 0;
  }
}
