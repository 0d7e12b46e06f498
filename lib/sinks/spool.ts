import type { StatementSync } from 'node:sqlite';
import type { Contributor, Participant } from '../delivery/participant';
import { NodeState } from '../store/nodeState';
import type { Store } from '../store/store';

/** Encoded records for one file. */
export interface Chunk {
  /** Which file they belong to, in the words of the sink: a path without its number and ending. */
  readonly file: string;
  /** What the file has to begin with, such as a CSV header; chunks with another header are another file. */
  readonly header: string;
  readonly records: number;
  readonly body: string;
}

/** The chunks that wait in the spool for the same file. */
export interface Pile {
  readonly file: string;
  readonly header: string;
  readonly records: number;
  /** Bytes of the chunks, the header not counted. */
  readonly bytes: number;
  /** When its first chunk was committed, in milliseconds since 1970. */
  readonly since: number;
  /** Sequence numbers of the first and the last chunk. No other pile has these. */
  readonly first: number;
  readonly last: number;
}

/** A stretch of the spool that one file is made of. */
export type Stretch = Pick<Pile, 'file' | 'header' | 'first' | 'last'>;

/** How much lies in a spool. */
export interface Held {
  readonly records: number;
  readonly bytes: number;
}

/** What one commit brings for one file. */
interface Merged {
  readonly file: string;
  readonly header: string;
  readonly bodies: string[];
  records: number;
  /** Characters in `bodies`. */
  length: number;
}

/** Characters up to which messages share a row of the spool. */
const LONGEST_BODY = 1_000_000;

const open = new WeakMap<Store, Map<string, Spool>>();

/**
 * A sink's durable spool: records that wait in the embedded store for being published. What a message brings is written
 * by the one commit, together with its source's position: it is in the spool exactly once or, if the message is to be
 * delivered again, not at all. What is published is removed by the sink, in a transaction.
 */
export class Spool implements Participant<readonly Chunk[]> {
  readonly #insert: StatementSync;
  readonly #body: StatementSync;
  readonly #remove: StatementSync;
  readonly #summary: StatementSync;
  readonly #within: StatementSync;
  readonly #rows: StatementSync;
  readonly #state: NodeState;
  /** What the commit under way brings: in order, and the last for each file. */
  readonly #merged: Merged[] = [];
  readonly #lastOf = new Map<string, Merged>();
  readonly #saved: Pile[] = [];
  readonly #piles: Map<string, Pile>;
  #records = 0;
  #bytes = 0;
  #listener: (() => void) | undefined;

