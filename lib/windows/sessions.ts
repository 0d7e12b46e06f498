import type { Contribution } from './contribution';
import { EndingFirst } from './endingFirst';
import { HyperLogLog, type SavedSketch } from './hyperLogLog';
import { type Line, addTo } from './line';
import { LinesView } from './linesView';
import type { LateRecord, OpenWindows } from './openWindows';
import type { SessionShape } from './shape';
import type { WindowLog } from './windowLog';
import type { WindowView } from './windowView';

/** What happened to one key without a pause of `gap`. */
interface Session extends Line {
  readonly id: number;
  start: number;
  end: number;
  gone: boolean;
}

/** A session as it is saved; the id alone once it is gone. */
type Saved =
  | [id: number]
  | [
      ...[id: number, key: string, start: number, end: number, count: number],
      ...[sum: number, least: number | null, greatest: number | null, distinct: SavedSketch | null],
    ];

export interface SessionOptions {
  readonly distinct: boolean;
  readonly valued: boolean;
  /** Remembers what has changed, to be saved. */
  readonly durable: boolean;
}

/** What a session takes in memory, without its key. */
const SESSION_BYTES = 250;

/**
 * Session windows as Spark has them: a record is a session of its own, `[time, time + gap)`, and sessions of a key that
 * overlap are one (org.apache.spark.sql.execution.aggregate.MergingSessionsIterator).
 */
export class Sessions implements OpenWindows {
  readonly #byKey = new Map<string, Session[]>();
  readonly #ends = new EndingFirst<Session>((session) => session.gone);
  readonly #unsaved: Map<number, Session> | undefined;
  #ids = 0;
  #size = 0;
  #characters = 0;

  constructor(
    private readonly name: string,
    private readonly shape: SessionShape,
    private readonly options: SessionOptions,
  ) {
    if (options.durable) this.#unsaved = new Map();
  }

  readonly hasUpdates = false;

  take({ times, keys, values, distinct }: Contribution, watermark: number): LateRecord[] {
    const late: LateRecord[] = [];
    const { gap } = this.shape;
    for (const [at, start] of times.entries()) {
      const end = start + gap;
      const itsKeys = keys[at] ?? [];
      if (itsKeys.length === 0) continue;
      if (end <= watermark) {
        late.push({ at, missed: [{ start, end }] });
        continue;
      }
      for (const key of itsKeys) this.#add(this.#one(key, start, end, values[at], distinct[at]));
    }
    return late;
  }

  close(watermark: number): WindowView[] {
    const ended = this.#ends.take(watermark).sort((a, b) => a.end - b.end || a.start - b.start);
    const views: WindowView[] = [];
    for (let from = 0; from < ended.length;) {
      const { start = 0, end = 0 } = ended[from] ?? {};
      let to = from + 1;
      while (ended[to]?.start === start && ended[to]?.end === end) to++;
      const together = ended.slice(from, to);
      for (const session of together) this.#remove(session);
      views.push(new LinesView(start, end, together));
      from = to;
    }
    return views;
  }

  drop(): void {
    // A session that has ended is gone at once: nothing is compared with it.
  }

  at(): undefined {
    return undefined;
  }

  updated(): WindowView[] {
    return [];
  }

  before(): undefined {
    return undefined;
  }

  get lastEnd(): number {
    let last = -Infinity;
    for (const sessions of this.#byKey.values()) for (const { end } of sessions) last = Math.max(last, end);
    return last;
  }

  get isEmpty(): boolean {
    return this.#size === 0;
  }

  size(): { windows: number; keys: number; bytes: number } {
    return {
      windows: this.#size,
      keys: this.#byKey.size,
      bytes: this.#size * SESSION_BYTES + this.#characters,
    };
  }

  save(log: WindowLog): void {
    if (this.#unsaved === undefined || this.#unsaved.size === 0) return;
    const changes = [...this.#unsaved.values()].map(saved);
    this.#unsaved.clear();
    log.save(`${this.name}/all`, changes, () => [...this.#byKey.values()].flat().map(saved));
  }

  load(_: string, contents: readonly unknown[]): void {
    const byId = new Map<number, Saved>();
    for (const content of contents) {
      for (const each of content as Saved[]) {
        if (each.length === 1) byId.delete(each[0]);
        else byId.set(each[0], each);
      }
    }
    for (const each of byId.values()) {
      if (each.length === 1) continue;
      const [id, key, start, end, count, sum, least, greatest, distinct] = each;
      this.#ids = Math.max(this.#ids, id);
      this.#insert({
        ...{ id, key, start, end, count, sum, error: 0, gone: false },
        least: least ?? Infinity,
        greatest: greatest ?? -Infinity,
        distinct: distinct === null ? undefined : HyperLogLog.restore(distinct),
      });
    }
  }

  #one(key: string, start: number, end: number, value: number | undefined, distinct: number | undefined): Session {
    const sketch = this.options.distinct ? new HyperLogLog() : undefined;
    if (distinct !== undefined && !Number.isNaN(distinct)) sketch?.add(distinct);
    return {
      ...{ id: 0, key, start, end, count: 1, error: 0, gone: false },
      sum: value ?? 0,
      least: value ?? Infinity,
      greatest: value ?? -Infinity,
      distinct: sketch,
    };
  }

  #add(one: Session): void {
    const sessions = this.#byKey.get(one.key) ?? [];
    const overlapping = sessions.filter((session) => session.start < one.end && one.start < session.end);
    const [first, ...others] = overlapping;
    if (first === undefined) {
      this.#insert({ ...one, id: ++this.#ids });
      return;
    }
    for (const other of others) {
      this.#grow(first, other);
      this.#remove(other);
    }
    this.#grow(first, one);
    this.#unsaved?.set(first.id, first);
  }

  #grow(session: Session, by: Session): void {
    session.start = Math.min(session.start, by.start);
    session.end = Math.max(session.end, by.end);
    addTo(session, by);
  }

  #insert(session: Session): void {
    const sessions = this.#byKey.get(session.key);
    if (sessions === undefined) this.#byKey.set(session.key, [session]);
    else sessions.push(session);
    this.#ends.push(session);
    this.#unsaved?.set(session.id, session);
    this.#size++;
    this.#characters += session.key.length;
  }

  #remove(session: Session): void {
    session.gone = true;
    const left = (this.#byKey.get(session.key) ?? []).filter((each) => each !== session);
    if (left.length === 0) this.#byKey.delete(session.key);
    else this.#byKey.set(session.key, left);
    this.#unsaved?.set(session.id, session);
    this.#size--;
    this.#characters -= session.key.length;
  }
}

function saved(session: Session): Saved {
  const { id, key, start, end, count, sum, least, greatest, distinct, gone } = session;
  if (gone) return [id];
  const [from, to] = [least, greatest].map((each) => (Number.isFinite(each) ? each : null));
  return [id, key, start, end, count, sum, from ?? null, to ?? null, distinct?.save() ?? null];
}
