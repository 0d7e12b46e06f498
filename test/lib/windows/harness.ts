import type { Rejection } from '../../../lib/core/records';
import { type Carrier, type Lane, messagesOf } from '../../../lib/delivery/lane';
import { Ledger } from '../../../lib/delivery/ledger';
import { Outbox } from '../../../lib/delivery/outbox';
import { type Command, WindowCounter } from '../../../lib/windows/windowCounter';
import type { WindowSettings } from '../../../lib/windows/windowSettings';
import { WindowState } from '../../../lib/windows/windowState';
import { settle } from '../../support/nodes';
import { TestStore } from '../../support/store';
import type { LateRecord } from './reference';

/** A window node without Node-RED around it: a real store and ledger, lanes to send by, and what came out. */
export class WindowHarness {
  /** The payloads of the results. */
  readonly results: unknown[] = [];
  readonly late: Rejection[] = [];
  /** Rejected at once, not late. */
  readonly rejected: Rejection[] = [];
  /** The position that each lane would resume at. */
  readonly positions = new Map<string, number>();
  now = Date.UTC(2030, 0, 1);
  #test = new TestStore();
  ledger!: Ledger;
  counter!: WindowCounter;
  #outbox!: Outbox;
  #lanes = new Map<string, Lane<number>>();
  #sent: Carrier[] = [];

  constructor(readonly settings: WindowSettings) {
    try {
      this.#start();
    } catch (thrown) {
      this.dispose();
      throw thrown;
    }
  }

  /** Kills the node: what was not committed is gone; then starts it again on the same store. */
  crash(): void {
    const dead = this.ledger;
    this.#test.reopen();
    dead.close();
    this.#lanes.clear();
    this.#start();
  }

  lane(name: string): Lane<number> {
    let lane = this.#lanes.get(name);
    if (lane === undefined) {
      lane = this.ledger.lane<number>({
        name,
        origin: 'source',
        maxInFlight: 1000,
        retries: 0,
        send: (outputs) => {
          for (const message of messagesOf(outputs)) {
            this.ledger.delivered('node', message);
            this.#sent.push(message);
          }
        },
        save: () => undefined,
        committed: (position) => void this.positions.set(name, position),
      });
      this.#lanes.set(name, lane);
    }
    return lane;
  }

  /** Sends a batch through a lane and counts it, without finishing it. */
  begin(lane: string, records: readonly unknown[], position = 0): Carrier {
    this.lane(lane).dispatch(1, position, () => [{ payload: records }]);
    const message = this.#sent.at(-1) ?? {};
    this.rejected.push(...this.counter.add(message, records, true).rejected);
    return message;
  }

  finish(message: Carrier): Promise<void> {
    this.ledger.completed('node', message);
    return this.settled();
  }

  /** Commits what is finished, and waits until no more comes out. */
  async settled(): Promise<void> {
    let before: number;
    do {
      before = this.results.length + this.late.length;
      // The ledger judges a turn after the last completion; the outbox sends a turn after the commit.
      for (let round = 0; round < 3; round++) {
        await settle(3);
        this.ledger.commit();
      }
      await settle(3);
    } while (this.results.length + this.late.length > before);
  }

  async send(records: readonly unknown[], lane = 'lane'): Promise<void> {
    await this.finish(this.begin(lane, records));
  }

  async command(command: Command): Promise<void> {
    await this.counter.command({}, command);
    await this.settled();
  }

  /** The timer of the node strikes. */
  async tick(): Promise<void> {
    this.counter.tick();
    await this.settled();
  }

  /** The names of the shapes of which the store has something. */
  get savedShapes(): string[] {
    const parts = [...new WindowState(this.#test.store, 'w').log.load().keys()];
    return [...new Set(parts.map((part) => part.slice(0, part.lastIndexOf('/'))))];
  }

  dispose(): void {
    (this.ledger as Ledger | undefined)?.close();
    this.#test.dispose();
  }

  #start(): void {
    const { store } = this.#test;
    this.ledger = new Ledger(store, { commitEvery: 0, onCommitError: () => undefined });
    this.#outbox = new Outbox(store, this.ledger, 'w', ([results, late]) => {
      for (const message of messagesOf([results ?? null])) this.results.push(message.payload);
      for (const message of messagesOf([late ?? null]))
        this.late.push(...[message.payload as Rejection | Rejection[]].flat());
    });
    this.counter = new WindowCounter(
      'w',
      this.settings,
      new WindowState(store, 'w'),
      this.ledger,
      this.#outbox,
      () => this.now,
    );
  }
}

/** A late record as its rejection names it. */
export function lateOf({ record, error }: Rejection): LateRecord {
  return { record, missed: error.message.match(/\d{4}-[\dT:.-]+Z\/\d{4}-[\dT:.-]+Z/gu) ?? [] };
}
