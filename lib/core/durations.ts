import { SettingError } from './errors';
import { durationOf } from './patterns';

const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/**
 * Reads a duration written `500ms`, `10s`, `5m`, `1h` or `1d`.
 * @returns milliseconds, a whole number
 * @throws {SettingError} if it is written otherwise
 */
export function parseDuration(text: string, setting = 'duration'): number {
  const milliseconds = durationOf(text);
  if (milliseconds === undefined) {
    throw new SettingError(`"${text}" is not a duration.`, {
      setting,
      remedy: 'Write a number and a unit: 500ms, 10s, 5m, 1h or 1d.',
    });
  }
  return milliseconds;
}

/** Writes milliseconds in the largest unit that divides them: 90000 is `90s`, 86400000 is `1d`. */
export function formatDuration(milliseconds: number): string {
  for (const unit of ['d', 'h', 'm', 's'] as const) {
    if (milliseconds >= UNITS[unit] && milliseconds % UNITS[unit] === 0) return `${milliseconds / UNITS[unit]}${unit}`;
  }
  return `${milliseconds}ms`;
}
