interface Size {
  readonly bytes: number;
  readonly records: number;
}

/** What waits to be let in. */
interface Waiting extends Size {
  readonly enter: () => void;
  readonly refuse: (error: Error) => void;
}

/** The door of something that is bounded: who finds no room waits before it, and is let in in the order of arrival. */
export class Room {
  readonly #waiting: Waiting[] = [];

  /** @param left for how many bytes there is room; none, if it is 0 or less */
  constructor(private readonly left: () => number) {}

  /** How many records wait. */
  get waiting(): number {
    return this.#waiting.reduce((sum, { records }) => sum + records, 0);
  }

  /**
   * Runs `go` once there is room, at once if there is. What goes in may be larger than the room that is left.
   * @returns what `go` gives back, or a promise of it
   */
  enter(size: Size, go: () => Promise<void> | undefined): Promise<void> | undefined {
    if (this.#waiting.length === 0 && this.left() > 0) return go();
    return new Promise<void>((resolve, reject) => {
      const enter = (): void => {
        new Promise<void>((done) => done(go())).then(resolve, reject);
      };
      this.#waiting.push({ ...size, enter, refuse: reject });
    });
  }

  /** Lets in whom there is room for now. To be called whenever there may be more of it. */
  check(): void {
    for (let left = this.#waiting.length === 0 ? 0 : this.left(); left > 0;) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      // It has not taken its room yet: that comes with its commit.
      left -= next.bytes;
      next.enter();
    }
  }

  /** Sends everybody away who waits. */
  close(error: Error): void {
    for (const { refuse } of this.#waiting.splice(0)) refuse(error);
  }
}
