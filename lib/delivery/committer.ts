import { StoreError } from '../core/errors';
import type { Store } from '../store/store';
import type { Attempt, Contributed } from './attempt';
import { type Prefix, cutAtBonds } from './bond';
import type { LedgerLane } from './ledgerLane';
import type { Participant } from './participant';

export interface CommitOptions {
  /** The least time between two commits, in ms: what finishes meanwhile shares one transaction. */
  readonly commitEvery?: number;
  /** A commit that failed: it is tried again; until then nothing is lost, but nothing moves either. */
  readonly onCommitError?: (error: StoreError) => void;
}

interface Alone extends Contributed {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * The one commit: of every lane the finished prefix, in one transaction with what stateful nodes contributed to it and
 * with the position of its source.
 */
export class Committer {
  #alone: Alone[] = [];
  #timer: NodeJS.Timeout | undefined;
  #immediate: NodeJS.Immediate | undefined;
  #retryAfter = 0;

  /** @param committed is told of each attempt that is committed */
  constructor(
    private readonly store: Store,
    private readonly lanes: Iterable<LedgerLane<unknown>>,
    private readonly committed: (attempt: Attempt) => void,
    private readonly options: CommitOptions,
  ) {}

  /** Commits a contribution that no source answers for. */
  alone<Delta>(participant: Participant<Delta>, delta: Delta): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#alone.push({ participant, deltas: [delta], resolve, reject });
      this.soon();
    });
  }

  soon(): void {
    this.#timer ??= setTimeout(() => this.commit(), Math.max(this.options.commitEvery ?? 5, this.#retryAfter));
  }

  /** Commits when this turn is over, for a source waits for it; after a failure, as late as any. */
  atOnce(): void {
    if (this.#retryAfter > 0) this.soon();
    else this.#immediate ??= setImmediate(() => this.commit());
  }

  /** Commits every finished prefix now. Returns false if the store refused; what was to be committed is kept. */
  commit(): boolean {
    this.stop();
    const alone = this.#alone;
    this.#alone = [];
    const prefixes = this.#finishedPrefixes();
    if (alone.length === 0 && prefixes.length === 0) return true;
    const touched = new Set<Participant<unknown>>();
    try {
      this.store.transaction(() => {
        for (const [lane, prefix] of prefixes) {
          for (const { attempt } of prefix) mergeAll(attempt.contributed, touched);
          const last = prefix.at(-1);
          if (last !== undefined) lane.options.save(last.position);
        }
        mergeAll(alone, touched);
        for (const participant of touched) participant.save();
      });
    } catch (thrown) {
      for (const participant of touched) participant.reload();
      this.#refused(alone, thrown);
      return false;
    }
    this.#retryAfter = 0;
    for (const [lane, prefix] of prefixes) {
      for (const { attempt } of prefix) this.committed(attempt);
      lane.retire(prefix);
    }
    for (const participant of touched) participant.committed?.();
    for (const { resolve } of alone) resolve();
    return true;
  }

  /** Forgets that a commit was due. */
  stop(): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#immediate);
    this.#timer = undefined;
    this.#immediate = undefined;
  }

  #finishedPrefixes(): Prefix[] {
    const prefixes: Prefix[] = [];
    for (const lane of this.lanes) {
      const prefix = lane.finishedPrefix();
      if (prefix.length > 0) prefixes.push([lane, prefix]);
    }
    cutAtBonds(prefixes);
    return prefixes.filter(([, prefix]) => prefix.length > 0);
  }

  #refused(alone: readonly Alone[], thrown: unknown): void {
    for (const { reject } of alone) reject(thrown);
    this.#retryAfter = Math.min(Math.max(this.#retryAfter * 2, 100), 10_000);
    this.options.onCommitError?.(thrown instanceof StoreError ? thrown : new StoreError(String(thrown)));
    this.soon();
  }
}

function mergeAll(contributed: readonly Contributed[], touched: Set<Participant<unknown>>): void {
  for (const { participant, deltas } of contributed) {
    participant.merge(deltas);
    touched.add(participant);
  }
}
