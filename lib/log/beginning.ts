import { parseDuration } from '../core/durations';
import { SettingError } from '../core/errors';
import { DURATION } from '../core/patterns';
import type { Beginning } from './log';

/**
 * Reads where a group begins.
 * @param time with `time`: a date as ISO 8601 has it, or how long ago as a duration, such as `2h`
 * @param now ms since the epoch
 * @throws {SettingError} if it is neither
 */
export function beginningOf(from: 'earliest' | 'latest' | 'time', time: string, now: number): Beginning {
  if (from !== 'time') return from;
  if (DURATION.test(time)) return { time: now - parseDuration(time, 'fromTime') };
  const date = /^\d{4}-\d{2}-\d{2}/u.test(time) ? Date.parse(time) : NaN;
  if (Number.isNaN(date)) {
    throw new SettingError(`"${time}" is neither a date nor a duration.`, {
      setting: 'fromTime',
      remedy: 'Write a date such as 2026-01-31T12:00:00Z, or how long ago, such as 2h.',
    });
  }
  return { time: date };
}
