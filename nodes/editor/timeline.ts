import type { WindowAround } from '../../lib/windows/around';

/** What the runtime answers to a trial; times in ms since the epoch. */
export interface Timeline {
  readonly event: number;
  readonly delay: number;
  readonly windows: readonly WindowAround[];
  readonly holding: number;
}

/** Words for a drawing. */
export interface TimelineWords {
  readonly summary: string;
  readonly event: string;
  readonly delay: string;
  time(time: number): string;
}

const WIDTH = 460;
const SIDE = 6;
const TOP = 26;
const ROW = 20;
const BAR = 13;
const FOOT = 22;

type Attributes = Readonly<Record<string, string | number>>;

/**
 * Draws windows as bars over a common axis of time, one below the other, with the event as a line through them. Behind
 * those that hold it hangs the delay, for which they stay open. Colours are classes of the style sheet.
 */
export function drawTimeline({ event, delay, windows }: Timeline, words: TimelineWords): SVGElement {
  const from = Math.min(event, ...windows.map(({ start }) => start));
  const to = Math.max(event, ...windows.map(({ end, holds }) => end + (holds ? delay : 0)));
  const x = (time: number): number => SIDE + ((time - from) / Math.max(1, to - from)) * (WIDTH - 2 * SIDE);
  const bottom = TOP + windows.length * ROW;
  const drawing = shape('svg', {
    class: 'pulseflow-timeline',
    viewBox: `0 0 ${String(WIDTH)} ${String(bottom + FOOT)}`,
    role: 'img',
    'aria-label': words.summary,
  });
  windows.forEach(({ start, end, holds }, index) => {
    const y = TOP + index * ROW;
    const bar = { y, height: BAR, rx: 2 };
    if (holds && delay > 0) drawing.append(rectangle('pulseflow-delay', bar, x(end), x(end + delay), words.delay));
    const name = `${words.time(start)} – ${words.time(end)}`;
    drawing.append(rectangle(holds ? 'pulseflow-holds' : 'pulseflow-beside', bar, x(start), x(end), name));
  });
  const at = x(event);
  drawing.append(shape('line', { class: 'pulseflow-event', x1: at, x2: at, y1: TOP - 6, y2: bottom }));
  drawing.append(label(words.event, at, TOP - 10, at < WIDTH / 3 ? 'start' : at > (WIDTH * 2) / 3 ? 'end' : 'middle'));
  drawing.append(shape('line', { class: 'pulseflow-axis', x1: SIDE, x2: WIDTH - SIDE, y1: bottom, y2: bottom }));
  drawing.append(
    label(words.time(from), SIDE, bottom + 16, 'start'),
    label(words.time(to), WIDTH - SIDE, bottom + 16, 'end'),
  );
  return drawing;
}

function rectangle(className: string, bar: Attributes, from: number, to: number, name: string): SVGElement {
  const made = shape('rect', { ...bar, class: className, x: from, width: Math.max(1, to - from) });
  const title = shape('title', {});
  title.textContent = name;
  made.append(title);
  return made;
}

function label(text: string, x: number, y: number, anchor: 'start' | 'middle' | 'end'): SVGElement {
  const made = shape('text', { x, y, 'text-anchor': anchor });
  made.textContent = text;
  return made;
}

function shape(name: string, attributes: Attributes): SVGElement {
  const made = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}
