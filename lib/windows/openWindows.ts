import type { Contribution } from './contribution';
import type { WindowLog } from './windowLog';
import type { WindowView } from './windowView';

/** The half-open interval [start, end), in ms since the epoch. */
export interface Interval {
  readonly start: number;
  readonly end: number;
}

/** A record that came too late for some of its windows, by its place in the contribution. */
export interface LateRecord {
  readonly at: number;
  readonly missed: readonly Interval[];
}

/** The windows of one shape that still take records. */
export interface OpenWindows {
  /** Counts the records of a message; a window whose end the watermark had reached before it does not take them. */
  take(contribution: Contribution, watermark: number): LateRecord[];
  /** Ends the windows that the watermark has reached. Returns what they have come to. */
  close(watermark: number): WindowView[];
  /** Lets go of what is of no more use: call it when what `close` returned has been looked at. */
  drop(): void;
  /** What an open window has so far; undefined if there is no such window, or nothing in it. */
  at(interval: Interval): WindowView | undefined;
  /** The windows that have changed since the last call. */
  updated(): WindowView[];
  /** There are some. */
  readonly hasUpdates: boolean;
  /** The counts of the window before one of these, a slide earlier, as it is or was sent; undefined for sessions. */
  before(view: WindowView): Pick<WindowView, 'countOf'> | undefined;
  /** The greatest end of a window that is open; -Infinity if none is. */
  readonly lastEnd: number;
  /** Nothing is left of them, nor of those kept to compare with. */
  readonly isEmpty: boolean;
  /** Open windows, the keys that they hold, and about how many bytes that takes. */
  size(): { windows: number; keys: number; bytes: number };
  /** Writes what has changed, inside a commit. */
  save(log: WindowLog): void;
  /** Takes in what was saved of one of its parts. */
  load(part: string, contents: readonly unknown[]): void;
}
