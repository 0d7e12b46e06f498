import { randomBytes } from 'node:crypto';
import type { StatementSync } from 'node:sqlite';
import type { Store } from '../../store/store';

/** Where a group has got to in a partition, as the embedded store has it. */
export interface Position {
  /** The offset after the last record that the flow has finished with. */
  readonly next: number;
  /** What the group's offset in Kafka was known to be; -1 for nothing yet. */
  readonly committed: number;
  /** In which time these offsets stand for these records: another begins when somebody moves the group back. */
  readonly epoch: string;
  /** The ends of batches that were given out and are not committed: after a crash they are given out as they were. */
  readonly cuts: readonly number[];
}

/** Offsets of the oldest record that a partition holds, and of the one to come. */
export interface Range {
  readonly low: number;
  readonly high: number;
}

/** Where to read on, and why there. */
export interface Start {
  readonly next: number;
  readonly why: 'own' | 'group' | 'new' | 'rewound' | 'lost' | 'ahead';
}

/**
 * Where to read on. The own position was stored together with what the flow made of the records before it; the group's
 * offset was told to Kafka right after.
 * @param own the own position, if there is one
 * @param group the group's offset in Kafka, if there is one
 * @param beginning where a group begins that has no position, or one at which there is nothing any more
 */
export function startAt(
  own: Pick<Position, 'next' | 'committed'> | undefined,
  group: number | undefined,
  { low, high }: Range,
  beginning: number,
): Start {
  const start = wanted(own, group);
  if (start === undefined) return { next: beginning, why: 'new' };
  if (start.next < low) return { next: Math.max(low, beginning), why: 'lost' };
  // The topic was made anew, or has lost its end.
  if (start.next > high) return { next: beginning, why: 'ahead' };
  return start;
}

function wanted(own: Pick<Position, 'next' | 'committed'> | undefined, group: number | undefined): Start | undefined {
  if (own === undefined) return group === undefined ? undefined : { next: group, why: 'group' };
  // The group has no offset (any more), or the process died before it told Kafka.
  if (group === undefined || (group >= own.committed && group < own.next)) return { next: own.next, why: 'own' };
  if (group >= own.next) return { next: group, why: group === own.next ? 'own' : 'group' };
  return { next: group, why: 'rewound' };
}

/** A name for a new epoch. */
export function newEpoch(): string {
  return randomBytes(6).toString('base64url');
}

/** The positions of groups in the embedded store, as JSON. */
export class Positions {
  readonly #get: StatementSync;
  readonly #put: StatementSync;

  constructor(private readonly store: Store) {
    this.#get = store.prepare('SELECT position FROM positions WHERE source = ?');
    this.#put = store.prepare('INSERT OR REPLACE INTO positions (source, position) VALUES (?, ?)');
  }

  get(name: string): Position | undefined {
    const row = this.#get.get(name) as { position: string } | undefined;
    return row === undefined ? undefined : (JSON.parse(row.position) as Position);
  }

  /** Inside a transaction. */
  put(name: string, position: Position): void {
    this.#put.run(name, JSON.stringify(position));
  }

  /** In a transaction of its own. */
  putAtOnce(name: string, position: Position): void {
    this.store.transaction(() => this.put(name, position));
  }
}
