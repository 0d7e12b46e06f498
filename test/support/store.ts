import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Store } from '../../lib/store/store';

/** A folder of its own for a test. */
export function temporaryFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'pulseflow-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** A store in a folder of its own, which can be opened again as after a crash. */
export class TestStore {
  readonly #folder = temporaryFolder();
  store: Store;

  constructor() {
    this.store = this.#open();
  }

  /** Closes the store without a word to anyone who uses it, and opens it again. */
  reopen(): Store {
    this.store.close();
    this.store = this.#open();
    return this.store;
  }

  dispose(): void {
    this.store.close();
    this.#folder.remove();
  }

  #open(): Store {
    return new Store(join(this.#folder.path, 'pulseflow.db'));
  }
}
