import type { Participant } from '../delivery/participant';
import { OutlierWindow } from './outliers';
import { type KeyedState, Seen } from './seen';

/** What one batch adds to the state. */
export class Contribution {
  /** The identities that were new. */
  readonly identities: string[] = [];
  /** The numbers judged, by field. */
  readonly values: number[][];

  constructor(fields: number) {
    this.values = Array.from({ length: fields }, () => []);
  }

  get empty(): boolean {
    return this.identities.length === 0 && this.values.every((values) => values.length === 0);
  }
}

export interface MemorySettings {
  readonly dedupeSize: number;
  readonly outliers?: { readonly fields: readonly string[]; readonly k: number; readonly window: number };
}

/** The state of tweet-clean: identities seen, and the last values of the fields in which outliers are looked for. */
export class CleanMemory implements Participant<Contribution> {
  readonly seen: Seen;
  readonly windows: readonly OutlierWindow[];
  readonly #keys: readonly string[];
  /** In flight, in the order of their batches. */
  #pending = new Set<Contribution>();
  /** Merged, but not in the store yet. */
  #merged: Contribution[] = [];

  constructor(
    settings: MemorySettings,
    private readonly state: KeyedState | undefined,
  ) {
    const { outliers } = settings;
    this.seen = new Seen(settings.dedupeSize, state);
    this.windows = outliers?.fields.map(() => new OutlierWindow(outliers.window, outliers.k)) ?? [];
    this.#keys = outliers?.fields.map((path) => `values:${path}`) ?? [];
    this.#loadWindows();
  }

  /** A batch is in flight whose values the windows and whose identities `seen` know already. */
  expect(contribution: Contribution): void {
    this.#pending.add(contribution);
  }

  merge(contributions: readonly Contribution[]): void {
    let inOrder = true;
    for (const contribution of contributions) {
      inOrder &&= this.#pending.values().next().value === contribution;
      this.#pending.delete(contribution);
      this.#merged.push(contribution);
      for (const identity of contribution.identities) this.seen.commit(identity);
      this.windows.forEach((window, index) => window.commit(contribution.values[index] ?? []));
    }
    // In order, what the windows hold is right already: only where it begins to be committed has moved.
    if (!inOrder) this.#rebuild();
  }

  save(): void {
    this.seen.save();
    if (!this.state || this.#merged.length === 0) return;
    for (let index = 0; index < this.windows.length; index++) {
      if (this.#merged.every(({ values }) => (values[index]?.length ?? 0) === 0)) continue;
      this.state.put(this.#keys[index] ?? '', JSON.stringify(this.windows[index]?.committed ?? []));
    }
  }

  committed(): void {
    this.seen.saved();
    this.#merged = [];
  }

  reload(): void {
    // What was merged and not stored is in flight again: it will be merged another time, or dropped.
    const again = this.#merged;
    this.#merged = [];
    this.#pending = new Set([...again, ...this.#pending]);
    if (!this.state) return;
    this.seen.load();
    for (const { identities } of again) for (const identity of identities) this.seen.expect(identity);
    this.#loadWindows();
  }

  drop(contributions: readonly Contribution[]): void {
    let dropped = false;
    for (const contribution of contributions) {
      if (!this.#pending.delete(contribution)) continue;
      dropped = true;
      for (const identity of contribution.identities) this.seen.forget(identity);
    }
    if (dropped) this.#rebuild();
  }

  #loadWindows(): void {
    for (let index = 0; index < this.windows.length; index++) {
      const stored = this.state?.get(this.#keys[index] ?? '');
      this.windows[index]?.load(stored === undefined ? [] : (JSON.parse(stored) as number[]));
    }
    this.#rebuild();
  }

  #rebuild(): void {
    for (let index = 0; index < this.windows.length; index++) {
      const inFlight = [...this.#pending].map(({ values }) => values[index] ?? []);
      this.windows[index]?.rebuild(inFlight);
    }
  }
}
