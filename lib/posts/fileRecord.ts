import { RecordError, messageOf } from '../core/errors';
import { type Rejection, isFields, reject } from '../core/records';

/** One record's raw text as a splitter found it, or why there is none. */
export interface RawRecord {
  /** The line on which it begins, from 1; 0 for what concerns the file as a whole. */
  readonly line: number;
  /** What was found: the text of a JSON value, or a CSV row already put under its header. */
  readonly found: string | Record<string, unknown> | undefined;
  /** Why it cannot be read, if it cannot: a sentence without its place. */
  readonly problem?: string;
}

/**
 * Cuts a stream of bytes into records, holding no more than one record. What it finds depends on the bytes alone, not
 * on how they come in chunks.
 */
export interface Splitter {
  /** Takes the next bytes; what is complete goes to `out`. */
  push(chunk: Buffer, out: RawRecord[]): void;
  /** There are no more bytes. `cut` if they ended before their time, as in a truncated gzip file. */
  end(out: RawRecord[], cut: boolean): void;
}

/** What a splitter says of a record longer than it may be. */
export function tooLong(limit: number): string {
  return `is longer than ${limit} bytes, the most that one record may have`;
}

/**
 * Reads what a splitter found.
 * @param name the file's name, for the message
 * @returns the record, or its rejection with file and line
 */
export function parseRaw(raw: RawRecord, name: string): { record: unknown } | { rejection: Rejection } {
  const { found, line, problem } = raw;
  if (problem !== undefined) return { rejection: rejectLine(name, line, problem, found) };
  if (typeof found !== 'string') return { record: found };
  try {
    const record: unknown = JSON.parse(found);
    if (isFields(record)) return { record };
    return { rejection: rejectLine(name, line, 'is no JSON object', found) };
  } catch (thrown) {
    return { rejection: rejectLine(name, line, `is no valid JSON (${messageOf(thrown)})`, found) };
  }
}

const SHOWN = 1_000;

function rejectLine(name: string, line: number, problem: string, found: RawRecord['found']): Rejection {
  const shown = typeof found === 'string' && found.length > SHOWN ? `${found.slice(0, SHOWN)}…` : found;
  const place = line === 0 ? name : `Line ${line} of ${name}`;
  return reject(shown ?? null, new RecordError(`${place} ${problem}.`, { setting: 'file' }));
}
