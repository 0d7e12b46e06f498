import type { StatementSync } from 'node:sqlite';
import type { Store } from '../../../store/store';
import type { Headers } from '../../log';
import { type Outgoing, bytesOf } from '../outgoing';

/** A record that waits for the transaction that it is written in. */
export interface Spooled extends Outgoing {
  /** Grows with each record, over restarts too. */
  readonly sequence: number;
  /** Where the source of its message goes on after it. */
  readonly position: number;
  /** The node that wrote it. */
  readonly node: string;
}

/** Of which records of its source a message was made, and where the source goes on after it. */
export interface Made {
  readonly position: number;
  readonly first: number;
  readonly last: number;
}

/** How many records, and about how many bytes they take. */
export interface Size {
  readonly records: number;
  readonly bytes: number;
}

interface Row {
  sequence: number;
  position: number;
  node: string;
  topic: string;
  partition: number;
  timestamp: string;
  key: Uint8Array | null;
  value: Uint8Array | null;
  headers: string;
}

/**
 * Records in the store between the commit that they are a part of and the transaction in which Kafka gets them, in
 * lanes: one for each stream of a source. What changes something is to be called inside a transaction of the store.
 */
export class Spool {
  readonly #lane: StatementSync;
  readonly #makeLane: StatementSync;
  readonly #lanes: StatementSync;
  readonly #insert: StatementSync;
  readonly #take: StatementSync;
  readonly #takeMessage: StatementSync;
  readonly #position: StatementSync;
  readonly #size: StatementSync;
  readonly #removeUpTo: StatementSync;
  readonly #removeRead: StatementSync;
  readonly #across: StatementSync;
  readonly #clear: StatementSync;

  /** @param cluster the name that the cluster has for itself, to which the records go */
  constructor(
    store: Store,
    private readonly cluster: string,
  ) {
    this.#lane = store.prepare('SELECT id FROM kafka_lanes WHERE cluster = ? AND name = ?');
    this.#makeLane = store.prepare('INSERT INTO kafka_lanes (cluster, name) VALUES (?, ?)');
    this.#lanes = store.prepare(
      'SELECT name FROM kafka_lanes WHERE cluster = ? AND id IN (SELECT lane FROM kafka_spool)',
    );
    this.#insert = store.prepare(
      `INSERT INTO kafka_spool (lane, position, first, last, node, topic, partition, timestamp, key, value, headers)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#take = store.prepare('SELECT * FROM kafka_spool WHERE lane = ? ORDER BY sequence LIMIT ?');
    this.#takeMessage = store.prepare('SELECT * FROM kafka_spool WHERE lane = ? AND position = ? ORDER BY sequence');
    this.#position = store.prepare(
      'SELECT position FROM kafka_spool WHERE lane = ? AND sequence > ? ORDER BY sequence LIMIT 1',
    );
    this.#size = store.prepare(
      `SELECT COUNT(*) AS records, COALESCE(SUM(COALESCE(LENGTH(key), 0) + COALESCE(LENGTH(value), 0) + LENGTH(headers)), 0)
       AS bytes FROM kafka_spool WHERE lane = ?`,
    );
    this.#removeUpTo = store.prepare('DELETE FROM kafka_spool WHERE lane = ? AND sequence <= ?');
    this.#removeRead = store.prepare('DELETE FROM kafka_spool WHERE lane = ? AND last < ?');
    this.#across = store.prepare('SELECT 1 FROM kafka_spool WHERE lane = ?1 AND first < ?2 AND last >= ?2 LIMIT 1');
    this.#clear = store.prepare('DELETE FROM kafka_spool WHERE lane = ?');
  }

  /** The names of all lanes with records of this cluster. */
  lanes(): string[] {
    return (this.#lanes.all(this.cluster) as { name: string }[]).map(({ name }) => name);
  }

  /** The number of a lane, which it gets here if it has none. */
  lane(name: string): number {
    const known = this.#lane.get(this.cluster, name) as { id: number } | undefined;
    return known?.id ?? Number(this.#makeLane.run(this.cluster, name).lastInsertRowid);
  }

  insert(lane: number, { position, first, last }: Made, node: string, row: Outgoing): void {
    const { key, value, headers, timestamp } = row.message;
    this.#insert.run(
      ...[lane, position, first, last, node, row.topic, row.partition],
      ...[timestamp, key, value as Buffer | null, JSON.stringify(headers)],
    );
  }

  /** The oldest records of a lane. */
  take(lane: number, limit: number): Spooled[] {
    return (this.#take.all(lane, limit) as unknown as Row[]).map(spooled);
  }

  /** The oldest records of a lane, to where a message ends: more than `limit` only of a message that has more. */
  takeMessages(lane: number, limit: number): Spooled[] {
    const records = this.take(lane, limit);
    const last = records.at(-1);
    if (last === undefined || records.length < limit) return records;
    const next = this.#position.get(lane, last.sequence) as { position: number } | undefined;
    if (next?.position !== last.position) return records;
    const whole = records.filter(({ position }) => position !== last.position);
    if (whole.length > 0) return whole;
    return (this.#takeMessage.all(lane, last.position) as unknown as Row[]).map(spooled);
  }

  /** How much of a lane waits. */
  size(lane: number): Size {
    return this.#size.get(lane) as unknown as Size;
  }

  removeUpTo(lane: number, sequence: number): void {
    this.#removeUpTo.run(lane, sequence);
  }

  /** Removes what was made of records before an offset only. */
  removeMadeBefore(lane: number, offset: number): void {
    this.#removeRead.run(lane, offset);
  }

  /** Whether there is something that was made of records both before an offset and from it on. */
  lieAcross(lane: number, offset: number): boolean {
    return this.#across.get(lane, offset) !== undefined;
  }

  clear(lane: number): void {
    this.#clear.run(lane);
  }
}

/** Whether any cluster has records waiting. */
export function anySpooled(store: Store): boolean {
  return store.prepare('SELECT 1 FROM kafka_spool LIMIT 1').get() !== undefined;
}

function spooled({ sequence, position, node, topic, partition, timestamp, ...own }: Row): Spooled {
  const headers = JSON.parse(own.headers) as Headers;
  const message = { key: buffer(own.key), value: buffer(own.value), headers, timestamp };
  return { sequence, position, node, topic, partition, bytes: bytesOf(message), message };
}

function buffer(bytes: Uint8Array | null): Buffer | null {
  return bytes === null ? null : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
