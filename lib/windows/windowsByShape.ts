import { GridWindows } from './gridWindows';
import { JoinedView } from './joinedView';
import type { OpenWindows } from './openWindows';
import { Sessions } from './sessions';
import { type WindowShape, shapeName, shapeNamed } from './shape';
import type { WindowLog } from './windowLog';
import type { WindowSettings } from './windowSettings';
import type { WindowView } from './windowView';

/** What a window has come to, and the windows of the shape that it is one of. */
export type OneOf = readonly [view: WindowView, windows: OpenWindows];

/** The windows of all shapes that a node has been told and that are not closed: those of an earlier one close as they are. */
export class WindowsByShape {
  readonly #open = new Map<string, OpenWindows>();

  constructor(private readonly settings: WindowSettings) {}

  /**
   * The windows of one shape.
   * @param watermark what windows have been closed up to, should these be the first of their shape
   */
  of(shape: WindowShape, watermark: number): OpenWindows {
    const name = shapeName(shape);
    let windows = this.#open.get(name);
    if (windows === undefined) {
      windows = this.#newWindows(name, shape, watermark);
      this.#open.set(name, windows);
    }
    return windows;
  }

  /** Ends the windows that the watermark has reached; `drop` what it returns, if it is any, when it has been looked at. */
  close(watermark: number): OneOf[] {
    return this.#joined((windows) => windows.close(watermark));
  }

  drop(): void {
    for (const windows of this.#open.values()) windows.drop();
  }

  /** The windows that have changed since the last call. */
  updated(): OneOf[] {
    return this.#joined((windows) => windows.updated());
  }

  get hasUpdates(): boolean {
    return [...this.#open.values()].some((windows) => windows.hasUpdates);
  }

  /** The greatest end of a window that is open; -Infinity if none is. */
  get lastEnd(): number {
    return Math.max(-Infinity, ...[...this.#open.values()].map(({ lastEnd }) => lastEnd));
  }

  /** Open windows, the keys that they hold, and about how many bytes that takes. */
  size(): { windows: number; keys: number; bytes: number } {
    const sum = { windows: 0, keys: 0, bytes: 0 };
    for (const windows of this.#open.values()) {
      const size = windows.size();
      sum.windows += size.windows;
      sum.keys += size.keys;
      sum.bytes += size.bytes;
    }
    return sum;
  }

  /** Writes what has changed, inside a commit; of an earlier shape whose windows have all closed nothing is left. */
  save(log: WindowLog, present: WindowShape): void {
    const kept = shapeName(present);
    for (const [name, windows] of this.#open) {
      if (name !== kept && windows.isEmpty) log.dropBelow(`${name}/`);
      else windows.save(log);
    }
  }

  /** Takes in what was saved, by parts, up to a watermark. */
  load(parts: ReadonlyMap<string, readonly unknown[]>, watermark: number): void {
    for (const [part, contents] of parts) {
      // A time zone has a slash in its name, too.
      const slash = part.lastIndexOf('/');
      if (slash <= 0) continue;
      this.of(shapeNamed(part.slice(0, slash)), watermark).load(part.slice(slash + 1), contents);
    }
  }

  /** Lets go of shapes without open windows, but for the present one: call it when they are saved. */
  forgetEmpty(present: WindowShape): void {
    const kept = shapeName(present);
    for (const [name, windows] of this.#open) if (name !== kept && windows.isEmpty) this.#open.delete(name);
  }

  clear(): void {
    this.#open.clear();
  }

  /** In order of their ends, then of their beginnings; a window that several shapes have is one. */
  #joined(viewsOf: (windows: OpenWindows) => WindowView[]): OneOf[] {
    const all = [...this.#open.values()].flatMap((windows) => viewsOf(windows).map((view): OneOf => [view, windows]));
    if (this.#open.size < 2) return all;
    const joined: OneOf[] = [];
    const sorted = all.sort(([a], [b]) => a.end - b.end || a.start - b.start);
    for (let from = 0; from < sorted.length;) {
      const first = sorted[from];
      if (first === undefined) break;
      const [view, windows] = first;
      const { start, end } = view;
      let to = from + 1;
      while (sorted[to]?.[0].start === start && sorted[to]?.[0].end === end) to++;
      const same = sorted.slice(from + 1, to);
      const having = new Set([windows, ...same.map(([, each]) => each)]);
      const unchanged = [...this.#open.values()].flatMap((each) => (having.has(each) ? [] : (each.at(view) ?? [])));
      const others = [...same.map(([each]) => each), ...unchanged];
      joined.push([others.length === 0 ? view : new JoinedView([view, ...others]), windows]);
      from = to;
    }
    return joined;
  }

  #newWindows(name: string, shape: WindowShape, watermark: number): OpenWindows {
    const { maxKeys, value, distinct, durable, details, emit } = this.settings;
    const kept = { maxKeys, durable, valued: value !== '', distinct: distinct !== '' };
    if (shape.kind === 'session') return new Sessions(name, shape, kept);
    const options = { ...kept, compared: details !== 'counts', updates: emit === 'update' };
    return new GridWindows(name, shape, options, watermark);
  }
}
