import { createHash } from 'node:crypto';

/** Where a step keeps its state: text by key. `NodeState` is one. */
export interface KeyedState {
  get(key: string): string | undefined;
  put(key: string, value: string): void;
  remove(key: string): void;
  entries(prefix: string): { key: string; value: string }[];
}

/** This many identities share a row of the store: few rows for a batch, little to write for a single record. */
const CHUNK = 64;
const LONGEST = 64;

/**
 * The last so many identities, first in, first out. What is committed and what is in flight are kept apart; the
 * committed ones lie in a ring, which the store holds in rows of 64.
 */
export class Seen {
  #ring: (string | undefined)[] = [];
  #next = 0;
  readonly #committed = new Set<string>();
  readonly #pending = new Set<string>();
  readonly #dirty = new Set<number>();
  #stale: string[] = [];

  constructor(
    private readonly size: number,
    private readonly state: KeyedState | undefined,
  ) {
    this.load();
  }

  has(identity: string): boolean {
    return this.#committed.has(identity) || this.#pending.has(identity);
  }

  /** Remembers an identity that is in flight. */
  expect(identity: string): void {
    this.#pending.add(identity);
  }

  /** Forgets an identity that was in flight. */
  forget(identity: string): void {
    this.#pending.delete(identity);
  }

  /** Takes an identity from in flight to the committed ones; the oldest of these makes room. */
  commit(identity: string): void {
    this.#pending.delete(identity);
    if (this.#committed.has(identity)) return;
    const oldest = this.#ring[this.#next];
    if (oldest !== undefined) this.#committed.delete(oldest);
    this.#ring[this.#next] = identity;
    this.#committed.add(identity);
    this.#dirty.add(Math.floor(this.#next / CHUNK));
    this.#next = (this.#next + 1) % this.size;
  }

  save(): void {
    const { state } = this;
    if (!state || this.#dirty.size === 0) return;
    for (const key of this.#stale) state.remove(key);
    for (const chunk of this.#dirty) {
      const from = chunk * CHUNK;
      state.put(keyOf(chunk), JSON.stringify(this.#ring.slice(from, Math.min(from + CHUNK, this.size))));
    }
    state.put('ring', JSON.stringify({ size: this.size, next: this.#next }));
  }

  /** What `save` wrote is in the store. */
  saved(): void {
    this.#dirty.clear();
    this.#stale = [];
  }

  /** Takes the committed identities back to what the store holds. Those in flight stay. */
  load(): void {
    this.#committed.clear();
    this.#ring = [];
    this.#next = 0;
    this.saved();
    const ring = this.state?.get('ring');
    if (!this.state || ring === undefined) return;
    const { size, next } = JSON.parse(ring) as { size: number; next: number };
    const rows = this.state.entries('seen:');
    const slots = rows.flatMap(({ value }) => JSON.parse(value) as (string | null)[]).map((slot) => slot ?? undefined);
    if (size === this.size) {
      this.#ring = slots;
      this.#next = next;
      for (const slot of slots) if (slot !== undefined) this.#committed.add(slot);
      return;
    }
    // The setting has changed: the newest ones that fit, in a ring of the new size.
    const oldestFirst = [...slots.slice(next), ...slots.slice(0, next)].filter((slot) => slot !== undefined);
    for (const slot of oldestFirst.slice(-this.size)) this.commit(slot);
    this.#stale = rows.map(({ key }) => key);
  }
}

function keyOf(chunk: number): string {
  return `seen:${String(chunk).padStart(8, '0')}`;
}

/**
 * The identity of a record by the value of its identity field; undefined if it has none. Numbers and their digits are
 * the same identity; long texts are known by their SHA-256, so that memory stays bounded.
 */
export function identityOf(value: unknown): string | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length <= LONGEST ? text : `sha256:${createHash('sha256').update(text).digest('base64url')}`;
}
