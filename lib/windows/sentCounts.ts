/** The counts alone of a window that has been sent. */
export class SentCounts {
  constructor(
    /** The pane that it began with. */
    readonly window: number,
    private readonly counts: ReadonlyMap<string, number>,
  ) {}

  countOf(key: string): number {
    return this.counts.get(key) ?? 0;
  }

  save(): SavedCounts {
    return { window: this.window, keys: [...this.counts.keys()], counts: [...this.counts.values()] };
  }

  static restore({ window, keys, counts }: SavedCounts): SentCounts {
    return new SentCounts(window, new Map(keys.map((key, at) => [key, counts[at] ?? 0])));
  }
}

/** Such counts as the store has them. */
export interface SavedCounts {
  readonly window: number;
  readonly keys: string[];
  readonly counts: number[];
}
