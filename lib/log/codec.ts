import { RecordError, messageOf } from '../core/errors';
import { describe } from '../core/records';
import type { Datum } from './log';

export type Encoding = 'json' | 'text' | 'buffer';

/**
 * Turns a record into what a log keeps. Null is a tombstone in every encoding.
 * @throws {RecordError} if the record cannot be written in the encoding
 */
export function encode(record: unknown, encoding: Encoding): Datum {
  if (record === null) return null;
  switch (encoding) {
    case 'json': {
      let text: unknown;
      try {
        text = JSON.stringify(record);
      } catch (thrown) {
        throw new RecordError(`The record cannot be written as JSON: ${messageOf(thrown)}.`, { setting: 'encode' });
      }
      if (typeof text !== 'string')
        throw new RecordError(`${describe(record)} cannot be written as JSON.`, { setting: 'encode' });
      return text;
    }
    case 'text':
      if (typeof record === 'string') return record;
      if (typeof record === 'number' || typeof record === 'boolean') return String(record);
      throw new RecordError(`The record is ${describe(record)}, no text.`, {
        setting: 'encode',
        remedy: 'Encode it as JSON.',
      });
    case 'buffer':
      if (record instanceof Uint8Array) return record;
      throw new RecordError(`The record is ${describe(record)}, no buffer.`, {
        setting: 'encode',
        remedy: 'Encode it as JSON.',
      });
  }
}

/**
 * Turns what a log keeps into a record; null stays null.
 * @throws {RecordError} if the bytes are not JSON, where JSON is expected
 */
export function decode(value: Datum, encoding: Encoding): unknown {
  if (value === null) return null;
  switch (encoding) {
    case 'json': {
      const text = textOf(value);
      try {
        return JSON.parse(text) as unknown;
      } catch (thrown) {
        throw new RecordError(`The record is not JSON: ${messageOf(thrown)}.`, {
          setting: 'decode',
          remedy: 'Read the topic as text, or mend what writes it.',
        });
      }
    }
    case 'text':
      return textOf(value);
    case 'buffer':
      return typeof value === 'string' ? Buffer.from(value) : Buffer.from(value);
  }
}

export function textOf(value: string | Uint8Array): string {
  return typeof value === 'string'
    ? value
    : Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('utf8');
}

/** A key or value as a person reads it. */
export function readable(datum: Datum): string | null {
  return datum === null ? null : textOf(datum);
}
