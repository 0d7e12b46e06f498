/**
 * A stateful node's part in the one commit. What a message contributed is kept apart (a delta) until the ledger has
 * finished every message up to and with it; then it is merged, in the order of the source, and saved in the same
 * transaction as the source's position. The state is therefore always that of exactly a prefix of the stream.
 */
export interface Participant<Delta> {
  /**
   * Merges the contributions of one finished message, in the order in which they were made, into the state in memory.
   * Must not touch the store.
   */
  merge(deltas: readonly Delta[]): void;
  /** Writes what `merge` has changed since the last save. Called inside the commit's transaction. */
  save(): void;
  /** The transaction that `save` wrote in is committed. */
  committed?(): void;
  /** The transaction that `save` wrote in failed: take the state back to what the store holds. */
  reload(): void;
  /** These contributions will never be merged: their attempt failed or their source has closed. */
  drop?(deltas: readonly Delta[]): void;
}

/** Where a message of a source stands in its lane; the same when it is given out again after a crash. */
export interface Origin {
  /** The name of the lane. */
  readonly lane: string;
  /** See `LaneOptions.epoch`. */
  readonly epoch: string | undefined;
  /** The position at which the source resumes once the message is finished. */
  readonly position: unknown;
  /** Which attempt at it this is, in this run of the source. */
  readonly attempt: number;
  /** The same of the oldest message of the lane that is not committed: none before it is given out again. */
  readonly oldest: unknown;
  /** See `LaneOptions.rangeOf`. */
  readonly range?: Range | undefined;
}

/** The offsets of the first and the last record that a message was made of. */
export interface Range {
  readonly offset: number;
  readonly lastOffset: number;
}

/** The commit's side of one message, as a stateful step sees it. */
export interface Contributor {
  /** Undefined if no source answers for the message. */
  readonly origin?: Origin | undefined;
  /**
   * Keeps `delta` with the message until it is finished.
   * @returns undefined if a source answers for the message: the step is done with it at once, for what was contributed
   *   is committed with the source's position or not at all. For a message that no source answers for (from an inject
   *   node, say): a promise that resolves once the delta was committed on its own, or rejects with a StoreError.
   */
  contribute<Delta>(participant: Participant<Delta>, delta: Delta): Promise<void> | undefined;
}
