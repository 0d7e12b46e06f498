import { RecordError, SettingError } from './errors';
import { getter, type Getter } from './paths';
import { plainText } from './records';

/** Renders a record to text. Throws a RecordError if a field that the template names is missing. */
export type Template = (record: unknown) => string;

/** Makes a rendered field safe for where it lands, such as a file name. */
export type Escape = (value: string) => string;

const PLACEHOLDER = /\{\{([^{}]*)\}\}/gu;
const DATE_PARTS = /yyyy|MM|dd|HH|mm|ss/gu;

/**
 * Compiles a template once, at deploy. `{{path}}` is the field at that path; `{{path|yyyy-MM-dd}}` is a time (ISO 8601
 * text or milliseconds) written in UTC by the parts yyyy, MM, dd, HH, mm, ss; `{{path|reverse}}` is a time that sorts the
 * newest first, see `reversed`.
 * @throws {SettingError} if a placeholder is malformed
 */
export function compileTemplate(source: string, setting = 'template', escape: Escape = (value) => value): Template {
  const pieces: (string | Getter)[] = [];
  const names: string[] = [];
  let end = 0;
  for (const match of source.matchAll(PLACEHOLDER)) {
    const [path = '', format] = (match[1] ?? '').split('|', 2).map((part) => part.trim());
    const read = getter(path, setting);
    pieces.push(source.slice(end, match.index), formatted(read, format));
    names.push('', path);
    end = match.index + match[0].length;
  }
  pieces.push(source.slice(end));
  if (/\{\{|\}\}/u.test(pieces.filter((piece) => typeof piece === 'string').join(''))) {
    throw new SettingError(`"${source}" has a brace without its partner.`, {
      setting,
      remedy: 'Write fields as {{id}} or {{created_at|yyyy-MM-dd}}.',
    });
  }
  return (record) => {
    let text = '';
    for (let index = 0; index < pieces.length; index++) {
      const piece = pieces[index];
      if (typeof piece === 'string') {
        text += piece;
        continue;
      }
      const value = piece?.(record);
      if (value === undefined || value === null || value === '') {
        throw new RecordError(`The record has no "${names[index] ?? ''}", which ${setting} needs.`, { setting });
      }
      text += escape(plainText(value));
    }
    return text;
  };
}

function formatted(read: Getter, format: string | undefined): Getter {
  if (format === undefined) return read;
  return format === 'reverse' ? reversed(read) : dated(read, format);
}

/**
 * A field as a time in a format. Records that follow each other mostly lie in the same minute: what was written for the
 * last one is kept, which takes a fifth of the time of writing it anew.
 */
function dated(read: Getter, format: string): Getter {
  const step = format.includes('ss') ? 1_000 : 60_000;
  let last = Number.NaN;
  let text: string | undefined;
  return (record) => {
    const time = timeOf(read(record));
    const now = Math.floor(time / step);
    // What is no time is NaN, which is unlike itself, too.
    if (now !== last) {
      last = now;
      text = writeDate(new Date(time), format);
    }
    return text;
  };
}

/** The greatest long of Java, 2^63 - 1. */
const LONG_MAX = 9_223_372_036_854_775_807n;

/**
 * A field as a reversed time, `Long.MAX_VALUE - milliseconds`, in decimal: the key that HBase's reference guide gives
 * for reading the newest first ("Reverse Timestamps"). From 1970 to the year 275760 it has 19 digits, so that texts sort
 * as numbers do; earlier times count as none.
 */
function reversed(read: Getter): Getter {
  return (record) => {
    const time = timeOf(read(record));
    return time >= 0 ? String(LONG_MAX - BigInt(Math.floor(time))) : undefined;
  };
}

/** ISO 8601 text or milliseconds as milliseconds; anything else is NaN. */
function timeOf(value: unknown): number {
  return typeof value === 'string' ? Date.parse(value) : typeof value === 'number' ? value : Number.NaN;
}

function writeDate(date: Date, format: string): string | undefined {
  if (Number.isNaN(date.getTime())) return undefined;
  const parts: Record<string, string> = {
    yyyy: String(date.getUTCFullYear()).padStart(4, '0'),
    MM: two(date.getUTCMonth() + 1),
    dd: two(date.getUTCDate()),
    HH: two(date.getUTCHours()),
    mm: two(date.getUTCMinutes()),
    ss: two(date.getUTCSeconds()),
  };
  return format.replace(DATE_PARTS, (part) => parts[part] ?? part);
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
