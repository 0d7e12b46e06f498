/** What a watermark needs to know of a partition that is being read. */
export interface OpenLane {
  readonly name: string;
  /** Read to its end, for now. */
  readonly atEnd: boolean;
}

export interface WatermarkOptions {
  /** `partition`: the least over the partitions that are read; `stream`: the greatest time of all. */
  readonly mode: 'partition' | 'stream';
  /** How far behind the greatest time a record may lie and still count for certain, in ms. */
  readonly delay: number;
  /** After how long without a record a partition that is read to its end is left out, in ms; 0 for never. */
  readonly idle: number;
}

/** What of a watermark is kept over restarts. */
export interface Progress {
  readonly watermark: number;
  /** The greatest time seen in each partition. */
  readonly latest: Readonly<Record<string, number>>;
  /** The nodes whose partitions these are. */
  readonly origins?: readonly string[];
}

/**
 * The time up to which nothing more is expected. It begins at 0 and never goes back
 * (Spark: org.apache.spark.sql.execution.streaming.WatermarkTracker).
 */
export class Watermark {
  #value = 0;
  readonly #latest = new Map<string, number>();
  readonly #seen = new Map<string, number>();

  constructor(private readonly options: WatermarkOptions) {}

  get value(): number {
    return this.#value;
  }

  /** Notes the greatest time of a message of the given partition ('' for messages of no source). */
  observe(lane: string, time: number, now: number): void {
    this.#seen.set(lane, now);
    const known = this.#latest.get(lane);
    if (known === undefined || time > known) this.#latest.set(lane, time);
  }

  /** What the partitions now open allow; it may be less than what the watermark has reached. */
  reached(lanes: readonly OpenLane[], now: number): number {
    const time = this.options.mode === 'stream' || lanes.length === 0 ? this.#greatest() : this.#least(lanes, now);
    return time - this.options.delay;
  }

  /** Moves the watermark to at least `time`. */
  raise(time: number): void {
    if (time > this.#value) this.#value = time;
  }

  progress(): Progress {
    return { watermark: this.#value, latest: Object.fromEntries(this.#latest) };
  }

  restore(progress: Progress | undefined): void {
    this.#latest.clear();
    this.#seen.clear();
    this.#value = progress?.watermark ?? 0;
    for (const [lane, time] of Object.entries(progress?.latest ?? {})) this.#latest.set(lane, time);
  }

  #greatest(): number {
    return Math.max(-Infinity, ...this.#latest.values());
  }

  #least(lanes: readonly OpenLane[], now: number): number {
    let least = Infinity;
    for (const lane of lanes) {
      if (this.#isIdle(lane, now)) continue;
      least = Math.min(least, this.#latest.get(lane.name) ?? -Infinity);
    }
    return least === Infinity ? -Infinity : least;
  }

  #isIdle(lane: OpenLane, now: number): boolean {
    const { idle } = this.options;
    const seen = this.#seen.get(lane.name);
    if (seen === undefined) this.#seen.set(lane.name, now);
    return idle > 0 && lane.atEnd && seen !== undefined && now - seen >= idle;
  }
}
