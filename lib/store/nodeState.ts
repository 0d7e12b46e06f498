import type { StatementSync } from 'node:sqlite';
import type { Store } from './store';

/** A node's own small state in the store: text by key. Writes belong inside a commit. */
export class NodeState {
  readonly #get: StatementSync;
  readonly #put: StatementSync;
  readonly #remove: StatementSync;
  readonly #entries: StatementSync;
  readonly #clear: StatementSync;

  constructor(
    store: Store,
    private readonly node: string,
  ) {
    this.#get = store.prepare('SELECT value FROM node_state WHERE node = ? AND key = ?');
    this.#put = store.prepare('INSERT OR REPLACE INTO node_state (node, key, value) VALUES (?, ?, ?)');
    this.#remove = store.prepare('DELETE FROM node_state WHERE node = ? AND key = ?');
    this.#entries = store.prepare(
      'SELECT key, value FROM node_state WHERE node = ? AND key >= ? AND key < ? ORDER BY key',
    );
    this.#clear = store.prepare('DELETE FROM node_state WHERE node = ?');
  }

  get(key: string): string | undefined {
    const row = this.#get.get(this.node, key) as { value: string } | undefined;
    return row?.value;
  }

  put(key: string, value: string): void {
    this.#put.run(this.node, key, value);
  }

  remove(key: string): void {
    this.#remove.run(this.node, key);
  }

  /** All entries whose key begins with `prefix`, in the order of their keys. */
  entries(prefix: string): { key: string; value: string }[] {
    return this.#entries.all(this.node, prefix, `${prefix}\u{10FFFF}`) as unknown as { key: string; value: string }[];
  }

  clear(): void {
    this.#clear.run(this.node);
  }
}
