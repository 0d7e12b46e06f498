import type { StatementSync } from 'node:sqlite';
import type { Store } from '../store/store';

/** Changes are collected up to this size, in characters, before they are put together. */
const LEAST = 65_536;

interface Row {
  readonly part: string;
  readonly content: string;
}

/**
 * The state of a window node in the store, in parts (a pane each, say): what has changed is added to what is there,
 * so that a commit writes no more than it changes; when a part's changes have outgrown it, it is written anew as a whole.
 * Writes belong inside a commit.
 */
export class WindowLog {
  readonly #put: StatementSync;
  readonly #drop: StatementSync;
  readonly #dropBelow: StatementSync;
  readonly #all: StatementSync;
  readonly #clear: StatementSync;
  /** Of each part the size of the whole when last written, and of the changes since. */
  readonly #sizes = new Map<string, { whole: number; changes: number }>();

  constructor(
    store: Store,
    private readonly node: string,
  ) {
    this.#put = store.prepare('INSERT INTO window_log (node, part, content) VALUES (?, ?, ?)');
    this.#drop = store.prepare('DELETE FROM window_log WHERE node = ? AND part = ?');
    this.#dropBelow = store.prepare('DELETE FROM window_log WHERE node = ?1 AND substr(part, 1, length(?2)) = ?2');
    this.#all = store.prepare('SELECT part, content FROM window_log WHERE node = ? ORDER BY id');
    this.#clear = store.prepare('DELETE FROM window_log WHERE node = ?');
  }

  /** Adds what has changed in a part; `whole` is asked for all of it where that is the shorter way by now. */
  save(part: string, change: unknown, whole: () => unknown): void {
    const size = this.#sizes.get(part) ?? { whole: 0, changes: 0 };
    const content = JSON.stringify(change);
    size.changes += content.length;
    this.#sizes.set(part, size);
    if (size.changes <= Math.max(LEAST, size.whole)) {
      this.#put.run(this.node, part, content);
      return;
    }
    const all = JSON.stringify(whole());
    this.#drop.run(this.node, part);
    this.#put.run(this.node, part, all);
    size.whole = all.length;
    size.changes = 0;
  }

  /** Writes a part as a whole, in place of what it was. */
  replace(part: string, whole: unknown): void {
    this.drop(part);
    this.#put.run(this.node, part, JSON.stringify(whole));
  }

  drop(part: string): void {
    this.#sizes.delete(part);
    this.#drop.run(this.node, part);
  }

  /** Drops all parts whose names begin so. */
  dropBelow(beginning: string): void {
    for (const part of this.#sizes.keys()) if (part.startsWith(beginning)) this.#sizes.delete(part);
    this.#dropBelow.run(this.node, beginning);
  }

  /** What was saved of each part, in the order of the saving. */
  load(): Map<string, unknown[]> {
    const parts = new Map<string, unknown[]>();
    this.#sizes.clear();
    for (const { part, content } of this.#all.iterate(this.node) as Iterable<unknown> as Iterable<Row>) {
      const contents = parts.get(part);
      if (contents === undefined) parts.set(part, [JSON.parse(content)]);
      else contents.push(JSON.parse(content));
      const size = this.#sizes.get(part) ?? { whole: 0, changes: 0 };
      if (contents === undefined) size.whole = content.length;
      else size.changes += content.length;
      this.#sizes.set(part, size);
    }
    return parts;
  }

  clear(): void {
    this.#sizes.clear();
    this.#clear.run(this.node);
  }
}
