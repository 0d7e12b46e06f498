import { RecordError } from '../core/errors';
import { getter } from '../core/paths';
import { describe, isFields } from '../core/records';

/** Reads the time of a record, in ms since the epoch; throws a RecordError where there is none that can be used. */
export type EventTime = (record: unknown) => number;

/** Below this a number is taken as seconds: as milliseconds it would lie before March 1973. */
const SECONDS_BELOW = 1e11;
/** A time further ahead than this would close windows that are still being filled; such a record is refused. */
const MOST_AHEAD = 86_400_000;

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
  return /^-?\d{9,}(?:\.\d+)?$/u.test(value) ? timeOf(Number(value)) : Date.parse(value);
}

function nameOf(record: unknown): string {
  const id = isFields(record) ? record.id : undefined;
  return typeof id === 'string' || typeof id === 'number' ? `Record ${id}` : 'The record';
}
