import { type Shape, type Span, spanBefore, spansOf } from './referenceTime';

/** What the reference understands of a counter's settings. */
export interface ReferenceSettings {
  readonly keys: readonly string[];
  readonly time: string;
  readonly value: string;
  readonly distinct: string;
  readonly mode: 'partition' | 'stream';
  readonly delay: number;
  readonly idle: number;
  readonly shape: Shape;
  readonly emit: 'close' | 'update';
  readonly top: number;
  readonly details: 'counts' | 'ranks' | 'trends';
  readonly history: number;
  readonly output: 'windows' | 'rows';
}

export type ReferenceCommand =
  { readonly command: 'flush' | 'reset' | 'update' | 'advance' } | { readonly command: 'shape'; readonly shape: Shape };

/** A record that came too late for some windows. */
export interface LateRecord {
  readonly record: unknown;
  /** `start/end` of each window that it missed. */
  readonly missed: string[];
}

/** One record, kept for good. */
interface Event {
  readonly record: unknown;
  readonly time: number;
  /** Each combination of keys that it counts for, as often as it does. */
  readonly keys: string[][];
  readonly value: number;
  /** Undefined where the record has none. */
  readonly distinct: string | undefined;
  readonly shape: Shape;
  /** The watermark when its message came. */
  readonly watermark: number;
  /** Keys for which a session with this event in it was closed. */
  readonly spent: Set<string>;
}

interface Partition {
  open: boolean;
  atEnd: boolean;
  heard: number;
  greatest: number;
}

/** Something counted: one key of one event. */
interface Mark {
  readonly event: Event;
  readonly key: string[];
}

interface Window {
  readonly span: Span;
  readonly shape: Shape;
  readonly marks: Mark[];
}

interface Line {
  key: string;
  count: number;
  keys?: Record<string, string>;
  expected?: number;
  deviation?: number;
  trend?: number;
  [field: string]: unknown;
}

type Result = Record<string, unknown> & { id: string; final: boolean; total: number; counts: Line[] };

const DAY = 86_400_000;

/**
 * Windows as the reference text has them, slow and obvious: it keeps every record of every message, and computes each
 * window anew from all of them whenever it is asked for.
 */
export class Reference {
  readonly results: unknown[] = [];
  readonly late: LateRecord[] = [];
  /** Records that no window could take. */
  readonly rejected: unknown[] = [];
  #events: Event[] = [];
  #partitions = new Map<string, Partition>();
  #watermark = 0;
  #shape: Shape;
  /** A first message has said which source's partitions these are: none of them has been silent for longer. */
  #known = false;
  /** Counts of the closed windows by key, in the order in which they closed. */
  #closed: Map<string, number>[] = [];
  /** How many marks a window had when it was last sent. */
  #shown = new Map<string, number>();

  constructor(
    readonly node: string,
    readonly settings: ReferenceSettings,
    readonly clock: () => number,
  ) {
    this.#shape = settings.shape;
  }

  open(lane: string): void {
    const known = this.#partitions.get(lane);
    if (known !== undefined) known.open = true;
    else this.#partitions.set(lane, { open: true, atEnd: false, heard: this.clock(), greatest: -Infinity });
  }

  close(lane: string): void {
    const known = this.#partitions.get(lane);
    if (known === undefined) return;
    known.open = false;
    // Whoever reads it next has not come to its end yet.
    known.atEnd = false;
  }

  /** The process starts anew: state is as it was, and no lane is open yet. */
  crash(): void {
    for (const partition of this.#partitions.values()) {
      partition.open = false;
      partition.atEnd = false;
      partition.heard = this.clock();
    }
  }

  atEnd(lane: string, atEnd: boolean): void {
    this.open(lane);
    const known = this.#partitions.get(lane);
    if (known !== undefined) known.atEnd = atEnd;
  }

