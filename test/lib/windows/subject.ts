import type { Command } from '../../../lib/windows/windowCounter';
import type { WindowSettings } from '../../../lib/windows/windowSettings';
import { WindowHarness, lateOf } from './harness';
import { type LateRecord, Reference } from './reference';

/** Windows that a case or a random run is played on: the counter, or the reference. */
export interface Subject {
  wait(ms: number): Promise<void>;
  open(lane: string): void;
  atEnd(lane: string): void;
  send(records: readonly unknown[], lane: string): Promise<void>;
  command(command: Command): Promise<void>;
  crash(): Promise<void>;
  /** What came out since the last call. */
  take(): Output;
  dispose(): void;
}

export interface Output {
  /** The payloads of the results. */
  readonly results: unknown[];
  readonly late: LateRecord[];
  /** The error of each record that was rejected at once; the reference knows no words. */
  readonly rejected: (string | undefined)[];
}

/** The counter with a real store, ledger and outbox. */
export function counterSubject(settings: WindowSettings): Subject {
  const harness = new WindowHarness(settings);
  return {
    async wait(ms) {
      harness.now += ms;
      await harness.tick();
    },
    open: (lane) => void harness.lane(lane),
    atEnd: (lane) => harness.lane(lane).reachedEnd(true),
    send: (records, lane) => harness.send(records, lane),
    command: (command) => harness.command(command),
    async crash() {
      harness.crash();
      await harness.settled();
    },
    take: () => ({
      results: harness.results.splice(0),
      late: harness.late.splice(0).map(lateOf),
      rejected: harness.rejected.splice(0).map(({ error }) => error.message),
    }),
    dispose: () => harness.dispose(),
  };
}

export function referenceSubject(settings: WindowSettings): Subject {
  let now = Date.UTC(2030, 0, 1);
  const reference = new Reference('w', settings, () => now);
  const done = Promise.resolve();
  return {
    wait(ms) {
      now += ms;
      reference.tick();
      return done;
    },
    open: (lane) => reference.open(lane),
    atEnd: (lane) => reference.atEnd(lane, true),
    send(records, lane) {
      reference.send(records, lane);
      return done;
    },
    command(command) {
      reference.command(command);
      return done;
    },
    crash() {
      reference.crash();
      return done;
    },
    take: () => ({
      results: reference.results.splice(0),
      late: reference.late.splice(0),
      rejected: reference.rejected.splice(0).map(() => undefined),
    }),
    dispose: () => undefined,
  };
}
