/** How windows lie in time; the same form as the settings of a counter have it. */
export type Shape =
  | { readonly kind: 'grid'; readonly size: number; readonly slide: number; readonly timeZone: string }
  | { readonly kind: 'session'; readonly gap: number };

export type Grid = Extract<Shape, { kind: 'grid' }>;

/** `[start, end)` in ms since 1970; `first` says where in its grid a window begins: in ms, or as the number of a day. */
export interface Span {
  readonly start: number;
  readonly end: number;
  readonly first: number;
}

const DAY = 86_400_000;
const QUARTER = 15 * 60_000;

/** The windows of a grid that cover an instant, the earliest first: each multiple of the slide is tried. */
export function spansOf(grid: Grid, time: number): Span[] {
  const { size, slide, timeZone } = grid;
  const step = timeZone === '' ? slide : slide / DAY;
  const length = timeZone === '' ? size : size / DAY;
  const place = timeZone === '' ? time : localDay(timeZone, time);
  const spans: Span[] = [];
  for (let first = Math.floor((place - length) / step) * step; first <= place; first += step) {
    if (place < first + length) spans.push(spanAt(grid, first));
  }
  return spans;
}

/** The window of the same grid that begins one slide earlier. */
export function spanBefore(grid: Grid, span: Span): Span {
  return spanAt(grid, span.first - (grid.timeZone === '' ? grid.slide : grid.slide / DAY));
}

function spanAt({ size, timeZone }: Grid, first: number): Span {
  if (timeZone === '') return { start: first, end: first + size, first };
  return { start: beginOfDay(timeZone, first), end: beginOfDay(timeZone, first + size / DAY), first };
}

const clocks = new Map<string, Intl.DateTimeFormat>();

/** The number of the calendar day, from 1970-01-01, that a clock on the wall of the zone shows. */
function localDay(timeZone: string, time: number): number {
  let clock = clocks.get(timeZone);
  if (clock === undefined) {
    clock = new Intl.DateTimeFormat('en-US', { timeZone, year: 'numeric', month: 'numeric', day: 'numeric' });
    clocks.set(timeZone, clock);
  }
  const [month = 0, day = 0, year = 0] = clock.format(time).split('/').map(Number);
  return Date.UTC(year, month - 1, day) / DAY;
}

const begins = new Map<string, number>();

/** The first instant of a calendar day: the wall clock is looked at every quarter of an hour until it shows the day. */
function beginOfDay(timeZone: string, day: number): number {
  const name = `${timeZone} ${day}`;
  let begin = begins.get(name);
  if (begin === undefined) {
    begin = day * DAY - 15 * 4 * QUARTER;
    while (localDay(timeZone, begin) < day) begin += QUARTER;
    begins.set(name, begin);
  }
  return begin;
}
