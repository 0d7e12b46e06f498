import type { StatementSync } from 'node:sqlite';
import type { Store } from '../store/store';
import type { Carrier, Lane, Outputs } from './lane';
import type { Ledger } from './ledger';

const AT_ONCE = 64;

interface Row {
  sequence: number;
  output: number;
  message: string;
}

/**
 * Results of a stateful node on their way out: written in the commit that made them, sent as by a source of their own,
 * and forgotten when the flow has finished with them.
 */
export class Outbox {
  readonly #put: StatementSync;
  readonly #read: StatementSync;
  readonly #remove: StatementSync;
  readonly #lane: Lane<number>;
  #last: number;
  #sent = 0;
  #pumping = false;
  #again = false;

  constructor(
    store: Store,
    ledger: Ledger,
    private readonly node: string,
    send: (outputs: Outputs) => void,
  ) {
    this.#put = store.prepare('INSERT INTO outbox (node, sequence, id, output, message) VALUES (?, ?, ?, ?, ?)');
    this.#read = store.prepare(
      'SELECT sequence, output, message FROM outbox WHERE node = ? AND sequence > ? ORDER BY sequence LIMIT ?',
    );
    this.#remove = store.prepare('DELETE FROM outbox WHERE node = ? AND sequence <= ?');
    const { last } = store.prepare('SELECT MAX(sequence) AS last FROM outbox WHERE node = ?').get(node) as {
      last: number | null;
    };
    this.#last = last ?? 0;
    this.#lane = ledger.lane<number>({
      name: `outbox/${node}`,
      origin: node,
      maxInFlight: 256,
      // A result is not to be made again: it is kept until the flow takes it.
      retries: Infinity,
      send,
      save: (sequence) => this.#remove.run(node, sequence),
    });
    this.wake();
  }

  /** Writes a result; called inside the commit. `id` says what the result is. */
  put(id: string, output: number, message: Carrier): void {
    this.#last++;
    this.#put.run(this.node, this.#last, id, output, JSON.stringify(message));
  }

  /** Sends what has been committed. */
  wake(): void {
    this.#again = true;
    if (!this.#pumping) void this.#pump();
  }

  /** Forgets what was not sent yet: its node is gone. Called inside a transaction. */
  clear(): void {
    this.#remove.run(this.node, this.#last);
  }

  close(): void {
    this.#lane.close();
  }

  async #pump(): Promise<void> {
    this.#pumping = true;
    while (this.#again) {
      const room = await this.#lane.room();
      if (room <= 0) break;
      const rows = this.#read.all(this.node, this.#sent, Math.min(room, AT_ONCE)) as unknown as Row[];
      this.#again = rows.length > 0;
      for (const { sequence, output, message } of rows) {
        this.#sent = sequence;
        this.#lane.dispatch(1, sequence, () => onOutput(JSON.parse(message) as Carrier, output));
      }
    }
    this.#pumping = false;
  }
}

function onOutput(message: Carrier, output: number): Outputs {
  const outputs = new Array<Carrier | null>(output).fill(null);
  outputs.push(message);
  return outputs;
}
