import type { Rejection } from '../core/records';
import type { Carrier } from '../delivery/lane';
import type { Ledger } from '../delivery/ledger';
import type { Outbox } from '../delivery/outbox';
import type { Participant } from '../delivery/participant';
import { type Contribution, Counting } from './contribution';
import { lateRejections } from './late';
import { NodeWatermark } from './nodeWatermark';
import { type WindowResult, resultOf } from './result';
import { payloadOf } from './rows';
import type { WindowShape } from './shape';
import { Trends } from './trends';
import type { Progress } from './watermark';
import { type WindowSettings, checkTogether } from './windowSettings';
import type { WindowState } from './windowState';
import { type OneOf, WindowsByShape } from './windowsByShape';

/** What may be asked of the windows, in order with the records. */
export type Command =
  | { readonly command: 'flush' | 'reset' | 'update' | 'advance' }
  | { readonly command: 'shape'; readonly shape: WindowShape };

type Delta = Contribution | Command;

/** The outputs of a window node. */
const RESULTS = 0;
const LATE = 1;

/**
 * Counts keys in event-time windows as a part of the one commit: the windows are always those of exactly the committed
 * prefix of each source. A message is one micro-batch in Spark's sense.
 */
export class WindowCounter implements Participant<Delta> {
  readonly #counting: Counting;
  readonly #watermark: NodeWatermark;
  readonly #windows: WindowsByShape;
  readonly #trends: Trends | undefined;
  #shape: WindowShape;
  #results: WindowResult[] = [];
  #late: (Rejection | Rejection[])[] = [];
  #cleared = false;
  #newShape: WindowShape | undefined;
  /** How far time had come at the last commit, where the store does not have it. */
  #committed: Progress | undefined;

  /** @throws {SettingError} if the settings do not go together */
  constructor(
    private readonly node: string,
    private readonly settings: WindowSettings,
    private readonly state: WindowState,
    private readonly ledger: Pick<Ledger, 'lanesOf' | 'laneOf' | 'contributor' | 'contributeAlone'>,
    private readonly outbox: Outbox,
    clock: () => number = Date.now,
  ) {
    checkTogether(settings.shape, settings);
    this.#counting = new Counting(settings, clock);
    this.#watermark = new NodeWatermark(settings, ledger, clock);
    this.#windows = new WindowsByShape(settings);
    this.#shape = settings.shape;
    if (settings.details === 'trends') this.#trends = new Trends(settings.history, settings.durable);
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
    if (this.settings.emit === 'update' && this.#windows.hasUpdates) this.#ask('update');
    const reached = this.#watermark.reached();
    this.#watermark.lookAgain();
    if (reached > this.#watermark.value) this.#ask('advance');
  }

  /** How many windows are open, how many keys they hold together, and about how many bytes that takes. */
  get size(): { windows: number; keys: number; bytes: number } {
    return this.#windows.size();
  }

  merge(deltas: readonly Delta[]): void {
    for (const delta of deltas) {
      if ('command' in delta) this.#obey(delta);
      else this.#take(delta);
    }
    this.#watermark.raise(this.#watermark.reached());
    this.#close(this.#watermark.value);
  }

  save(): void {
    const { state, outbox, settings } = this;
    if (settings.durable) {
      if (this.#cleared) state.clear();
      if (this.#newShape !== undefined) state.saveShape(this.#newShape, settings.shape);
      this.#windows.save(state.log, this.#shape);
      this.#trends?.save(state.log);
      state.saveProgress(this.#watermark.progress());
    }
    for (const result of this.#results) {
      const payload = payloadOf(result, settings.output);
      if (payload !== undefined) outbox.put(result.id, RESULTS, { payload });
    }
    for (const rejections of this.#late) outbox.put('late', LATE, { payload: rejections });
  }

  committed(): void {
    this.#forgetChanges();
    if (!this.settings.durable) this.#committed = this.#watermark.progress();
    this.#windows.forgetEmpty(this.#shape);
    this.outbox.wake();
  }

  reload(): void {
    const { state, settings } = this;
    this.#forgetChanges();
    this.#windows.clear();
    this.#watermark.restore(settings.durable ? state.loadProgress() : this.#committed);
    if (!settings.durable) return;
    this.#shape = state.loadShape(settings.shape) ?? settings.shape;
    const parts = state.log.load();
    this.#windows.load(parts, this.#watermark.value);
    this.#trends?.load(parts);
  }

  #forgetChanges(): void {
    this.#watermark.lookAgain();
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
    const late = this.#windows.of(contribution.shape, watermark).take(contribution, watermark);
    if (late.length > 0 && contribution.records.length > 0)
      this.#late.push(...lateRejections(contribution, late, watermark));
    this.#watermark.observe(contribution);
  }

  #obey(command: Command): void {
    switch (command.command) {
      case 'flush': {
        const last = Math.max(0, this.#windows.lastEnd);
        this.#watermark.raise(last);
        this.#close(last);
        return;
      }
      case 'reset':
        this.#windows.clear();
        this.#trends?.clear();
        this.#watermark.reset();
        this.#cleared = true;
        this.#newShape = this.#shape;
        return;
      case 'shape':
        this.#newShape = command.shape;
        this.#trends?.clear();
        return;
      case 'update':
        for (const updated of this.#windows.updated()) this.#results.push(this.#result(updated, false));
        return;
      case 'advance':
        return;
    }
  }

  #close(watermark: number): void {
    const closed = this.#windows.close(watermark);
    if (closed.length === 0) return;
    for (const each of closed) {
      this.#results.push(this.#result(each, true));
      this.#trends?.observe(each[0]);
    }
    this.#windows.drop();
  }

  #result([view, windows]: OneOf, final: boolean): WindowResult {
    const { settings } = this;
    const before = settings.details === 'counts' ? undefined : windows.before(view);
    return resultOf(this.node, view, final, settings, { before, trends: this.#trends });
  }
}
