import { SettingError } from '../core/errors';
import type { Rejection } from '../core/records';
import type { Carrier, Lane } from '../delivery/lane';
import type { Ledger } from '../delivery/ledger';
import type { Outbox } from '../delivery/outbox';
import type { Participant } from '../delivery/participant';
import { type Contribution, type CountSettings, Counting } from './contribution';
import { GridWindows } from './gridWindows';
import { lateRejections } from './late';
import type { OpenWindows } from './openWindows';
import { type ResultSettings, type WindowResult, resultOf } from './result';
import { rowsOf } from './rows';
import { Sessions } from './sessions';
import { type WindowShape, shapeName, shapeNamed } from './shape';
import { Trends } from './trends';
import { type Progress, Watermark, type WatermarkOptions } from './watermark';
import type { WindowState } from './windowState';
import { JoinedView, type WindowView } from './windowView';

export interface WindowSettings extends CountSettings, WatermarkOptions, ResultSettings {
  readonly shape: WindowShape;
  /** `close`: a window's result once it is complete; `update`: also what it has so far, when asked by `update`. */
  readonly emit: 'close' | 'update';
  /** How many windows the mean remembers that `trends` compares with. */
  readonly history: number;
  /** A message for each window, or a batch of flat rows. */
  readonly output: 'windows' | 'rows';
  /** Windows survive a restart. */
  readonly durable: boolean;
  /** Late records are wanted. */
  readonly keepLate: boolean;
}

