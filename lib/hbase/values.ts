import { RecordError } from '../core/errors';
import type { CellType } from '../core/patterns';
import { describe } from '../core/records';

const MOST = 2n ** 63n;

/**
 * A field as the bytes of a cell, as HBase's own clients write them (`Bytes.toBytes`): a long is 8 bytes, big-endian and
 * two's complement, a double the 8 bytes of IEEE 754, big-endian.
 * @returns undefined for a field that is missing or null
 * @throws {RecordError} if the field is nothing that the type can hold
 */
export function encodeValue(value: unknown, type: CellType, column: string): string | Buffer | undefined {
  if (value === undefined || value === null) return undefined;
  switch (type) {
    case 'text':
      return textOf(value, column);
    case 'long':
      return longOf(value, column);
    case 'double':
      return doubleOf(value, column);
    case 'json':
      return wellFormed(JSON.stringify(value), column);
    case 'bytes':
      if (Buffer.isBuffer(value) || typeof value === 'string') return value;
      throw unfit(value, column, 'bytes', 'It takes a Buffer, or text for its UTF-8 bytes.');
  }
}

/**
 * The bytes of a cell as a value: a long as a number, or as decimal digits where a number cannot hold it exactly.
 * @throws {RecordError} if the bytes are not of the type
 */
export function decodeValue(bytes: Buffer, type: CellType, column: string): unknown {
  switch (type) {
    case 'text':
      return bytes.toString();
    case 'bytes':
      return bytes;
    case 'json':
      try {
        return JSON.parse(bytes.toString());
      } catch {
        throw new RecordError(`The cell ${column} is no JSON: ${describe(bytes.toString())}.`, wrongType);
      }
    case 'long': {
      if (bytes.length !== 8) throw notEight(bytes, column, 'long');
      const long = bytes.readBigInt64BE();
      const number = Number(long);
      return Number.isSafeInteger(number) ? number : String(long);
    }
    case 'double':
      if (bytes.length !== 8) throw notEight(bytes, column, 'double');
      return bytes.readDoubleBE();
  }
}

const wrongType = { setting: 'columns', remedy: 'Choose the type that the column was written with.' } as const;

function notEight(bytes: Buffer, column: string, type: CellType): RecordError {
  return new RecordError(`The cell ${column} is no ${type}: it has ${bytes.length} bytes, not 8.`, wrongType);
}

/** Whether a text is no Unicode: UTF-8 has no bytes for half of a pair. */
export function hasLoneSurrogate(text: string): boolean {
  return /\p{Surrogate}/u.test(text);
}

function textOf(value: unknown, column: string): string | Buffer | undefined {
  if (typeof value === 'string') return wellFormed(value, column);
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return undefined;
  return Buffer.isBuffer(value) ? value : wellFormed(JSON.stringify(value), column);
}

function wellFormed(text: string, column: string): string {
  if (!hasLoneSurrogate(text)) return text;
  throw new RecordError(`The value for ${column} has half of a surrogate pair, which UTF-8 cannot hold.`, {
    setting: 'columns',
    remedy: 'Mend it before (toWellFormed() in a function node), or store it as a Buffer.',
  });
}

function longOf(value: unknown, column: string): Buffer {
  const isWhole =
    typeof value === 'bigint' ||
    (typeof value === 'number' && Number.isSafeInteger(value)) ||
    (typeof value === 'string' && /^[+-]?\d{1,19}$/u.test(value));
  const long = isWhole ? BigInt(value) : MOST;
  if (long >= MOST || long < -MOST) {
    throw unfit(value, column, 'long', 'It takes whole numbers of 64 bits, also as text.');
  }
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeBigInt64BE(long);
  return bytes;
}

function doubleOf(value: unknown, column: string): Buffer {
  const double = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof double !== 'number' || Number.isNaN(double)) {
    throw unfit(value, column, 'double', 'It takes numbers, also as text.');
  }
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeDoubleBE(double);
  return bytes;
}

function unfit(value: unknown, column: string, type: CellType, takes: string): RecordError {
  return new RecordError(`The value for ${column} is no ${type}: ${describe(value)}.`, {
    setting: 'columns',
    remedy: `${takes} Correct the field, or choose another type for the column.`,
  });
}
