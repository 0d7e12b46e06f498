import { sessionWindows, windowGrid } from '../../../lib/windows/shape';
import type { Command } from '../../../lib/windows/windowCounter';
import type { WindowSettings } from '../../../lib/windows/windowSettings';

/**
 * One step of a case and what it makes come out. A record is written `key time`, the time as minutes and seconds from
 * 2020-01-01 (`1:30`, `0:59.999`) or as ISO text; `-` as key is a record without any key, which moves only the time;
 * `a,b` are two keys; a number after the time is its value. What is left out of `gives`, `late` and `rejects` must not
 * come.
 */
export interface Step {
  /** The records of one message. */
  readonly send?: readonly (string | object)[];
  readonly lane?: string;
  /** Lanes that are being read from now on, though nothing has come of them yet. */
  readonly open?: readonly string[];
  /** Lanes that are read to their end. */
  readonly atEnd?: readonly string[];
  /** Milliseconds that pass on the clock of the machine; then the timer of the node strikes. */
  readonly wait?: number;
  readonly command?: Command;
  readonly crash?: true;
  /**
   * Results in order: `0:00..1:00 a:2 b:1`, an update with `~` before it. For the fields beyond that, an object with those
   * fields of the result that matter.
   */
  readonly gives?: readonly (string | object)[];
  /** Late records, each with the windows it missed: `a 0:30 missed 0:00..1:00`. */
  readonly late?: readonly string[];
  /** What the errors of the records that no window can take say, each in part. */
  readonly rejects?: readonly RegExp[];
}

/** A rule of the windows, shown by an example worked out by hand. */
export interface Case {
  readonly name: string;
  /** What differs from windows of a minute that count `k` by the time `t`, in stream mode, without delay. */
  readonly settings?: Partial<WindowSettings>;
  readonly steps: readonly Step[];
}

export interface Chapter {
  readonly title: string;
  readonly cases: readonly Case[];
}

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const DAY = 24 * 60 * MINUTE;

/** Minute 0 of the cases. */
export const ZERO = Date.UTC(2020, 0, 1);

export const TUMBLING: WindowSettings = {
  keys: ['k'],
  time: 't',
  value: '',
  distinct: '',
  mode: 'stream',
  delay: 0,
  idle: 0,
  shape: windowGrid(MINUTE, MINUTE),
  emit: 'close',
  top: 0,
  maxKeys: 0,
  details: 'counts',
  history: 10,
  output: 'windows',
  durable: true,
  keepLate: true,
};

export const sliding = (size: number, slide: number): Partial<WindowSettings> => ({ shape: windowGrid(size, slide) });
export const sessions = (gap: number): Partial<WindowSettings> => ({ shape: sessionWindows(gap) });
export const days = (timeZone: string, size = 1, slide = size): Partial<WindowSettings> => ({
  shape: windowGrid(size * DAY, slide * DAY, timeZone),
});
