/** Offsets to be told to Kafka, by topic and partition. */
export interface GroupOffset {
  readonly topic: string;
  readonly partition: number;
  readonly next: number;
}

/** Sends offsets to the group's coordinator, as the present member of the group; rejects if they were not taken. */
export type Tell = (offsets: readonly GroupOffset[]) => Promise<void>;

/** How long offsets gather before they are told, in ms. */
const EVERY = 200;
/** After how long offsets are told again that were not taken, in ms. */
const AGAIN_AFTER = 1_000;

/** Tells Kafka what is committed here: a little later, all partitions at once, one request at a time. */
export class OffsetCommits {
  #timer: NodeJS.Timeout | undefined;
  #telling: Promise<void> | undefined;
  /** There was something to tell, and no member to tell it. */
  #wanted = false;

  /**
   * @param due takes the offsets that Kafka does not know yet
   * @param tell undefined while this is no member of the group
   */
  constructor(
    private readonly due: () => readonly GroupOffset[],
    private readonly tell: () => Tell | undefined,
    private readonly acknowledged: (offsets: readonly GroupOffset[]) => void,
    private readonly every = EVERY,
  ) {}

  soon(): void {
    this.#timer ??= setTimeout(() => void this.now(), this.every);
  }

  /** There is a member now that can tell. */
  ready(): void {
    if (this.#wanted) this.soon();
  }

  /** Sends what is due at once, without waiting for an answer to what was sent before. Never rejects. */
  now(): Promise<void> {
    this.stop();
    const tell = this.tell();
    this.#wanted = tell === undefined;
    const offsets = tell === undefined ? [] : this.due();
    if (tell === undefined || offsets.length === 0) return this.#telling ?? Promise.resolve();
    const telling = tell(offsets).then(
      () => this.acknowledged(offsets),
      // Until it is told again the position in the store is ahead, as it may be.
      () => {
        if (this.tell() !== undefined) this.#timer ??= setTimeout(() => void this.now(), AGAIN_AFTER);
      },
    );
    this.#telling = telling;
    return telling;
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
