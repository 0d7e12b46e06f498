import type { Rejection } from '../core/records';
import type { Carrier, Lane } from '../delivery/lane';
import type { Ledger } from '../delivery/ledger';
import type { Outbox } from '../delivery/outbox';
import type { Participant } from '../delivery/participant';
import { mergeCounts } from './aggregate';
import type { WindowGrid } from './assign';
import { type Contribution, type CountSettings, Counting, windowKey } from './contribution';
import { lateRejections } from './late';
import { type WindowResult, resultOf } from './result';
import { Watermark, type WatermarkOptions } from './watermark';
import { type OpenWindow, type WindowState, openWindow } from './windowState';

export interface WindowSettings extends CountSettings, WatermarkOptions {
  readonly grid: WindowGrid;
  /** `close`: a window's result once it is complete; `update`: also what it has so far, when asked by `update`. */
  readonly emit: 'close' | 'update';
  /** How many keys a result names; 0 for all. */
  readonly top: number;
  /** Windows survive a restart. */
  readonly durable: boolean;
  /** Late records are wanted. */
  readonly keepLate: boolean;
}

/** What may be asked of the windows, in order with the records. */
export type Command =
  | { readonly command: 'flush' | 'reset' | 'update' | 'advance' }
  | { readonly command: 'grid'; readonly grid: WindowGrid };

type Delta = Contribution | Command;

/** The outputs of a window node. */
export const RESULTS = 0;
export const LATE = 1;

/**
 * Counts keys in event-time windows as a part of the one commit: the windows are always those of exactly the committed
 * prefix of each source. A message is one micro-batch in Spark's sense.
 */
export class WindowCounter implements Participant<Delta> {
  readonly #counting: Counting;
  readonly #watermark: Watermark;
  #windows = new Map<string, OpenWindow>();
  #grid: WindowGrid;
  #origins = new Set<string>();
  #touched = new Set<OpenWindow>();
  #closed: OpenWindow[] = [];
  #results: WindowResult[] = [];
  #late: (Rejection | Rejection[])[] = [];
  #cleared = false;
  #newGrid: WindowGrid | undefined;

  constructor(
    private readonly node: string,
    private readonly settings: WindowSettings,
    private readonly state: WindowState,
    private readonly ledger: Pick<Ledger, 'lanesOf' | 'laneOf' | 'contributor' | 'contributeAlone'>,
    private readonly outbox: Outbox,
    private readonly clock: () => number = Date.now,
  ) {
    this.#counting = new Counting(settings, clock);
    this.#watermark = new Watermark(settings);
    this.#grid = settings.grid;
    this.reload();
  }

  /** Counts the records of a message; they count once the message is finished. */
  add(
    message: Carrier,
    batch: readonly unknown[],
    asBatch: boolean,
  ): { rejected: Rejection[]; committed: Promise<void> | undefined } {
    const lane = this.ledger.laneOf(message);
    const from = { lane: lane?.name ?? '', origin: lane?.origin ?? '', asBatch };
    const { contribution, rejected } = this.#counting.count(batch, this.#grid, from);
    return { rejected, committed: this.ledger.contributor(message).contribute(this, contribution) };
  }

  /** Asks something of the windows, in order with the message's records. */
  command(message: Carrier, command: Command): Promise<void> | undefined {
    if (command.command === 'grid') this.#grid = command.grid;
    return this.ledger.contributor(message).contribute(this, command);
  }

