import { DatabaseSync } from 'node:sqlite';
import { StoreError } from '../core/errors';

/**
 * Keeps a second process off a store. A transaction held open on a database of its own is a lock that the operating
 * system lets go of with the process, however that ends; a file with a process number in it is not.
 */
export class StoreLock {
  readonly #db: DatabaseSync;

  /** @throws {StoreError} if another process holds the lock */
  constructor(file: string) {
    try {
      this.#db = new DatabaseSync(file);
    } catch (thrown) {
      throw new StoreError(`The lock file ${file} cannot be opened.`, {
        setting: file,
        remedy: 'Make its folder writable for the user that runs Node-RED.',
        cause: thrown,
      });
    }
    try {
      this.#db.exec('PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE');
    } catch (thrown) {
      this.#db.close();
      throw new StoreError(`Another process has the embedded store of ${file} open.`, {
        setting: file,
        remedy:
          'End the other Node-RED that runs on this user directory, or give this one a user directory of its own.',
        cause: thrown,
      });
    }
  }

  release(): void {
    if (this.#db.isOpen) this.#db.close();
  }
}
