import type { Rejection } from '../../../lib/core/records';
import { type Carrier, type Lane, messagesOf } from '../../../lib/delivery/lane';
import { Ledger } from '../../../lib/delivery/ledger';
import { Outbox } from '../../../lib/delivery/outbox';
import { windowGrid } from '../../../lib/windows/assign';
import type { WindowResult } from '../../../lib/windows/result';
import { type Command, WindowCounter, type WindowSettings } from '../../../lib/windows/windowCounter';
import { WindowState } from '../../../lib/windows/windowState';
import { TestStore } from '../../support/store';

export const MINUTE = 60_000;

export const tumbling: WindowSettings = {
  key: 'k',
  time: 't',
  value: '',
  mode: 'stream',
  delay: 0,
  idle: 0,
  grid: windowGrid(MINUTE, MINUTE),
  emit: 'close',
  top: 0,
  durable: true,
  keepLate: true,
};

/** A window node without Node-RED around it: lanes to send by, and what came out. */
export class WindowHarness {
  readonly results: WindowResult[] = [];
  readonly late: Rejection[] = [];
  now = Date.UTC(2030, 0, 1);
  #test = new TestStore();
  ledger!: Ledger;
  counter!: WindowCounter;
  #outbox!: Outbox;
  #lanes = new Map<string, Lane<number>>();
  #sent: Carrier[] = [];

  constructor(readonly settings: WindowSettings) {
    this.#start();
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
      });
      this.#lanes.set(name, lane);
    }
    return lane;
  }

  /** Sends a batch through a lane and counts it, without finishing it. */
  begin(lane: string, records: unknown[], position = 0): Carrier {
    this.lane(lane).dispatch(1, position, () => [{ payload: records }]);
    const message = this.#sent.at(-1) ?? {};
    this.counter.add(message, records, true);
    return message;
  }

  finish(message: Carrier): Promise<void> {
    this.ledger.completed('node', message);
    return settled();
  }

  async send(records: unknown[], lane = 'lane'): Promise<void> {
    await this.finish(this.begin(lane, records));
  }

  async command(command: Command): Promise<void> {
    await this.counter.command({}, command);
    await settled();
  }

  /** What came out since the last call, as `key:count` by window in minutes: `0-1 a:2 b:1`, `~` before an update. */
  take(): string[] {
    return this.results.splice(0).map(({ window, final, counts }) => {
      const minutes = (text: string): number => Date.parse(text) / MINUTE;
      const lines = counts.map(({ key, count }) => ` ${key}:${count}`).join('');
      return `${final ? '' : '~'}${minutes(window.start)}-${minutes(window.end)}${lines}`;
    });
  }

  dispose(): void {
    this.ledger.close();
    this.#test.dispose();
  }

  #start(): void {
    const { store } = this.#test;
    this.ledger = new Ledger(store, { commitEvery: 0, onCommitError: () => undefined });
    this.#outbox = new Outbox(store, this.ledger, 'w', ([results, late]) => {
      for (const message of messagesOf([results ?? null])) this.results.push(message.payload as WindowResult);
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

/** Waits until commits and the outbox have come to rest. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 12));
}
