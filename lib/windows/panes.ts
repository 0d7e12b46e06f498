import { Calendar } from './calendar';
import type { GridShape } from './shape';

const DAY = 86_400_000;

/**
 * The panes of a grid: stretches so short that each window is made of whole ones. A record is counted once, in its
 * pane, however many windows overlap there (Li et al., "No Pane, No Gain", SIGMOD Record 34/1, 2005).
 * Windows are `[start, end)` and begin at every pane whose number `perSlide` divides: `start = time - floorMod(time,
 * slide)`, as Spark's TimeWindow has it (org.apache.spark.sql.catalyst.analysis.TimeWindowing).
 */
export interface Panes {
  /** How many panes windows are apart. */
  readonly perSlide: number;
  /** How many panes a window has. */
  readonly perWindow: number;
  /** The pane that a time, in ms since the epoch, falls into. */
  paneOf(time: number): number;
  /** When a pane begins, in ms since the epoch. */
  startOf(pane: number): number;
}

/** The panes of a grid; as long as the greatest common divisor of its size and slide. */
export function panesOf({ size, slide, timeZone }: GridShape): Panes {
  const length = greatestCommonDivisor(size, slide);
  const perSlide = slide / length;
  const perWindow = size / length;
  if (timeZone === '') {
    return {
      perSlide,
      perWindow,
      paneOf: (time) => Math.floor(time / length),
      startOf: (pane) => pane * length,
    };
  }
  const calendar = new Calendar(timeZone);
  const days = length / DAY;
  return {
    perSlide,
    perWindow,
    paneOf: (time) => Math.floor(calendar.dayOf(time) / days),
    startOf: (pane) => calendar.startOf(pane * days),
  };
}

/** The first of the windows that a pane is part of, by the pane that it begins with. */
export function firstWindow(pane: number, { perSlide, perWindow }: Panes): number {
  return Math.ceil((pane - perWindow + 1) / perSlide) * perSlide;
}

/** The last of the windows that a pane is part of, by the pane that it begins with. */
export function lastWindow(pane: number, { perSlide }: Panes): number {
  return Math.floor(pane / perSlide) * perSlide;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