/** What may be asked of the windows, in order with the records. */
export type Command =
  | { readonly command: 'flush' | 'reset' | 'update' | 'advance' }
  | { readonly command: 'shape'; readonly shape: WindowShape };

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
  readonly #trends: Trends | undefined;
  #origins = new Set<string>();
  /** The partitions being read; they do not change within a commit. */
  #lanes: Lane<unknown>[] | undefined;
  /** When a partition was last there. */
  #read: number;
  /** The windows of each shape, by its name: those of an earlier one close as they are. */
  #open = new Map<string, OpenWindows>();
  #shape: WindowShape;
  #results: WindowResult[] = [];
  #late: (Rejection | Rejection[])[] = [];
  #cleared = false;
  #newShape: WindowShape | undefined;
  /** How far time had come at the last commit. */
  #committed: Progress | undefined;

  /** @throws {SettingError} if the settings do not go together */
  constructor(
    private readonly node: string,
    private readonly settings: WindowSettings,
    private readonly state: WindowState,
    private readonly ledger: Pick<Ledger, 'lanesOf' | 'laneOf' | 'contributor' | 'contributeAlone'>,
    private readonly outbox: Outbox,
    private readonly clock: () => number = Date.now,
  ) {
    checkTogether(settings.shape, settings);
    this.#counting = new Counting(settings, clock);
    this.#watermark = new Watermark(settings);
    this.#shape = settings.shape;
    this.#read = clock();
    if (settings.details === 'trends') this.#trends = new Trends(settings.history);
    this.reload();
  }

  /** Counts the records of a message; they count once the message is finished. */
  add(
    message: Carrier,
    batch: readonly unknown[],
    asBatch: boolean,
  ): { rejected: Rejection[]; committed: Promise<void> | undefined } {
    const lane = this.ledger.laneOf(message);
    const keepRecords = this.settings.keepLate;
    const from = { lane: lane?.name ?? '', origin: lane?.origin ?? '', asBatch, keepRecords };
    const { contribution, rejected } = this.#counting.read(batch, this.#shape, from);
    return { rejected, committed: this.ledger.contributor(message).contribute(this, contribution) };
  }

  /**
   * Asks something of the windows, in order with the message's records.
   * @throws {SettingError} if a new shape does not go with the settings
   */
  command(message: Carrier, command: Command): Promise<void> | undefined {
    if (command.command === 'shape') {
      checkTogether(command.shape, this.settings);
      this.#shape = command.shape;
    }
    return this.ledger.contributor(message).contribute(this, command);
  }

  /** Looks at the clock: sends updates that are due and closes windows whose last partitions have fallen silent. */
  tick(): void {
    const open = [...this.#open.values()];
    if (this.settings.emit === 'update' && open.some((windows) => windows.hasUpdates)) this.#ask('update');
    const reached = this.#reached();
    this.#lanes = undefined;
    if (reached > this.#watermark.value) this.#ask('advance');
  }

  /** How many windows are open, how many keys they hold together, and about how many bytes that takes. */
  get size(): { windows: number; keys: number; bytes: number } {
    const sum = { windows: 0, keys: 0, bytes: 0 };
    for (const windows of this.#open.values()) {
      const size = windows.size();
      sum.windows += size.windows;
      sum.keys += size.keys;
      sum.bytes += size.bytes;
    }
    return sum;
  }

  merge(deltas: readonly Delta[]): void {
    for (const delta of deltas) {
      if ('command' in delta) this.#obey(delta);
      else this.#take(delta);
    }
    this.#watermark.raise(this.#reached());
    this.#close(this.#watermark.value);
  }

  save(): void {
    const { state, outbox, settings } = this;
    if (settings.durable) {
      if (this.#cleared) state.clear();
      if (this.#newShape !== undefined) state.saveShape(this.#newShape, settings.shape);
      for (const windows of this.#open.values()) windows.save(state.log);
      this.#trends?.save(state.log);
      state.saveProgress(this.#progress());
    }
    for (const result of this.#results) {
      const payload = settings.output === 'rows' ? rowsOf(result) : result;
      if (!Array.isArray(payload) || payload.length > 0) outbox.put(result.id, RESULTS, { payload });
    }
    for (const rejections of this.#late) outbox.put('late', LATE, { payload: rejections });
  }

  committed(): void {
    this.#forgetChanges();
    if (!this.settings.durable) this.#committed = this.#progress();
    const present = shapeName(this.#shape);
    for (const [name, windows] of this.#open) if (name !== present && windows.isEmpty) this.#open.delete(name);
    this.outbox.wake();
  }

  reload(): void {
    const { state, settings } = this;
    this.#forgetChanges();
    this.#open = new Map();
    const progress = settings.durable ? state.loadProgress() : this.#committed;
    this.#watermark.restore(progress);
    this.#origins = new Set(progress?.origins);
    if (!settings.durable) return;
    this.#shape = state.loadShape(settings.shape) ?? settings.shape;
    const parts = state.log.load();
    for (const [part, contents] of parts) {
      // A time zone has a slash in its name, too.
      const slash = part.lastIndexOf('/');
      if (slash > 0) this.#windowsOf(shapeNamed(part.slice(0, slash))).load(part.slice(slash + 1), contents);
    }
    this.#trends?.load(parts);
  }

  #forgetChanges(): void {
    this.#lanes = undefined;
    this.#results = [];
    this.#late = [];
    this.#cleared = false;
    this.#newShape = undefined;
  }

  #ask(command: 'update' | 'advance'): void {
    void this.ledger.contributeAlone<Delta>(this, { command }).catch(() => undefined);
  }

  #take(contribution: Contribution): void {
    const watermark = this.#watermark.value;
    const late = this.#windowsOf(contribution.shape).take(contribution, watermark);
    if (late.length > 0 && contribution.records.length > 0)
      this.#late.push(...lateRejections(contribution, late, watermark));
    if (contribution.origin !== '' && !this.#origins.has(contribution.origin)) {
      this.#origins.add(contribution.origin);
      this.#lanes = undefined;
    }
    if (contribution.latest > -Infinity) this.#watermark.observe(contribution.lane, contribution.latest, this.clock());
  }

  #obey(command: Command): void {
    switch (command.command) {
      case 'flush': {
        let last = 0;
        for (const windows of this.#open.values()) last = Math.max(last, windows.lastEnd);
        this.#watermark.raise(last);
        this.#close(last);
        return;
      }
      case 'reset':
        this.#open = new Map();
        this.#trends?.clear();
        this.#watermark.restore(undefined);
        this.#cleared = true;
        this.#newShape = this.#shape;
        return;
      case 'shape':
        this.#newShape = command.shape;
        this.#trends?.clear();
        return;
      case 'update':
        for (const [view, windows] of this.#joined((each) => each.updated())) {
          this.#results.push(this.#result(windows, view, false));
        }
        return;
      case 'advance':
        return;
    }
  }

  #close(watermark: number): void {
    const closed = this.#joined((windows) => windows.close(watermark));
    if (closed.length === 0) return;
    for (const [view, windows] of closed) {
      this.#results.push(this.#result(windows, view, true));
      this.#trends?.observe(view);
    }
    for (const windows of this.#open.values()) windows.drop();
  }

  /** Windows of all shapes, in order of their ends, then of their beginnings; one that several shapes have is one. */
  #joined(viewsOf: (windows: OpenWindows) => WindowView[]): [WindowView, OpenWindows][] {
    const [only] = this.#open.values();
    if (only === undefined) return [];
    if (this.#open.size === 1) return viewsOf(only).map((view) => [view, only]);
    const all = [...this.#open.values()].flatMap((windows) =>
      viewsOf(windows).map((view): [WindowView, OpenWindows] => [view, windows]),
    );
    const joined: [WindowView, OpenWindows][] = [];
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

  #result(windows: OpenWindows, view: WindowView, final: boolean): WindowResult {
    const { settings } = this;
    const before = settings.details === 'counts' ? undefined : windows.before(view);
    return resultOf(this.node, view, final, settings, { before, trends: this.#trends });
  }

  #windowsOf(shape: WindowShape): OpenWindows {
    const name = shapeName(shape);
    let windows = this.#open.get(name);
    if (windows === undefined) {
      windows = this.#newWindows(name, shape);
      this.#open.set(name, windows);
    }
    return windows;
  }

  #newWindows(name: string, shape: WindowShape): OpenWindows {
    const { maxKeys, value, distinct, durable, details, emit } = this.settings;
    const kept = { maxKeys, durable, valued: value !== '', distinct: distinct !== '' };
    if (shape.kind === 'session') return new Sessions(name, shape, kept);
    const options = { ...kept, compared: details !== 'counts', updates: emit === 'update' };
    return new GridWindows(name, shape, options, this.#watermark.value);
  }

  #reached(): number {
    const now = this.clock();
    this.#lanes ??= [...this.#origins].flatMap((origin) => this.ledger.lanesOf(origin));
    if (this.#lanes.length > 0) this.#read = now;
    // After a restart the partitions of a source come one by one, the first of them some time later.
    const { mode, idle } = this.settings;
    const awaited = mode === 'partition' && this.#lanes.length === 0 && this.#origins.size > 0;
    if (awaited && (idle === 0 || now - this.#read < idle)) return this.#watermark.value;
    return this.#watermark.reached(this.#lanes, now);
  }

  #progress(): Progress {
    return { ...this.#watermark.progress(), origins: [...this.#origins] };
  }
}

function checkTogether({ kind }: WindowShape, { emit }: WindowSettings): void {
  if (kind === 'session' && emit === 'update') {
    throw new SettingError('Session windows have no updates, as in Spark.', {
      setting: 'emit',
      remedy: 'Send them when they are complete, or count in tumbling windows.',
    });
  }
}
