import { SettingError } from '../core/errors';
import type { Rejection } from '../core/records';
import type { Contributor } from '../delivery/participant';
import type { Store } from '../store/store';
import { type Clock, systemClock } from '../sinks/clock';
import { Spool } from '../sinks/spool';
import { type Encoder, type FileFormat, columnsOf, makeEncoder } from './encode';
import type { FileSystem } from './fileSystem';
import { compilePath } from './paths';
import { type RollStatus, Rolls } from './rolls';

/** hdfs-sink's settings. */
export interface HdfsSinkSettings {
  /** A template; see `compilePath`. */
  readonly path: string;
  readonly format: FileFormat;
  /** Paths of the fields to write; empty for all, see `makeEncoder`. */
  readonly fields: readonly string[];
  /** Bytes from which a file is finished. */
  readonly rollSize: number;
  /** Milliseconds after its first record from which a file is finished. */
  readonly rollEvery: number;
}

export interface SinkOptions {
  readonly clock?: Clock;
  /** A number from 0 up to 1, for the jitter of the pauses after failures. */
  readonly random?: () => number;
  /** Told when a file cannot be finished, see `RollOptions`; its records stay in the spool meanwhile. */
  readonly onError?: (error: unknown) => void;
  /** Told of the first file that is finished after a failure. */
  readonly onRecovery?: () => void;
}

/** What became of the records of one message. */
export interface Taken {
  readonly rejected: Rejection[];
  /** Undefined if the message's source answers for it: it is done with. Otherwise resolves once all else is durable. */
  readonly safe: Promise<void> | undefined;
}

export interface HdfsSinkStatus extends RollStatus {
  /** Records in the spool, not in a finished file yet. */
  readonly waiting: number;
  /** Bytes of those. */
  readonly bytes: number;
}

/** Writes records to rolled files: into a durable spool with the message's commit, from there to finished files. */
export class HdfsSink {
  readonly #spool: Spool;
  readonly #rolls: Rolls;
  readonly #encode: Encoder;

  /**
   * @param node the id of the node, whose spool this is
   * @throws {SettingError} if a setting cannot be used
   */
  constructor(
    store: Store,
    node: string,
    fileSystem: FileSystem,
    settings: HdfsSinkSettings,
    options: SinkOptions = {},
  ) {
    const clock = options.clock ?? systemClock;
    const { path, format, fields, rollSize, rollEvery } = settings;
    if (rollSize < 1 || rollEvery < 1) {
      throw new SettingError(`Files cannot be finished every ${rollSize} bytes or ${rollEvery} ms.`, {
        setting: rollSize < 1 ? 'rollSize' : 'rollEvery',
        remedy: 'Both have to be greater than 0.',
      });
    }
    this.#spool = Spool.of(store, node, () => clock.now());
    const lately = this.#spool.piles().at(-1);
    this.#encode = makeEncoder(format, compilePath(path), fields, lately === undefined ? [] : columnsOf(lately.header));
    this.#rolls = new Rolls(this.#spool, fileSystem, { ...options, rollSize, rollEvery, clock });
  }

  /** Finishes the files that a crash left half done. */
  start(): Promise<void> {
    return this.#rolls.start();
  }

  /** Takes the records of one message. */
  add(records: readonly unknown[], contributor: Contributor): Taken {
    const { chunks, rejected } = this.#encode(records);
    return { rejected, safe: chunks.length === 0 ? undefined : this.#spool.add(chunks, contributor) };
  }

  /** Finishes every file that is begun. */
  rollAll(): Promise<void> {
    return this.#rolls.rollAll();
  }

  status(): HdfsSinkStatus {
    let waiting = 0;
    let bytes = 0;
    for (const pile of this.#spool.piles()) {
      waiting += pile.records;
      bytes += pile.bytes;
    }
    return { ...this.#rolls.status(), waiting, bytes };
  }

  /** Finishes every file that is begun, and ends. */
  close(): Promise<void> {
    return this.#rolls.close();
  }
}
