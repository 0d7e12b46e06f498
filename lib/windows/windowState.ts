import type { StatementSync } from 'node:sqlite';
import { NodeState } from '../store/nodeState';
import type { Store } from '../store/store';
import { type WindowCounts, emptyCounts } from './aggregate';
import type { WindowGrid } from './assign';
import { windowKey } from './contribution';
import type { Progress } from './watermark';

/** A window that still takes records. */
export interface OpenWindow extends WindowCounts {
  /** Keys whose counts the store does not have yet. */
  readonly unsaved: Set<string>;
  /** Changed since its last update was sent. */
  changed: boolean;
}

/** A window without records. */
export function openWindow(start: number, end: number): OpenWindow {
  return { ...emptyCounts(start, end), unsaved: new Set(), changed: false };
}

interface WindowRow {
  start: number;
  end: number;
  total: number;
  changed: number;
}

interface KeyRow {
  start: number;
  end: number;
  key: string;
  count: number;
  sum: number;
  least: number | null;
  greatest: number | null;
}

/** The windows of one node as they lie in the store. Writes belong inside a commit. */
export class WindowState {
  readonly #node: NodeState;
  readonly #putWindow: StatementSync;
  readonly #putKey: StatementSync;
  readonly #dropWindow: StatementSync;
  readonly #dropKeys: StatementSync;
  readonly #windows: StatementSync;
  readonly #keys: StatementSync;

  constructor(
    store: Store,
    private readonly node: string,
  ) {
    this.#node = new NodeState(store, node);
    this.#putWindow = store.prepare(
      'INSERT OR REPLACE INTO windows (node, start, end, total, changed) VALUES (?, ?, ?, ?, ?)',
    );
    this.#putKey = store.prepare(
      'INSERT OR REPLACE INTO window_keys (node, start, end, key, count, sum, least, greatest) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    );
    this.#dropWindow = store.prepare('DELETE FROM windows WHERE node = ? AND start = ? AND end = ?');
    this.#dropKeys = store.prepare('DELETE FROM window_keys WHERE node = ? AND start = ? AND end = ?');
    this.#windows = store.prepare('SELECT start, end, total, changed FROM windows WHERE node = ?');
    this.#keys = store.prepare('SELECT start, end, key, count, sum, least, greatest FROM window_keys WHERE node = ?');
  }

  load(): Map<string, OpenWindow> {
    const windows = new Map<string, OpenWindow>();
    for (const row of this.#windows.all(this.node) as unknown as WindowRow[]) {
      const window = openWindow(row.start, row.end);
      window.total = row.total;
      window.changed = row.changed === 1;
      windows.set(windowKey(row.start, row.end), window);
    }
    for (const row of this.#keys.all(this.node) as unknown as KeyRow[]) {
      windows.get(windowKey(row.start, row.end))?.keys.set(row.key, {
        count: row.count,
        sum: row.sum,
        least: row.least ?? Infinity,
        greatest: row.greatest ?? -Infinity,
      });
    }
    return windows;
  }

  save(window: OpenWindow): void {
    const { node } = this;
    this.#putWindow.run(node, window.start, window.end, window.total, window.changed ? 1 : 0);
    for (const key of window.unsaved) {
      const aggregate = window.keys.get(key);
      if (aggregate === undefined) continue;
      const valued = aggregate.least <= aggregate.greatest;
      this.#putKey.run(
        node,
        window.start,
        window.end,
        key,
        aggregate.count,
        aggregate.sum,
        valued ? aggregate.least : null,
        valued ? aggregate.greatest : null,
      );
    }
    window.unsaved.clear();
  }

  drop({ start, end }: { start: number; end: number }): void {
    this.#dropKeys.run(this.node, start, end);
    this.#dropWindow.run(this.node, start, end);
  }

  loadProgress(): Progress | undefined {
    const saved = this.#node.get('progress');
    return saved === undefined ? undefined : (JSON.parse(saved) as Progress);
  }

  saveProgress(progress: Progress): void {
    this.#node.put('progress', JSON.stringify(progress));
  }

  /** The grid that a message has set in place of the node's own. */
  loadGrid(): WindowGrid | undefined {
    const saved = this.#node.get('grid');
    return saved === undefined ? undefined : (JSON.parse(saved) as WindowGrid);
  }

  saveGrid(grid: WindowGrid): void {
    this.#node.put('grid', JSON.stringify(grid));
  }

  clear(): void {
    for (const { start, end } of this.#windows.all(this.node) as unknown as WindowRow[]) this.drop({ start, end });
    this.#node.clear();
  }
}
