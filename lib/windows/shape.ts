import { SettingError } from '../core/errors';
import { formatDuration } from '../core/durations';

const DAY = 86_400_000;

/** Windows on a grid, tumbling where slide and size are equal; in ms. With a time zone they are calendar days. */
export interface GridShape {
  readonly kind: 'grid';
  readonly size: number;
  readonly slide: number;
  /** An IANA name; empty for a grid aligned to the epoch in UTC. */
  readonly timeZone: string;
}

/** Windows that end when nothing has come for a key for the time of `gap`, in ms. */
export interface SessionShape {
  readonly kind: 'session';
  readonly gap: number;
}

export type WindowShape = GridShape | SessionShape;

/**
 * Checks a grid.
 * @throws {SettingError} naming the setting and quoting what it was
 */
export function windowGrid(size: number, slide: number, timeZone = ''): GridShape {
  if (size <= 0) throw new SettingError('The window size must be longer than nothing.', { setting: 'size' });
  if (slide <= 0 || slide > size) {
    throw new SettingError(
      `The slide ${formatDuration(slide)} must be longer than nothing and at most the size ${formatDuration(size)}.`,
      { setting: 'slide' },
    );
  }
  if (timeZone !== '') checkZone(size, slide, timeZone);
  return { kind: 'grid', size, slide, timeZone };
}

/**
 * Checks a gap.
 * @throws {SettingError} if it is nothing
 */
export function sessionWindows(gap: number): SessionShape {
  if (gap <= 0) throw new SettingError('The gap of a session must be longer than nothing.', { setting: 'gap' });
  return { kind: 'session', gap };
}

function checkZone(size: number, slide: number, timeZone: string): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone });
  } catch {
    throw new SettingError(`"${timeZone}" is not a time zone.`, {
      setting: 'timeZone',
      remedy: 'Write a name such as Asia/Shanghai or Europe/Berlin, or leave it empty for UTC.',
    });
  }
  if (size % DAY === 0 && slide % DAY === 0) return;
  throw new SettingError(
    `In the time zone ${timeZone} windows are calendar days: size ${formatDuration(size)} and slide ${formatDuration(slide)} are not whole days.`,
    { setting: 'size', remedy: 'Write 1d or 7d, or leave the time zone empty.' },
  );
}

/** The part of a window node's settings that describes its windows; durations in ms. */
export interface ShapeSettings {
  readonly window: 'tumbling' | 'sliding' | 'session';
  readonly size: number;
  readonly slide: number;
  readonly gap: number;
  readonly timeZone: string;
}

/**
 * The windows that the settings describe.
 * @throws {SettingError} if there are none such
 */
export function shapeOf({ window, size, slide, gap, timeZone }: ShapeSettings): WindowShape {
  if (window === 'session') return sessionWindows(gap);
  return windowGrid(size, window === 'sliding' ? slide : size, timeZone.trim());
}

/** What tells shapes apart. */
export function shapeName(shape: WindowShape): string {
  return shape.kind === 'session' ? `session:${shape.gap}` : `${shape.size}:${shape.slide}:${shape.timeZone}`;
}

/** The shape that a name was made of. */
export function shapeNamed(name: string): WindowShape {
  const [first = '', second = '', timeZone = ''] = name.split(':');
  return first === 'session'
    ? { kind: 'session', gap: Number(second) }
    : { kind: 'grid', size: Number(first), slide: Number(second), timeZone };
}
