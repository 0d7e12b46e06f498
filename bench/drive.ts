import { join } from 'node:path';
import type { Carrier } from '../lib/delivery/lane';
import { Ledger } from '../lib/delivery/ledger';
import type { Contributor } from '../lib/delivery/participant';
import { Store } from '../lib/store/store';
import { temporaryFolder } from '../test/support/store';

/** As kafka-in has it by default. */
const IN_FLIGHT = 2_000;

/** A step that takes part in the commit. */
export type DrivenStep = (batch: readonly unknown[], contributor: Contributor, message: Carrier) => unknown;

/** A real store and ledger in a folder of their own, and a source that drives messages through one step. */
export class Drive {
  readonly #folder = temporaryFolder();
  readonly path = this.#folder.path;
  readonly store = new Store(join(this.path, 'pulseflow.db'));
  readonly ledger = new Ledger(this.store);
  readonly #save = this.store.prepare('INSERT OR REPLACE INTO positions (source, position) VALUES (?, ?)');
  readonly #disposals: (() => void)[] = [];
  #names = 0;

  /** A name that nothing in the store has yet. */
  fresh(): string {
    return `bench-${++this.#names}`;
  }

  /**
   * Sends messages through a step that is done with each at once, and commits whenever as many records are in flight as a
   * source may have. The ledger's own wait for more to commit (5 ms) is left out: it costs no work.
   */
  async run(batches: readonly (readonly unknown[])[], step: DrivenStep): Promise<void> {
    const { ledger } = this;
    const name = this.fresh();
    const lane = ledger.lane<number>({
      name,
      origin: name,
      maxInFlight: IN_FLIGHT,
      retries: 0,
      send: ([message]) => {
        if (message === null || message === undefined || Array.isArray(message)) return;
        step(message.payload as unknown[], ledger.contributor(message), message);
      },
      save: (position) => this.#save.run(name, String(position)),
    });
    let position = 0;
    for (const payload of batches) {
      if (lane.inFlight + payload.length > IN_FLIGHT) await this.#commit();
      position += payload.length;
      lane.dispatch(payload.length, position, () => [{ payload }]);
    }
    while (lane.inFlight > 0) await this.#commit();
    lane.close();
  }

  async #commit(): Promise<void> {
    await nextTurn();
    if (!this.ledger.commit()) throw new Error('the store refused a commit');
  }

  onDispose(action: () => void): void {
    this.#disposals.push(action);
  }

  dispose(): void {
    for (const action of this.#disposals) action();
    this.ledger.close();
    this.store.close();
    this.#folder.remove();
  }
}

export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
