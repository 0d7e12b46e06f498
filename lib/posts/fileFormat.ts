import { ArraySplitter } from './fileArray';
import { CsvSplitter } from './fileCsv';
import { LineSplitter } from './fileLines';
import type { Splitter } from './fileRecord';

export type FileFormat = 'ndjson' | 'array' | 'csv' | 'tsv';

/** Whether bytes are gzip's (RFC 1952, section 2.3.1: ID1 = 31, ID2 = 139). */
export function isGzip(head: Buffer): boolean {
  return head[0] === 0x1f && head[1] === 0x8b;
}

/** The length of a UTF-8 byte order mark at the beginning of `head`, 3 or 0. */
export function byteOrderMark(head: Buffer): number {
  return head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? 3 : 0;
}

/**
 * Tells a file's format by its name and the beginning of its (unzipped) content without byte order mark: `.csv`,
 * `.tsv`, `.ndjson` and `.jsonl` say it themselves; otherwise `[` begins a JSON array, `{` newline-delimited JSON, and
 * anything else is CSV, except in `.json`.
 */
export function formatOf(name: string, head: Buffer): FileFormat {
  const extension = /\.([a-z]+)(?:\.gz|\.gzip)?$/iu.exec(name)?.[1]?.toLowerCase();
  if (extension === 'csv' || extension === 'tsv') return extension;
  if (extension === 'ndjson' || extension === 'jsonl') return 'ndjson';
  const first = /\S/u.exec(head.toString('latin1'))?.[0];
  if (first === '[') return 'array';
  return first === '{' || first === undefined || extension === 'json' ? 'ndjson' : 'csv';
}

/** @param maxLength the most bytes (of CSV, characters) that one record may have */
export function splitterFor(format: FileFormat, maxLength: number): Splitter {
  switch (format) {
    case 'ndjson':
      return new LineSplitter(maxLength);
    case 'array':
      return new ArraySplitter(maxLength);
    case 'csv':
      return new CsvSplitter(maxLength);
    case 'tsv':
      return new CsvSplitter(maxLength, '\t');
  }
}