  /** One message: one micro-batch. */
  send(records: readonly unknown[], lane: string): void {
    this.open(lane);
    if (!this.#known) for (const each of this.#partitions.values()) each.heard = this.clock();
    this.#known = true;
    const partition = this.#partitions.get(lane);
    const watermark = this.#watermark;
    for (const record of records) {
      const event = this.#eventOf(record, watermark);
      if (event === undefined) {
        this.rejected.push(record);
        continue;
      }
      this.#events.push(event);
      const missed = ownSpans(event).filter(({ end }) => end <= watermark);
      if (missed.length > 0 && event.keys.length > 0) this.late.push({ record, missed: missed.map(spanName) });
      if (partition === undefined) continue;
      partition.greatest = Math.max(partition.greatest, event.time);
      partition.heard = this.clock();
    }
    this.#advance();
  }

  command(command: ReferenceCommand): void {
    switch (command.command) {
      case 'flush':
        this.#closeUntil(Math.max(this.#watermark, ...this.#windows().map(({ span }) => span.end)));
        break;
      case 'reset':
        this.#events = [];
        this.#closed = [];
        this.#shown.clear();
        this.#watermark = 0;
        for (const partition of this.#partitions.values()) {
          partition.greatest = -Infinity;
          partition.heard = this.clock();
        }
        break;
      case 'update':
        this.#update();
        break;
      case 'advance':
        break;
      case 'shape':
        this.#shape = command.shape;
        break;
    }
    this.#advance();
  }

  /** Time has passed: updates are sent, idle partitions are left out. */
  tick(): void {
    if (this.settings.emit === 'update') this.#update();
    this.#advance();
  }

  // ---- time

  #advance(): void {
    const { mode, delay, idle } = this.settings;
    const all = [...this.#partitions.values()];
    let least: number;
    if (mode === 'stream') {
      least = Math.max(-Infinity, ...all.map(({ greatest }) => greatest));
    } else {
      const heard = all.filter(
        (partition) => partition.open && !(partition.atEnd && this.clock() - partition.heard >= idle),
      );
      least = heard.length === 0 ? -Infinity : Math.min(...heard.map(({ greatest }) => greatest));
    }
    this.#closeUntil(Math.max(this.#watermark, least - delay));
  }

  #closeUntil(watermark: number): void {
    const ripe = this.#windows().filter(({ span }) => span.end <= watermark);
    this.#watermark = watermark;
    for (const window of ripe) {
      this.#send(this.#result(window, true));
      for (const { event, key } of window.marks) if (event.shape.kind === 'session') event.spent.add(name(key));
      if (window.shape.kind === 'grid') this.#closed.push(countsOf(window.marks));
    }
  }

  #update(): void {
    for (const window of this.#windows()) {
      if (this.#shown.get(placeOf(window.span)) === window.marks.length) continue;
      this.#shown.set(placeOf(window.span), window.marks.length);
      this.#send(this.#result(window, false));
    }
  }

  // ---- windows

  /** All windows not closed yet that have something in them, by end, then start; one span is one window. */
  #windows(): Window[] {
    const windows = new Map<string, Window>();
    for (const { span, shape, marks } of [...this.#allGridWindows(), ...this.#sessions()]) {
      if (span.end <= this.#watermark) continue;
      for (const mark of marks) addMark(windows, span, shape, mark);
    }
    return [...windows.values()].sort((a, b) => a.span.end - b.span.end || a.span.start - b.span.start);
  }

  #allGridWindows(): Window[] {
    const windows = new Map<string, Window>();
    for (const event of this.#events) {
      if (event.shape.kind !== 'grid') continue;
      for (const span of spansOf(event.shape, event.time)) {
        if (span.end <= event.watermark) continue;
        for (const key of event.keys) addMark(windows, span, event.shape, { event, key });
      }
    }
    return [...windows.values()];
  }

