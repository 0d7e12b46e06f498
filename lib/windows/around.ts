import { type Panes, firstWindow, lastWindow, panesOf } from './panes';
import type { WindowShape } from './shape';

/** A window, from `start` up to but without `end`, in ms since the epoch. */
export interface WindowAround {
  readonly start: number;
  readonly end: number;
  /** Whether the event lies in it; the others are its neighbours. */
  readonly holds: boolean;
}

/** How a single event lies in windows. */
export interface Around {
  /** The windows, in order: those that hold the event, of many only some, and one on each side. */
  readonly windows: readonly WindowAround[];
  /** How many windows hold the event. */
  readonly holding: number;
}

/** More than this many overlapping windows say no more. */
const MOST = 12;

/** The windows that an event falls into, and their neighbours: what a person sees of them before any record came. */
export function windowsAround(shape: WindowShape, time: number): Around {
  if (shape.kind === 'session') return { windows: [{ start: time, end: time + shape.gap, holds: true }], holding: 1 };
  const panes = panesOf(shape);
  const pane = panes.paneOf(time);
  const first = firstWindow(pane, panes);
  const last = lastWindow(pane, panes);
  const { perSlide } = panes;
  const holding = (last - first) / perSlide + 1;
  const step = perSlide * Math.ceil(holding / MOST);
  const windows = [windowOf(first - perSlide, panes, false)];
  for (let window = first; window < last; window += step) windows.push(windowOf(window, panes, true));
  windows.push(windowOf(last, panes, true), windowOf(last + perSlide, panes, false));
  return { windows, holding };
}

function windowOf(window: number, panes: Panes, holds: boolean): WindowAround {
  return { start: panes.startOf(window), end: panes.startOf(window + panes.perWindow), holds };
}
