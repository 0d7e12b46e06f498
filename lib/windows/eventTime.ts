import { RecordError } from '../core/errors';
import { getter } from '../core/paths';
import { describe, isFields } from '../core/records';

/** Reads the time of a record, in ms since the epoch; throws a RecordError where there is none that can be used. */
export type EventTime = (record: unknown) => number;

/** Below this a number is taken as seconds: as milliseconds it would lie before March 1973. */
const SECONDS_BELOW = 1e11;
/** A time further ahead than this would close windows that are still being filled; such a record is refused. */
const MOST_AHEAD = 86_400_000;
const DAY = 86_400_000;

/**
 * Compiles the path of the event time; an empty one means the time of arrival. ISO 8601 text, milliseconds and seconds
 * are understood. A record from more than a day ahead of the clock is refused, so that no single post of the year 9999
 * can close every window.
 */
export function eventTime(path: string, clock: () => number): EventTime {
  if (path === '') return clock;
  const read = getter(path, 'time');
  return (record) => {
    const value = read(record);
    const time = timeOf(value);
    if (Number.isNaN(time)) {
      throw new RecordError(`${nameOf(record)} has no usable time in "${path}": ${describe(value)}.`, {
        setting: 'time',
      });
    }
    if (time > clock() + MOST_AHEAD) {
      throw new RecordError(`${nameOf(record)} lies more than a day ahead: "${path}" is ${describe(value)}.`, {
        setting: 'time',
      });
    }
    return time;
  };
}

/** A time as text, seconds or milliseconds, in ms since the epoch; NaN if it is none of these. */
export function timeOf(value: unknown): number {
  if (typeof value === 'number') return Math.abs(value) < SECONDS_BELOW ? Math.round(value * 1000) : Math.floor(value);
  if (typeof value !== 'string' || value === '') return Number.NaN;
  const time = inUtc(value);
  if (!Number.isNaN(time)) return time;
  return /^-?\d{9,}(?:\.\d+)?$/u.test(value) ? timeOf(Number(value)) : Date.parse(value);
}

/**
 * `2026-01-31T12:34:56.789Z` or without the fraction, as X and most others write times: several times as quick as
 * Date.parse. NaN for any other text, also for dates that do not exist.
 */
function inUtc(text: string): number {
  const { length } = text;
  if ((length !== 24 && length !== 20) || text.charCodeAt(length - 1) !== 90 /* Z */) return Number.NaN;
  if (text[4] !== '-' || text[7] !== '-' || text[10] !== 'T' || text[13] !== ':' || text[16] !== ':') return Number.NaN;
  const year = digits(text, 0) * 100 + digits(text, 2);
  const month = digits(text, 5);
  const day = digits(text, 8);
  const seconds = digits(text, 11) * 3_600 + digits(text, 14) * 60 + digits(text, 17);
  // Where a date may not exist, or an hour be 24, Date.parse decides.
  if (!(month >= 1 && month <= 12 && day >= 1 && day <= 28)) return Number.NaN;
  if (!(digits(text, 11) < 24 && digits(text, 14) < 60 && digits(text, 17) < 60)) return Number.NaN;
  let fraction = 0;
  if (length === 24) {
    if (text[19] !== '.') return Number.NaN;
    fraction = digits(text, 20) * 10 + digit(text, 22);
  }
  return dayNumber(year, month, day) * DAY + seconds * 1_000 + fraction;
}

/** Two digits; NaN if they are none. */
function digits(text: string, at: number): number {
  return digit(text, at) * 10 + digit(text, at + 1);
}

function digit(text: string, at: number): number {
  const value = text.charCodeAt(at) - 48;
  return value >= 0 && value <= 9 ? value : Number.NaN;
}

/**
 * The days from 1 January 1970 to a date of the Gregorian calendar (H. Hinnant, "chrono-compatible low-level date
 * algorithms", days_from_civil).
 */
function dayNumber(year: number, month: number, day: number): number {
  const fromMarch = month <= 2 ? year - 1 : year;
  const era = Math.floor(fromMarch / 400);
  const yearOfEra = fromMarch - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

function nameOf(record: unknown): string {
  const id = isFields(record) ? record.id : undefined;
  return typeof id === 'string' || typeof id === 'number' ? `Record ${id}` : 'The record';
}