  /**
   * What events less than a gap apart make together, for each key apart; those with the same span are one result. An open
   * session closes as it is when the gap is changed: those of one gap do not merge with those of another.
   */
  #sessions(): Window[] {
    const byKey = new Map<string, (Mark & { end: number })[]>();
    for (const event of this.#events) {
      if (event.shape.kind !== 'session') continue;
      const end = event.time + event.shape.gap;
      if (end <= event.watermark) continue;
      for (const key of event.keys) {
        if (event.spent.has(name(key))) continue;
        const session = `${event.shape.gap} ${name(key)}`;
        const marks = byKey.get(session) ?? [];
        byKey.set(session, marks);
        marks.push({ event, key, end });
      }
    }
    const windows = new Map<string, Window>();
    for (const marks of byKey.values()) {
      marks.sort((a, b) => a.event.time - b.event.time);
      for (const session of runsOf(marks)) {
        const start = session[0]?.event.time ?? 0;
        const span = { start, end: Math.max(...session.map(({ end }) => end)), first: start };
        for (const mark of session) addMark(windows, span, mark.event.shape, mark);
      }
    }
    return [...windows.values()];
  }

  // ---- results

  #send(result: Result): void {
    if (this.settings.output === 'windows') this.results.push(result);
    else if (result.counts.length > 0) this.results.push(rowsOf(result));
  }

  #result(window: Window, final: boolean): Result {
    const { settings } = this;
    const { marks, span } = window;
    const groups = new Map<string, Mark[]>();
    for (const mark of marks) groups.set(name(mark.key), [...(groups.get(name(mark.key)) ?? []), mark]);
    const lines = [...groups.values()].map((group) => this.#line(group));
    lines.sort((a, b) => b.count - a.count || (a.key < b.key ? -1 : Number(a.key > b.key)));
    const counts = settings.top === 0 ? lines : lines.slice(0, settings.top);
    const total = marks.length;
    const result: Result = {
      id: `${this.node}:${spanName(span)}`,
      window: { start: iso(span.start), end: iso(span.end) },
      final,
      total,
      counts,
    };
    if (settings.distinct !== '') {
      result.distinct = differentValues(marks);
      result.distinctError = 1.04 / Math.sqrt(4096);
    }
    if (settings.details !== 'counts') this.#addRanks(window, result);
    if (settings.details === 'trends') {
      for (const line of lines) this.#addTrend(line);
      result.trending = this.#trending(lines);
    }
    return result;
  }

  #line(group: readonly Mark[]): Line {
    const { keys, value, distinct } = this.settings;
    const parts = group[0]?.key ?? [];
    const line: Line = { key: parts.join(' | '), count: group.length };
    if (keys.length > 1) line.keys = Object.fromEntries(keys.map((path, index) => [path, parts[index] ?? '']));
    if (value !== '') {
      const values = group.map(({ event }) => event.value);
      const sum = values.reduce((one, other) => one + other, 0);
      Object.assign(line, { sum, mean: sum / values.length, min: Math.min(...values), max: Math.max(...values) });
    }
    if (distinct !== '') line.distinct = differentValues(group);
    return line;
  }

  #addRanks({ span, shape }: Window, { counts, total }: Result): void {
    let before = new Map<string, number>();
    if (shape.kind === 'grid') {
      const earlier = placeOf(spanBefore(shape, span));
      before = countsOf(this.#allGridWindows().find((window) => placeOf(window.span) === earlier)?.marks ?? []);
    }
    for (const [index, line] of counts.entries()) {
      line.rank = index + 1;
      line.share = line.count / total;
      if (shape.kind === 'session') continue;
      line.previous = before.get(line.key) ?? 0;
      line.change = line.count - (before.get(line.key) ?? 0);
    }
  }

  /** Tony Finch, Incremental calculation of weighted mean and variance (2009), section 9, over all closed windows. */
  #addTrend(line: Line): void {
    const alpha = 2 / (this.settings.history + 1);
    let mean = 0;
    let variance = 0;
    for (const [index, counts] of this.#closed.entries()) {
      const count = counts.get(line.key) ?? 0;
      const difference = index === 0 ? 0 : count - mean;
      if (index === 0) mean = count;
      variance = (1 - alpha) * (variance + alpha * difference ** 2);
      mean += alpha * difference;
    }
    line.expected = mean;
    line.deviation = Math.max(Math.sqrt(variance), Math.sqrt(mean), 1);
    line.trend = (line.count - mean) / line.deviation;
  }

  /** Of all keys, also those that top leaves out. */
  #trending(lines: readonly Line[]): object[] {
    return lines
      .filter(({ trend = 0 }) => trend >= 3)
      .sort((a, b) => (b.trend ?? 0) - (a.trend ?? 0) || (a.key < b.key ? -1 : 1))
      .slice(0, this.settings.top === 0 ? 20 : this.settings.top)
      .map(({ key, count, expected, trend }) => ({ key, count, expected, trend }));
  }

  // ---- records

  #eventOf(record: unknown, watermark: number): Event | undefined {
    const { keys, time, value, distinct } = this.settings;
    const instant = time === '' ? this.clock() : instantOf(field(record, time));
    if (typeof record !== 'object' || record === null) return undefined;
    if (instant === undefined || instant > this.clock() + DAY) return undefined;
    const parts = keys.map((path) => keysOf(field(record, path)));
    if (parts.includes(undefined)) return undefined;
    const number = value === '' ? 0 : field(record, value);
    if (typeof number !== 'number' || !Number.isFinite(number)) return undefined;
    let combinations: string[][] = keys.length === 0 ? [['*']] : [[]];
    for (const part of parts) combinations = combinations.flatMap((all) => (part ?? []).map((each) => [...all, each]));
    return {
      record,
      time: instant,
      keys: combinations,
      value: number,
      distinct: distinct === '' ? undefined : textOf(field(record, distinct)),
      shape: this.#shape,
      watermark,
      spent: new Set(),
    };
  }
}