  private constructor(
    private readonly store: Store,
    readonly node: string,
    private readonly now: () => number,
  ) {
    this.#insert = store.prepare(
      'INSERT INTO spool (node, file, header, records, bytes, at, body) VALUES (?, ?, ?, ?, ?, ?, ?)',
    );
    this.#body = store.prepare(
      'SELECT sequence, body FROM spool WHERE node = ? AND file = ? AND header = ? AND sequence BETWEEN ? AND ? ORDER BY sequence LIMIT 1',
    );
    this.#remove = store.prepare(
      'DELETE FROM spool WHERE node = ? AND file = ? AND header = ? AND sequence BETWEEN ? AND ? RETURNING records, bytes',
    );
    this.#summary = store.prepare(
      `SELECT file, header, sum(records) AS records, sum(bytes) AS bytes, min(at) AS since, min(sequence) AS first,
       max(sequence) AS last FROM spool WHERE node = ? GROUP BY file, header ORDER BY first`,
    );
    this.#within = store.prepare(
      `SELECT total(records) AS records, total(bytes) AS bytes FROM spool
       WHERE node = ? AND file = ? AND header = ? AND sequence BETWEEN ? AND ?`,
    );
    this.#rows = store.prepare(
      'SELECT sequence, bytes, at FROM spool WHERE node = ? AND file = ? AND header = ? AND sequence >= ? ORDER BY sequence',
    );
    this.#state = new NodeState(store, node);
    const piles = this.#summary.all(node) as unknown as Pile[];
    this.#piles = new Map(piles.map((pile) => [keyOf(pile), pile]));
    for (const pile of piles) this.#count(pile, 1);
  }

  /**
   * The spool of a node. A node that was deployed anew gets the same one, so that a commit which began before the
   * deploy is seen by both.
   * @param now the time at which chunks are committed, in milliseconds since 1970
   */
  static of(store: Store, node: string, now: () => number = Date.now): Spool {
    const spools = open.get(store) ?? new Map<string, Spool>();
    open.set(store, spools);
    const spool = spools.get(node) ?? new Spool(store, node, now);
    spools.set(node, spool);
    return spool;
  }

  /**
   * Adds what one message brought.
   * @returns undefined if the message's source answers for it, otherwise a promise that resolves once it is durable
   */
  add(chunks: readonly Chunk[], contributor: Contributor): Promise<void> | undefined {
    return contributor.contribute(this, chunks);
  }

  /**
   * Calls `listener` whenever there is something new: chunks that were committed, removed, or given up by their source.
   * It takes the place of the one before. @returns ends that
   */
  listen(listener: () => void): () => void {
    this.#listener = listener;
    return () => {
      if (this.#listener === listener) this.#listener = undefined;
    };
  }

  /** All that lies in it: what waits, and what was claimed and is not removed yet. */
  get held(): Held {
    return { records: this.#records, bytes: this.#bytes };
  }

  /** What waits, in the order of its first chunks. Stretches taken out by `claim` are not among it. */
  piles(): Pile[] {
    return [...this.#piles.values()];
  }

  /** The pile for a file, as it is now. */
  pileOf(of: Pick<Pile, 'file' | 'header'>): Pile | undefined {
    return this.#piles.get(keyOf(of));
  }

  /** The beginning of a pile: its first chunks that have so many bytes together, or all of it. */
  cut({ file, header, first, last }: Pile, bytes: number): Stretch {
    let left = bytes;
    for (const row of this.#rows.iterate(this.node, file, header, first)) {
      left -= row.bytes as number;
      if (left <= 0) return { file, header, first, last: row.sequence as number };
    }
    return { file, header, first, last };
  }

  /** Takes the beginning of a pile out of `piles`; what is behind it is another pile. */
  claim({ file, header, first, last }: Stretch): void {
    const key = keyOf({ file, header });
    const pile = this.#piles.get(key);
    if (pile === undefined || pile.first > last) return;
    const { records, bytes } = this.#within.get(this.node, file, header, first, last) as unknown as Held;
    const next = this.#rows.get(this.node, file, header, last + 1) as { sequence: number; at: number } | undefined;
    if (next === undefined) {
      this.#piles.delete(key);
    } else {
      const rest = { records: pile.records - records, bytes: pile.bytes - bytes };
      this.#piles.set(key, { ...pile, ...rest, first: next.sequence, since: next.at });
    }
  }

  /** The bodies of a stretch, in order, one in memory at a time. */
  *bodies({ file, header, first, last }: Stretch): Generator<Uint8Array, void, void> {
    for (let next = first; next <= last; next++) {
      const row = this.#body.get(this.node, file, header, next, last) as
        { sequence: number; body: Uint8Array } | undefined;
      if (row === undefined) return;
      yield row.body;
      next = row.sequence;
    }
  }

  /**
   * Removes the chunks of a published stretch, in one transaction with `write`.
   * @throws {StoreError} if it cannot be committed
   */
  remove({ file, header, first, last }: Stretch, write: () => void): void {
    let removed: Held[] = [];
    this.store.transaction(() => {
      removed = this.#remove.all(this.node, file, header, first, last) as unknown as Held[];
      write();
    });
    for (const each of removed) this.#count(each, -1);
    this.#listener?.();
  }

  /** The node's small state beside the spool; plans of what is being published are kept there. */
  get state(): NodeState {
    return this.#state;
  }

  /** @throws {StoreError} if it cannot be committed */
  transaction(write: () => void): void {
    this.store.transaction(write);
  }

  merge(deltas: readonly (readonly Chunk[])[]): void {
    // One row per commit and file, however many messages the commit has, as long as it is no burden to read back.
    for (const chunk of deltas.flat()) {
      const { file, header, records, body } = chunk;
      const last = this.#lastOf.get(keyOf(chunk));
      if (last === undefined || last.length + body.length > LONGEST_BODY) {
        const merged = { file, header, records, bodies: [body], length: body.length };
        this.#lastOf.set(keyOf(chunk), merged);
        this.#merged.push(merged);
      } else {
        last.records += records;
        last.bodies.push(body);
        last.length += body.length;
      }
    }
  }

  save(): void {
    const since = this.now();
    for (const { file, header, records, bodies } of this.#merged) {
      const body = Buffer.from(bodies.join(''));
      const { lastInsertRowid } = this.#insert.run(this.node, file, header, records, body.length, since, body);
      const sequence = Number(lastInsertRowid);
      this.#saved.push({ file, header, records, bytes: body.length, since, first: sequence, last: sequence });
    }
  }

  committed(): void {
    this.#forgetMerged();
    for (const added of this.#saved.splice(0)) {
      this.#count(added, 1);
      const pile = this.#piles.get(keyOf(added));
      this.#piles.set(
        keyOf(added),
        pile === undefined
          ? added
          : { ...pile, records: pile.records + added.records, bytes: pile.bytes + added.bytes, last: added.last },
      );
    }
    this.#listener?.();
  }

  reload(): void {
    this.#forgetMerged();
    this.#saved.splice(0);
  }

  drop(): void {
    this.#listener?.();
  }

  #count({ records, bytes }: Held, sign: 1 | -1): void {
    this.#records += sign * records;
    this.#bytes += sign * bytes;
  }

  #forgetMerged(): void {
    this.#merged.length = 0;
    this.#lastOf.clear();
  }
}

function keyOf({ file, header }: Pick<Pile, 'file' | 'header'>): string {
  return `${file}\n${header}`;
}
