import { SettingError } from '../core/errors';
import { formatDuration } from '../core/durations';

/** The half-open interval [start, end) in ms since the epoch. */
export interface Window {
  readonly start: number;
  readonly end: number;
}

/** The grid of windows: tumbling where slide and size are equal. Both in ms. */
export interface WindowGrid {
  readonly size: number;
  readonly slide: number;
}

/**
 * Checks a grid.
 * @throws {SettingError} quoting both values
 */
export function windowGrid(size: number, slide: number): WindowGrid {
  if (size <= 0) throw new SettingError(`The window size must be longer than nothing.`, { setting: 'size' });
  if (slide <= 0 || slide > size) {
    throw new SettingError(
      `The slide ${formatDuration(slide)} must be longer than nothing and at most the size ${formatDuration(size)}.`,
      {
        setting: 'slide',
      },
    );
  }
  return { size, slide };
}

/**
 * The latest window that a time falls into; the others start `slide` earlier each, as long as they reach past the time.
 * Windows are aligned to the epoch in UTC: `start = time - floorMod(time, slide)`, as Spark's TimeWindow has it
 * (org.apache.spark.sql.catalyst.analysis.TimeWindowing).
 */
export function lastWindowStart(time: number, { slide }: WindowGrid): number {
  return Math.floor(time / slide) * slide;
}

/** All windows that a time falls into, the latest first. */
export function windowsOf(time: number, grid: WindowGrid): Window[] {
  const windows: Window[] = [];
  for (let start = lastWindowStart(time, grid); start > time - grid.size; start -= grid.slide) {
    windows.push({ start, end: start + grid.size });
  }
  return windows;
}
