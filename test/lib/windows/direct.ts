import type { Rejection } from '../../../lib/core/records';
import type { Carrier, Lane } from '../../../lib/delivery/lane';
import type { Participant } from '../../../lib/delivery/participant';
import type { Store } from '../../../lib/store/store';
import { type Command, WindowCounter } from '../../../lib/windows/windowCounter';
import type { WindowSettings } from '../../../lib/windows/windowSettings';
import { WindowState } from '../../../lib/windows/windowState';
import { lateOf } from './harness';
import type { LateRecord } from './reference';

type CounterOutbox = ConstructorParameters<typeof WindowCounter>[4];

/** What the counter asks of a lane. */
interface FakeLane extends Pick<Lane<unknown>, 'name' | 'origin' | 'atEnd'> {
  atEnd: boolean;
}

/**
 * A counter on a real store without ledger, outbox and timers: what a message contributes waits here until `commit`, and
 * what it puts out is taken in the commit. Thousands of runs a second fit on one core this way.
 */
export class DirectCounter {
  now = Date.UTC(2030, 0, 1);
  readonly results: unknown[] = [];
  readonly late: LateRecord[] = [];
  counter!: WindowCounter;
  #lanes = new Map<string, FakeLane>();
  /** What each message contributed, in order. */
  #waiting: unknown[][] = [];

  constructor(
    readonly node: string,
    readonly store: Store,
    readonly settings: WindowSettings,
  ) {
    this.#start();
  }

  open(name: string): void {
    if (!this.#lanes.has(name)) this.#lanes.set(name, { name, origin: 'source', atEnd: false });
  }

  has(name: string): boolean {
    return this.#lanes.has(name);
  }

  close(name: string): void {
    this.#lanes.delete(name);
  }

  atEnd(name: string, atEnd: boolean): void {
    this.open(name);
    const lane = this.#lanes.get(name);
    if (lane !== undefined) lane.atEnd = atEnd;
  }

  /** Counts a message; it is finished, but not committed. */
  send(records: readonly unknown[], lane: string): readonly Rejection[] {
    this.open(lane);
    return this.counter.add({ lane: this.#lanes.get(lane) }, records, true).rejected;
  }

  command(command: Command): void {
    void this.counter.command({}, command);
  }

  tick(): void {
    this.counter.tick();
  }

  /** Merges and saves what is waiting, in one go. */
  commit(): void {
    if (this.#waiting.length === 0) return;
    for (const deltas of this.#waiting.splice(0)) this.counter.merge(deltas as never);
    this.counter.save();
    (this.counter as Participant<never>).committed?.();
  }

  /** The process dies and starts again: what waits is gone, and no lane is open. */
  crash(): void {
    this.#waiting = [];
    this.#lanes.clear();
    this.#start();
  }

  #start(): void {
    const contribute = (delta: unknown): void => void this.#waiting.push([delta]);
    const ledger = {
      laneOf: (message: Carrier) => message.lane as Lane<unknown> | undefined,
      lanesOf: () => [...this.#lanes.values()] as unknown as Lane<unknown>[],
      contributor: () => ({
        contribute: (_: unknown, delta: unknown) => {
          contribute(delta);
          return undefined;
        },
      }),
      contributeAlone: (_: unknown, delta: unknown) => {
        contribute(delta);
        return Promise.resolve();
      },
    };
    const outbox = {
      put: (_: string, output: number, { payload }: Carrier) => {
        if (output === 0) this.results.push(structuredClone(payload));
        else this.late.push(...[payload as Rejection | Rejection[]].flat().map(lateOf));
      },
      wake: () => undefined,
      clear: () => undefined,
    };
    this.counter = new WindowCounter(
      this.node,
      this.settings,
      new WindowState(this.store, this.node),
      ledger,
      outbox as unknown as CounterOutbox,
      () => this.now,
    );
  }
}
