import type { Lane } from '../delivery/lane';
import type { Ledger } from '../delivery/ledger';
import { type Progress, Watermark, type WatermarkOptions } from './watermark';

/** The watermark of a node, over the partitions that are being read of the sources from which it has had records. */
export class NodeWatermark {
  readonly #watermark: Watermark;
  /** The nodes whose partitions count. */
  #origins = new Set<string>();
  /** Their partitions; undefined until they are asked for again. */
  #lanes: Lane<unknown>[] | undefined;
  /** When a partition was last there. */
  #read: number;

  constructor(
    private readonly options: WatermarkOptions,
    private readonly ledger: Pick<Ledger, 'lanesOf'>,
    private readonly clock: () => number,
  ) {
    this.#watermark = new Watermark(options);
    this.#read = clock();
  }

  get value(): number {
    return this.#watermark.value;
  }

  /** Notes the greatest time of a message, and where it came from; `-Infinity` for a message without records. */
  observe({ lane, origin, latest }: { lane: string; origin: string; latest: number }): void {
    if (origin !== '' && !this.#origins.has(origin)) {
      this.#origins.add(origin);
      this.#lanes = undefined;
    }
    if (latest > -Infinity) this.#watermark.observe(lane, latest, this.clock());
  }

  /** What the partitions allow by now; it may be less than what the watermark has reached. */
  reached(): number {
    const now = this.clock();
    this.#lanes ??= [...this.#origins].flatMap((origin) => this.ledger.lanesOf(origin));
    if (this.#lanes.length > 0) this.#read = now;
    // After a restart the partitions of a source come one by one, the first of them some time later.
    const { mode, idle } = this.options;
    const awaited = mode === 'partition' && this.#lanes.length === 0 && this.#origins.size > 0;
    if (awaited && (idle === 0 || now - this.#read < idle)) return this.value;
    return this.#watermark.reached(this.#lanes, now);
  }

  /** Moves the watermark to at least `time`. */
  raise(time: number): void {
    this.#watermark.raise(time);
  }

  /** Begins at 0 again, with the same sources. */
  reset(): void {
    this.#watermark.restore(undefined);
  }

  /** Call it after each commit: within one, the partitions being read do not change. */
  lookAgain(): void {
    this.#lanes = undefined;
  }

  progress(): Progress {
    return { ...this.#watermark.progress(), origins: [...this.#origins] };
  }

  restore(progress: Progress | undefined): void {
    this.#lanes = undefined;
    this.#origins = new Set(progress?.origins);
    this.#watermark.restore(progress);
  }
}
