import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { isDiskFull } from '../core/diskFull';
import { StoreError, messageOf } from '../core/errors';
import { StoreLock } from './lock';
import { migrate } from './schema';

/** A write that takes part in the next group commit. It must only write: its transaction may be rolled back. */
export type Write = () => void;

interface Waiting {
  readonly write: Write;
  readonly resolve: () => void;
  readonly reject: (reason: StoreError) => void;
}

/**
 * The embedded store: one SQLite database that holds topics, positions, windows, rows, spools and the outbox, so that
 * one transaction can move all of them together. One process at a time has it open.
 */
export class Store {
  readonly db: DatabaseSync;
  readonly #lock: StoreLock;
  readonly #waiting: Waiting[] = [];
  #scheduled = false;

  /**
   * Opens the database in `file`, making it and its folder if missing.
   * @throws {StoreError} if another process has it open, or the file is not a database of ours
   */
  constructor(readonly file: string) {
    try {
      mkdirSync(dirname(file), { recursive: true });
    } catch (thrown) {
      throw new StoreError(`The folder of the embedded store cannot be made: ${messageOf(thrown)}.`, {
        setting: file,
        remedy: 'Make it writable for the user that runs Node-RED.',
        cause: thrown,
      });
    }
    this.#lock = new StoreLock(`${file}.lock`);
    try {
      this.db = new DatabaseSync(file);
      // WAL keeps readers of other processes out of the writer's way. NORMAL survives any death of the process; only a
      // loss of power can cost the last commits, and then positions, state and results go back together.
      this.db.exec(
        'PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 4000',
      );
      migrate(this.db);
    } catch (thrown) {
      this.#lock.release();
      throw new StoreError(`The embedded store ${file} cannot be opened: ${messageOf(thrown)}.`, {
        setting: file,
        remedy: 'If it is damaged, move it away: a new one is made at the next start.',
        cause: thrown,
      });
    }
  }

  prepare(sql: string): StatementSync {
    return this.db.prepare(sql);
  }

  /**
   * Runs `write` in a transaction of its own, at once.
   * @throws {StoreError} if it cannot be committed; nothing of it is kept then
   */
  transaction(write: Write): void {
    try {
      this.db.exec('BEGIN IMMEDIATE');
      write();
      this.db.exec('COMMIT');
    } catch (thrown) {
      if (this.db.isOpen && this.db.isTransaction) this.db.exec('ROLLBACK');
      throw this.#refusal(thrown);
    }
  }

  /**
   * Runs `write` together with the others of this turn in one transaction, a turn later.
   * @returns resolves once it is committed, rejects with a StoreError if it was not
   */
  enqueue(write: Write): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ write, resolve, reject });
      if (this.#scheduled) return;
      this.#scheduled = true;
      setImmediate(() => this.flush());
    });
  }

  /** Commits what `enqueue` has collected. A write that fails is refused alone, the others are kept. */
  flush(): void {
    this.#scheduled = false;
    const batch = this.#waiting.splice(0);
    if (batch.length === 0) return;
    try {
      this.transaction(() => {
        for (const { write } of batch) write();
      });
      for (const { resolve } of batch) resolve();
    } catch {
      for (const waiting of batch) this.#commitAlone(waiting);
    }
  }

  #refusal(thrown: unknown): StoreError {
    const full = isDiskFull(thrown);
    const what = full ? 'The disk is full: the' : 'The';
    return new StoreError(
      `${what} embedded store ${this.file} could not keep a change${full ? '' : `: ${messageOf(thrown)}`}.`,
      {
        setting: this.file,
        remedy: full
          ? 'Make room on its disk. Until then what sources have sent is tried again by itself; nothing of it is lost.'
          : 'If that goes on, see whether its disk is sound and has room. What sources have sent is tried again by itself.',
        cause: thrown,
      },
    );
  }

  #commitAlone({ write, resolve, reject }: Waiting): void {
    try {
      this.transaction(write);
      resolve();
    } catch (thrown) {
      reject(thrown as StoreError);
    }
  }

  /** Commits what is waiting and closes the database. */
  close(): void {
    if (!this.db.isOpen) return;
    this.flush();
    this.db.close();
    this.#lock.release();
  }
}

/** Where the store of a Node-RED user directory lies. */
export function storeFile(userDir: string): string {
  return join(userDir, 'pulseflow', 'pulseflow.db');
}
