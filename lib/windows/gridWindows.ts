import type { Contribution } from './contribution';
import { KeyTable, type SavedSlots, type TableOptions } from './keyTable';
import type { Interval, LateRecord, OpenWindows } from './openWindows';
import { PaneView } from './paneView';
import { type Panes, firstWindow, lastWindow, panesOf } from './panes';
import { type SavedCounts, SentCounts } from './sentCounts';
import type { GridShape } from './shape';
import type { WindowLog } from './windowLog';
import type { WindowView } from './windowView';

interface Pane {
  readonly number: number;
  readonly table: KeyTable;
  /** When the first and the last of its windows end. */
  readonly firstEnd: number;
  readonly lastEnd: number;
  /** Has taken records since the last update, and since it was last saved. */
  changed: boolean;
  unsaved: boolean;
}

export interface GridOptions extends TableOptions {
  /** Remembers what the last window has come to, to compare the next one with it. */
  readonly compared: boolean;
  /** Updates are sent. */
  readonly updates: boolean;
}

/** The part of the state with the window that was sent last. */
const SENT = 'sent';
const NOTHING_SENT = new SentCounts(Number.NaN, new Map());

/** Tumbling and sliding windows. */
export class GridWindows implements OpenWindows {
  readonly #panes: Panes;
  readonly #open = new Map<number, Pane>();
  /** Panes that the store still has. */
  readonly #dropped: number[] = [];
  #latest: Pane | undefined;
  #closedUpTo: number;
  /** The same, but for windows that `close` has ended and `drop` has not yet let go of. */
  #droppedUpTo: number;
  #nextEnd = Infinity;
  #ended: PaneView | undefined;
  #sent: SentCounts | undefined;
  #sentIsUnsaved = false;

  /** @param watermark what windows have been closed up to */
  constructor(
    private readonly name: string,
    shape: GridShape,
    private readonly options: GridOptions,
    watermark: number,
  ) {
    this.#panes = panesOf(shape);
    this.#closedUpTo = watermark;
    this.#droppedUpTo = watermark;
  }

