import { SettingError, StoreError } from '../core/errors';
import type { Rejection } from '../core/records';
import type { Contributor } from '../delivery/participant';
import type { Store } from '../store/store';
import { systemClock } from '../sinks/clock';
import { Room } from '../sinks/room';
import { type Chunk, Spool } from '../sinks/spool';
import { type Encoder, type FileFormat, columnsOf, makeEncoder } from './encode';
import type { FileSystem } from './fileSystem';
import { compilePath } from './paths';
import { type RollOptions, type RollStatus, Rolls } from './rolls';

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
  /** Whether files are compressed; not, by default. Sizes are those before that. */
  readonly compress?: 'none' | 'gzip';
  /** Bytes that may wait in the spool before messages have to; 256 MB by default. */
  readonly spoolSize?: number;
}

const SPOOL_SIZE = 256 * 2 ** 20;

export type SinkOptions = Partial<Pick<RollOptions, 'clock' | 'random' | 'onError' | 'onRecovery'>>;

/** What became of the records of one message. */
export interface Taken {
  readonly rejected: Rejection[];
  /**
   * Undefined if the message's source answers for it: it is done with. Otherwise resolves once there was room for all else
   * and, where no source answers for it, once that is durable.
   */
  readonly safe: Promise<void> | undefined;
}

export interface HdfsSinkStatus extends RollStatus {
  /** Records in the spool, not in a finished file yet. */
  readonly waiting: number;
  /** Bytes of those. */
  readonly bytes: number;
  /** Records that wait for room in the spool. */
  readonly blocked: number;
}

/**
 * Writes records to rolled files: into a durable spool with the message's commit, from there to finished files. Where
 * files cannot be finished the spool fills up, and then messages wait: nothing piles up beyond it.
 */
export class HdfsSink {
  readonly #spool: Spool;
  readonly #room: Room;
  readonly #rolls: Rolls;
  readonly #encode: Encoder;
  readonly #unlisten: () => void;

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
    const { path, format, fields, rollSize, rollEvery, compress, spoolSize = SPOOL_SIZE } = settings;
    if (rollSize < 1 || rollEvery < 1) {
      throw new SettingError(`Files cannot be finished every ${rollSize} bytes or ${rollEvery} ms.`, {
        setting: rollSize < 1 ? 'rollSize' : 'rollEvery',
        remedy: 'Both have to be greater than 0.',
      });
    }
    this.#spool = Spool.of(store, node, () => clock.now());
    const columns = columnsOf(this.#spool.piles().at(-1)?.header ?? '');
    this.#encode = makeEncoder(format, compilePath(path), fields, columns, compress === 'gzip');
    this.#room = new Room(() => spoolSize - this.#spool.held.bytes);
    this.#rolls = new Rolls(this.#spool, fileSystem, { ...options, rollSize, rollEvery, spoolSize, clock });
    this.#unlisten = this.#spool.listen(() => {
      this.#rolls.check();
      this.#room.check();
    });
  }

  /** Finishes the files that a crash left half done. */
  start(): Promise<void> {
    return this.#rolls.start();
  }

  /** Takes the records of one message. */
  add(records: readonly unknown[], contributor: Contributor): Taken {
    const { chunks, rejected } = this.#encode(records);
    if (chunks.length === 0) return { rejected, safe: undefined };
    return { rejected, safe: this.#room.enter(sizeOf(chunks), () => this.#spool.add(chunks, contributor)) };
  }

  /** Finishes every file that is begun. */
  rollAll(): Promise<void> {
    return this.#rolls.rollAll();
  }

  status(): HdfsSinkStatus {
    const { records: waiting, bytes } = this.#spool.held;
    return { ...this.#rolls.status(), waiting, bytes, blocked: this.#room.waiting };
  }

  /**
   * Finishes every file that is begun, and ends. What waits for room is refused.
   * @param within after so many milliseconds what is not finished stays in the spool for the next start
   */
  async close(within = CLOSE_WITHIN): Promise<void> {
    this.#room.close(
      new StoreError('The flow was stopped before there was room for these records.', {
        remedy:
          'A source that replays, such as kafka in, delivers them again when it starts; other messages have to be sent again.',
      }),
    );
    await this.#rolls.close(within);
    this.#unlisten();
  }
}

/** Node-RED waits 15 s for a node to close. */
const CLOSE_WITHIN = 10_000;

/** Roughly: characters for bytes. */
function sizeOf(chunks: readonly Chunk[]): { bytes: number; records: number } {
  let [bytes, records] = [0, 0];
  for (const chunk of chunks) {
    bytes += chunk.body.length;
    records += chunk.records;
  }
  return { bytes, records };
}