/** The windows an event would count for if it were never late. */
function ownSpans({ shape, time }: Event): Span[] {
  return shape.kind === 'grid' ? spansOf(shape, time) : [{ start: time, end: time + shape.gap, first: time }];
}

/** Cuts events in order of time where the next begins at or after the end of all before. */
function runsOf<Item extends { event: Event; end: number }>(marks: readonly Item[]): Item[][] {
  const runs: Item[][] = [];
  let end = -Infinity;
  for (const mark of marks) {
    if (mark.event.time >= end) runs.push([]);
    runs.at(-1)?.push(mark);
    end = Math.max(end, mark.end);
  }
  return runs;
}

function addMark(windows: Map<string, Window>, span: Span, shape: Shape, mark: Mark): void {
  const window = windows.get(placeOf(span)) ?? { span, shape, marks: [] };
  windows.set(placeOf(span), window);
  window.marks.push(mark);
}

function countsOf(marks: readonly Mark[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { key } of marks) counts.set(key.join(' | '), (counts.get(key.join(' | ')) ?? 0) + 1);
  return counts;
}

function differentValues(marks: readonly Mark[]): number {
  return new Set(marks.map(({ event }) => event.distinct).filter((value) => value !== undefined)).size;
}

function textOf(value: unknown): string | undefined {
  return value === undefined || value === null ? undefined : JSON.stringify(value);
}

function rowsOf({ id, window, final, total, counts }: Result): object[] {
  const { start, end } = window as { start: string; end: string };
  return counts.map(({ key, keys, ...rest }) => ({
    id: `${id}:${key}`,
    window_id: id,
    window_start: start,
    window_end: end,
    final,
    total,
    key,
    ...Object.fromEntries(Object.entries(keys ?? {}).map(([path, part]) => [path.replaceAll('.', '_'), part])),
    ...rest,
  }));
}

function field(record: unknown, path: string): unknown {
  let value = record;
  for (const part of path.split('.')) value = (value as Record<string, unknown> | null | undefined)?.[part];
  return value;
}

/** Text and numbers are a key, an array is one for each element. */
function keysOf(value: unknown): string[] | undefined {
  if (Array.isArray(value)) return value.map(String);
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? [String(value)]
    : undefined;
}

/** Numbers, as text too, are seconds while they are small and milliseconds when they are large; other text is a date. */
function instantOf(value: unknown): number | undefined {
  if (typeof value !== 'number' && typeof value !== 'string') return undefined;
  const number = value === '' ? Number.NaN : Number(value);
  const time = Number.isNaN(number) ? Date.parse(String(value)) : Math.abs(number) < 1e11 ? number * 1000 : number;
  return Number.isFinite(time) ? Math.floor(time) : undefined;
}

function name(key: readonly string[]): string {
  return JSON.stringify(key);
}

function iso(time: number): string {
  return new Date(time).toISOString();
}

function spanName({ start, end }: Span): string {
  return `${iso(start)}/${iso(end)}`;
}

/** Tells windows apart. */
function placeOf({ start, end }: Span): string {
  return `${start}/${end}`;
}