  take({ times, keys, values, distinct }: Contribution, watermark: number): LateRecord[] {
    const late: LateRecord[] = [];
    for (let at = 0; at < times.length; at++) {
      const itsKeys = keys[at] ?? [];
      if (itsKeys.length === 0) continue;
      const number = this.#panes.paneOf(times[at] ?? 0);
      const pane = this.#latest?.number === number ? this.#latest : this.#paneFor(number, watermark);
      if (pane === undefined || pane.firstEnd <= watermark) {
        late.push({ at, missed: this.#windowsOf(number).filter(({ end }) => end <= watermark) });
      }
      if (pane === undefined) continue;
      for (const key of itsKeys) pane.table.add(key, values[at] ?? 0, distinct[at] ?? 0);
      pane.changed = true;
      pane.unsaved = true;
    }
    return late;
  }

  close(watermark: number): WindowView[] {
    if (watermark < this.#nextEnd) {
      if (watermark > this.#closedUpTo) {
        this.#closedUpTo = watermark;
        this.#droppedUpTo = watermark;
      }
      return [];
    }
    const views = this.#views(this.#open.values(), (end) => end <= watermark);
    this.#closedUpTo = watermark;
    this.#nextEnd = Infinity;
    this.#latest = undefined;
    for (const pane of this.#open.values()) this.#nextEnd = Math.min(this.#nextEnd, this.#firstOpenEnd(pane));
    this.#ended = views.at(-1);
    return views;
  }

  drop(): void {
    this.#droppedUpTo = this.#closedUpTo;
    if (this.options.compared && this.#ended !== undefined) {
      this.#sent = new SentCounts(this.#panes.paneOf(this.#ended.start), new Map(this.#ended.counts()));
      this.#sentIsUnsaved = true;
    }
    this.#ended = undefined;
    for (const { number, lastEnd } of [...this.#open.values()]) {
      if (lastEnd > this.#closedUpTo) continue;
      this.#open.delete(number);
      if (this.options.durable) this.#dropped.push(number);
    }
  }

  at({ start, end }: Interval): WindowView | undefined {
    const window = this.#panes.paneOf(start);
    if (window % this.#panes.perSlide !== 0 || this.#panes.startOf(window) !== start || this.#endOf(window) !== end) {
      return undefined;
    }
    const view = this.#view(window);
    return view.total > 0 ? view : undefined;
  }

  get hasUpdates(): boolean {
    for (const pane of this.#open.values()) if (pane.changed && pane.lastEnd > this.#closedUpTo) return true;
    return false;
  }

  updated(): WindowView[] {
    const changed = [...this.#open.values()].filter((pane) => pane.changed);
    for (const pane of changed) pane.changed = false;
    return this.#views(changed, () => true);
  }

  before({ start }: WindowView): Pick<WindowView, 'countOf'> {
    const window = this.#panes.paneOf(start) - this.#panes.perSlide;
    if (this.#endOf(window) > this.#droppedUpTo) return this.#view(window);
    // Records that came late for it have been counted in its panes since.
    return this.#sent?.window === window ? this.#sent : NOTHING_SENT;
  }

  get lastEnd(): number {
    let last = -Infinity;
    for (const { lastEnd } of this.#open.values()) if (lastEnd > this.#closedUpTo) last = Math.max(last, lastEnd);
    return last;
  }

  get isEmpty(): boolean {
    return this.#open.size === 0;
  }

  size(): { windows: number; keys: number; bytes: number } {
    let keys = 0;
    let bytes = 0;
    for (const { table } of this.#open.values()) {
      keys += table.size;
      bytes += table.bytes;
    }
    return { windows: this.#openWindows(this.#open.values(), () => true).size, keys, bytes };
  }

  save(log: WindowLog): void {
    if (this.#sentIsUnsaved && this.options.durable) log.replace(`${this.name}/${SENT}`, this.#sent?.save());
    this.#sentIsUnsaved = false;
    for (const number of this.#dropped.splice(0)) if (!this.#open.has(number)) log.drop(this.#part(number));
    for (const pane of this.#open.values()) {
      if (!pane.unsaved) continue;
      pane.unsaved = false;
      const change = pane.table.takeUnsaved();
      if (change !== undefined) log.save(this.#part(pane.number), change, () => pane.table.save());
    }
  }

  load(part: string, contents: readonly unknown[]): void {
    if (part === SENT) {
      for (const content of contents) this.#sent = SentCounts.restore(content as SavedCounts);
      return;
    }
    const pane = this.#newPane(Number(part));
    for (const content of contents) pane.table.load(content as SavedSlots);
    pane.table.loaded();
    pane.changed = this.options.updates;
  }

  /** The pane for a record, unless all of its windows are closed. */
  #paneFor(number: number, watermark: number): Pane | undefined {
    let pane = this.#open.get(number);
    if (pane === undefined) {
      if (this.#endOf(lastWindow(number, this.#panes)) <= watermark) return undefined;
      pane = this.#newPane(number);
    }
    this.#latest = pane;
    return pane;
  }

  #newPane(number: number): Pane {
    const pane = {
      number,
      table: new KeyTable(this.options),
      firstEnd: this.#endOf(firstWindow(number, this.#panes)),
      lastEnd: this.#endOf(lastWindow(number, this.#panes)),
      changed: false,
      unsaved: false,
    };
    this.#open.set(number, pane);
    this.#nextEnd = Math.min(this.#nextEnd, this.#firstOpenEnd(pane));
    return pane;
  }

  #firstOpenEnd({ number, lastEnd }: Pane): number {
    if (lastEnd <= this.#closedUpTo) return Infinity;
    for (let window = firstWindow(number, this.#panes); ; window += this.#panes.perSlide) {
      const end = this.#endOf(window);
      if (end > this.#closedUpTo) return end;
    }
  }

  /** The open windows that some of the panes are part of, as far as their ends fit; by the pane they begin with. */
  #openWindows(panes: Iterable<Pane>, fits: (end: number) => boolean): Set<number> {
    const windows = new Set<number>();
    for (const { number, lastEnd } of panes) {
      if (lastEnd <= this.#closedUpTo) continue;
      const last = lastWindow(number, this.#panes);
      for (let window = firstWindow(number, this.#panes); window <= last; window += this.#panes.perSlide) {
        const end = this.#endOf(window);
        if (end > this.#closedUpTo && fits(end)) windows.add(window);
      }
    }
    return windows;
  }

  #views(panes: Iterable<Pane>, fits: (end: number) => boolean): PaneView[] {
    return [...this.#openWindows(panes, fits)].sort((a, b) => a - b).map((window) => this.#view(window));
  }

  #view(window: number): PaneView {
    const tables: KeyTable[] = [];
    const end = window + this.#panes.perWindow;
    for (let number = window; number < end; number++) {
      const pane = this.#open.get(number);
      if (pane !== undefined) tables.push(pane.table);
    }
    return new PaneView(this.#panes.startOf(window), this.#endOf(window), tables, this.options.maxKeys);
  }

  #windowsOf(number: number): Interval[] {
    const windows: Interval[] = [];
    const last = lastWindow(number, this.#panes);
    for (let window = firstWindow(number, this.#panes); window <= last; window += this.#panes.perSlide) {
      windows.push({ start: this.#panes.startOf(window), end: this.#endOf(window) });
    }
    return windows;
  }

  #endOf(window: number): number {
    return this.#panes.startOf(window + this.#panes.perWindow);
  }

  #part(number: number): string {
    return `${this.name}/${number}`;
  }
}