  /** Looks at the clock: sends updates that are due and closes windows whose last partitions have fallen silent. */
  tick(): void {
    const now = this.clock();
    if (this.settings.emit === 'update' && [...this.#windows.values()].some((window) => window.changed)) {
      void this.ledger.contributeAlone<Delta>(this, { command: 'update' }).catch(() => undefined);
    }
    const reached = this.#watermark.advance(this.#lanes(), now);
    if ([...this.#windows.values()].some((window) => window.end <= reached)) {
      void this.ledger.contributeAlone<Delta>(this, { command: 'advance' }).catch(() => undefined);
    }
  }

  /** How many windows are open, and how many keys they hold together. */
  get size(): { windows: number; keys: number } {
    let keys = 0;
    for (const window of this.#windows.values()) keys += window.keys.size;
    return { windows: this.#windows.size, keys };
  }

  merge(deltas: readonly Delta[]): void {
    const late = this.#watermark.value;
    for (const delta of deltas) {
      if ('command' in delta) this.#obey(delta);
      else this.#take(delta, late);
    }
    this.#close(this.#watermark.advance(this.#lanes(), this.clock()));
  }

  save(): void {
    const { state } = this;
    if (this.settings.durable) {
      if (this.#cleared) state.clear();
      if (this.#newGrid !== undefined) state.saveGrid(this.#newGrid);
      for (const window of this.#closed) state.drop(window);
      for (const window of this.#touched) state.save(window);
      state.saveProgress(this.#watermark.progress());
    }
    for (const result of this.#results) this.outbox.put(result.id, RESULTS, { payload: result });
    for (const rejections of this.#late) this.outbox.put('late', LATE, { payload: rejections });
  }

  committed(): void {
    this.#forgetChanges();
    this.outbox.wake();
  }

  reload(): void {
    this.#forgetChanges();
    if (!this.settings.durable) return;
    this.#windows = this.state.load();
    this.#watermark.restore(this.state.loadProgress());
    this.#grid = this.state.loadGrid() ?? this.settings.grid;
  }

  #forgetChanges(): void {
    this.#touched.clear();
    this.#closed = [];
    this.#results = [];
    this.#late = [];
    this.#cleared = false;
    this.#newGrid = undefined;
  }

  #take(contribution: Contribution, late: number): void {
    const missed = new Set<string>();
    for (const [key, part] of contribution.parts) {
      if (part.end <= late) {
        missed.add(key);
        continue;
      }
      let window = this.#windows.get(key);
      if (window === undefined) {
        window = openWindow(part.start, part.end);
        this.#windows.set(key, window);
      }
      mergeCounts(window, part);
      for (const name of part.keys.keys()) window.unsaved.add(name);
      window.changed = true;
      this.#touched.add(window);
    }
    if (missed.size > 0 && this.settings.keepLate) this.#late.push(...lateRejections(contribution, missed, late));
    this.#origins.add(contribution.origin);
    if (contribution.latest > -Infinity) this.#watermark.observe(contribution.lane, contribution.latest, this.clock());
  }

  #obey(command: Command): void {
    switch (command.command) {
      case 'flush': {
        const last = Math.max(0, ...[...this.#windows.values()].map((window) => window.end));
        this.#watermark.raise(last);
        this.#close(last);
        return;
      }
      case 'reset':
        this.#windows.clear();
        this.#touched.clear();
        this.#closed = [];
        this.#watermark.restore(undefined);
        this.#cleared = true;
        return;
      case 'grid':
        this.#newGrid = command.grid;
        return;
      case 'update':
        for (const window of inOrder(this.#windows.values())) {
          if (!window.changed) continue;
          this.#results.push(this.#result(window, false));
          window.changed = false;
          this.#touched.add(window);
        }
        return;
      case 'advance':
        return;
    }
  }

  #close(watermark: number): void {
    const due = [...this.#windows.values()].filter((window) => window.end <= watermark);
    for (const window of inOrder(due)) {
      this.#windows.delete(windowKey(window.start, window.end));
      this.#touched.delete(window);
      this.#closed.push(window);
      this.#results.push(this.#result(window, true));
    }
  }

  #result(window: OpenWindow, final: boolean): WindowResult {
    return resultOf(this.node, window, final, this.settings.top, this.settings.value !== '');
  }

  #lanes(): Lane<unknown>[] {
    return [...this.#origins].flatMap((origin) => (origin === '' ? [] : this.ledger.lanesOf(origin)));
  }
}

function inOrder(windows: Iterable<OpenWindow>): OpenWindow[] {
  return [...windows].sort((a, b) => a.end - b.end || a.start - b.start);
}
