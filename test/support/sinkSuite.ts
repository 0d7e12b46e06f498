import { strict as assert } from 'node:assert';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { RecordError, StoreError } from '../../lib/core/errors';
import type { Rejection } from '../../lib/core/records';
import { ManualClock } from '../lib/sinks/manualClock';
import { seeded } from './random';
import type { SinkAdapter, SinkServer, SuiteOptions, SuiteRecord, SuiteSink } from './sinkAdapter';
import { until } from './until';

const OPTIONS: SuiteOptions = {
  maxBatch: 10,
  linger: 1,
  timeout: 10_000,
  retry: { retries: 8, base: 1, longest: 20 },
};
/** `PULSEFLOW_SEED` repeats a run. */
const SEED = Number(process.env.PULSEFLOW_SEED ?? Date.now() % 1_000_000);
/** Longer than any test. */
const NEVER = 3_600_000;

/**
 * Describes what every sink has in common, against a server that fails in all the ways that servers do. See
 * `sinkAdapter.ts` for what it takes to run a sink through it.
 */
export function sinkSuite(name: string, adapter: SinkAdapter): void {
  describe(`${name}, as every sink`, () => {
    let server: SinkServer;
    let sinks: SuiteSink[] = [];
    beforeEach(async () => {
      server = await adapter.start();
    });
    afterEach(async () => {
      await Promise.all(sinks.map((each) => each.close(0)));
      sinks = [];
      await server.stop();
    });

    const open = (options: Partial<SuiteOptions> = {}): SuiteSink => {
      const sink = server.sink({ ...OPTIONS, ...options });
      sinks.push(sink);
      return sink;
    };
    /** That exactly these are stored, each once. */
    const assertStored = async (expected: readonly SuiteRecord[], hint?: string): Promise<void> => {
      const stored = (await server.stored()).map(({ id, text }) => ({ id, text }));
      assert.deepEqual([...stored].sort(byId), [...expected].sort(byId), hint);
    };

    it('writes as soon as a batch has its rows', async () => {
      const sink = open({ linger: NEVER });
      assert.deepEqual(await sink.add(records(0, 10)), []);
      assert.deepEqual(server.requests, [ids(0, 10)]);
      await assertStored(records(0, 10));
    });

    it('writes as soon as a batch has its bytes, and what is larger alone', async () => {
      const sink = open({ maxBatch: 1_000, maxBytes: 10_000, linger: NEVER });
      const [small, large] = ['s'.repeat(4_000), 'l'.repeat(20_000)];
      const sizes = [small, small, small, large, small, small];
      const all = sizes.map((text, index) => ({ id: id(index), text }));
      const added = sink.add(all);
      await until(() => server.requests.length === 3, 'the full batches');
      const last = sink.add([{ id: 'last', text: large }]);
      assert.deepEqual(await Promise.all([added, last]), [[], []]);
      assert.deepEqual(server.requests.slice(0, 5), [ids(0, 2), ids(2, 3), ids(3, 4), ids(4, 6), ['last']]);
      await assertStored([...all, { id: 'last', text: large }]);
    });

    it('writes what there is once it has lingered', async () => {
      const clock = new ManualClock();
      const sink = open({ linger: 50, clock });
      const added = Promise.all([sink.add(records(0, 1)), sink.add(records(1, 2))]);
      await clock.pass(49);
      assert.deepEqual(server.requests, []);
      await clock.pass(1);
      assert.deepEqual(await added, [[], []]);
      assert.deepEqual(server.requests, [ids(0, 2)]);
    });

    it('stores what is good, and answers each message for its own bad records', async () => {
      const bad = new Set([id(1), id(13), id(17)]);
      server.onRow = (row) => (bad.has(row) ? 'refuse' : 'take');
      const sink = open({ maxBatch: 20 });
      const outcomes = await Promise.all([0, 5, 10, 15].map((from) => outcome(sink, records(from, from + 5))));
      assert.deepEqual(
        outcomes.map((each) => (adapter.tellsBadRows === false ? each.failed !== undefined : each.refused)),
        adapter.tellsBadRows === false ? [true, false, true, true] : [[id(1)], [], [id(13)], [id(17)]],
      );
      const stored = new Set((await server.stored()).map((each) => each.id));
      assert.deepEqual(
        [...stored].sort(),
        ids(0, 20).filter((each) => !bad.has(each)),
      );
    });

    it('writes a row again that the server had no room for', async () => {
      let left = 3;
      server.onRow = (row) => (row === id(4) && left-- > 0 ? 'busy' : 'take');
      const sink = open();
      assert.deepEqual(await sink.add(records(0, 10)), []);
      if (adapter.answersRows) {
        assert.deepEqual(server.requests, [ids(0, 10), ...new Array<string[]>(3).fill([id(4)])]);
      }
      await assertStored(records(0, 10));
    });

    const answersOthers = async (): Promise<void> => {
      server.onRow = (row) => (row === id(4) ? 'busy' : 'take');
      const sink = open();
      const waiting = sink.add(records(4, 5));
      assert.deepEqual(await sink.add([...records(0, 4), ...records(5, 10)]), []);
      server.onRow = () => 'take';
      assert.deepEqual(await waiting, []);
      await assertStored(records(0, 10));
    };
    // A server that takes or refuses a batch as a whole has no answer for single rows.
    if (adapter.answersRows) it('answers the others meanwhile', answersOthers);

    for (const verdict of ['unavailable', 'error', 'cut'] as const) {
      it(`writes a batch again that met ${WORDS[verdict]}, nothing lost and nothing doubled`, async () => {
        server.onRequest = () => (server.requests.length === 1 ? verdict : 'rows');
        const sink = open();
        assert.deepEqual(await sink.add(records(0, 10)), []);
        assert.deepEqual(server.requests.slice(0, 2), [ids(0, 10), ids(0, 10)]);
        await assertStored(records(0, 10));
        assert.equal(sink.status().circuit.state, 'closed');
      });
    }

    it('gives up a server that hangs after the timeout, and asks again', async () => {
      server.onRequest = () => (server.requests.length === 1 ? 'hang' : 'rows');
      const sink = open({ timeout: 100 });
      assert.deepEqual(await sink.add(records(0, 10)), []);
      await assertStored(records(0, 10));
    });

    for (const [words, leave, back] of [
      ['is away', () => server.goAway(), () => server.comeBack()],
      ['cannot serve', () => tell('unavailable'), () => tell('rows')],
      ['hangs', () => tell('hang'), () => tell('rows')],
    ] as const) {
      it(`holds the flow while a server ${words}, and goes on when it is back`, async () => {
        const changes: string[] = [];
        const sink = open({ capacity: 20, timeout: 100, onCircuit: ({ state }) => changes.push(state) });
        assert.deepEqual(await sink.add(records(0, 10)), []);
        await leave();
        const rest = Array.from({ length: 10 }, (_, message) => records(10 * message + 10, 10 * message + 20));
        let answered = 0;
        const outcomes = rest.map((each) => outcome(sink, each).finally(() => answered++));
        // Long enough for every retry there is to be used up.
        await until(() => changes.length > 12, 'many probes', { within: 60_000 });
        const { waiting, blocked, circuit } = sink.status();
        assert.deepEqual([answered, waiting, blocked], [0, 20, 80]);
        assert.notEqual(circuit.state, 'closed');
        assert.ok(circuit.since !== undefined && circuit.since <= Date.now());
        assert.notEqual(circuit.reason, undefined);
        await back();
        assert.deepEqual(
          await Promise.all(outcomes),
          rest.map(() => ({ refused: [] })),
        );
        assert.equal(changes.at(-1), 'closed');
        assert.equal(changes.filter((state) => state === 'closed').length, 1);
        assert.equal(sink.status().lastError, undefined);
        await assertStored(records(0, 110));
      });
    }

    for (const [kind, fails] of [
      ['refuse', adapter.tellsBadRows === false],
      ['fail', true],
    ] as const) {
      it(`finds the one row of a thousand that the server ${kind === 'refuse' ? 'refuses' : 'fails at'}`, async () => {
        server.onRow = (row) => (row === id(613) ? kind : 'take');
        const sink = open({ maxBatch: 1_000, linger: NEVER });
        const messages = Array.from({ length: 100 }, (_, message) => records(10 * message, 10 * message + 10));
        const outcomes = await Promise.all(messages.map((each) => outcome(sink, each)));
        outcomes.forEach(({ refused, failed }, message) => {
          const mine = message === 61;
          assert.deepEqual(refused, mine && !fails ? [id(613)] : []);
          assert.equal(failed instanceof Error, mine && fails, String(failed));
        });
        const stored = (await server.stored()).map((each) => each.id);
        assert.deepEqual(
          stored.sort(),
          ids(0, 1_000).filter((each) => each !== id(613)),
        );
        // It takes no flood of requests: two for each halving, and those before and after.
        assert.ok(server.requests.length < 50, `${server.requests.length} requests`);
      });
    }

    it('stores the rest where the server fails at a quarter of the rows, as at those of one region', async () => {
      const inRegion = (row: string): boolean => row >= id(250) && row < id(500);
      server.onRow = (row) => (inRegion(row) ? 'fail' : 'take');
      const sink = open({ maxBatch: 1_000, linger: NEVER });
      // In no order: a message from here, one from there.
      const starts = Array.from({ length: 100 }, (_, message) => ((message * 37) % 100) * 10);
      const outcomes = await Promise.all(starts.map((from) => outcome(sink, records(from, from + 10))));
      starts.forEach((from, message) => {
        assert.equal(outcomes[message]?.failed instanceof Error, inRegion(id(from)), `the message from ${from} on`);
      });
      const stored = (await server.stored()).map((each) => each.id);
      assert.deepEqual(
        stored.sort(),
        ids(0, 1_000).filter((each) => !inRegion(each)),
      );
      assert.ok(server.requests.length < 200, `${server.requests.length} requests`);
    });

    it('gives back what it holds when it is closed while the server is away, to be delivered again', async () => {
      const sink = open({ capacity: 20 });
      await server.goAway();
      const messages = [records(0, 10), records(10, 20), records(20, 30)];
      const outcomes = messages.map((each) => outcome(sink, each));
      await until(() => sink.status().circuit.state !== 'closed', 'the circuit to open');
      await sink.close(NEVER);
      for (const each of await Promise.all(outcomes)) {
        assert.ok(each.failed instanceof StoreError);
        assert.match(each.failed.message, /stopped before .*delivers them again/u);
      }
      assert.equal(sink.status().waiting, 0);
      await assert.rejects(sink.add(records(0, 1)), StoreError);
      await server.comeBack();
      const next = open();
      assert.deepEqual(
        await Promise.all(messages.map((each) => outcome(next, each))),
        messages.map(() => ({ refused: [] })),
      );
      await assertStored(records(0, 30));
    });

    it('ends within the limit when it is closed while a server hangs', async () => {
      server.onRequest = () => 'hang';
      const sink = open({ timeout: NEVER });
      const added = outcome(sink, records(0, 10));
      await until(() => server.requests.length > 0, 'a request');
      await sink.close(20);
      assert.ok((await added).failed instanceof StoreError);
    });

    it('writes what it holds when it is closed', async () => {
      const sink = open({ linger: NEVER });
      const added = sink.add(records(0, 3));
      await sink.close(10_000);
      assert.deepEqual(await added, []);
      await assertStored(records(0, 3));
    });

    for (const writers of [1, 3]) {
      it(`keeps the last of many writes to a key, through every trouble, with ${writers} under way; each message is answered when its own are safe`, async () => {
        const chance = seeded(SEED);
        const verdicts = ['unavailable', 'error', 'cut', 'rows', 'rows', 'rows', 'rows'] as const;
        server.onRequest = () => verdicts[Math.floor(chance() * verdicts.length)] ?? 'rows';
        server.onRow = () => (chance() < 0.03 ? 'busy' : 'take');
        const retry = { retries: 60, base: 1, longest: 4 };
        const sink = open({ writers, retry, capacity: 60 });
        const last = new Map<string, SuiteRecord>();
        const outcomes: Promise<void>[] = [];
        for (let message = 0; message < 60; message++) {
          const batch = Array.from({ length: Math.ceil(chance() * 25) }, (_, index): SuiteRecord => {
            const record = { id: id(Math.floor(chance() * 30)), text: `${String(message).padStart(3, '0')}.${index}` };
            last.set(record.id, record);
            return record;
          });
          outcomes.push(
            sink.add(batch).then(async (refused) => {
              assert.deepEqual(refused, []);
              const stored = new Map((await server.stored()).map((each) => [each.id, each.text]));
              for (const each of batch) assert.ok(stored.has(each.id), `${each.id} is not stored (seed ${SEED})`);
            }),
          );
        }
        await Promise.all(outcomes);
        await assertStored([...last.values()], `(seed ${SEED})`);
        assert.deepEqual([sink.status().waiting, sink.status().blocked], [0, 0]);
      });
    }

    async function tell(verdict: 'unavailable' | 'hang' | 'rows'): Promise<void> {
      server.onRequest = () => verdict;
      return Promise.resolve();
    }
  });
}

const WORDS = { unavailable: 'a 503', error: 'an error', cut: 'a connection cut before the answer' };

/** What became of a message: the ids that were refused, or why it failed. */
interface Outcome {
  readonly refused: string[];
  readonly failed?: unknown;
}

function outcome(sink: SuiteSink, batch: readonly SuiteRecord[]): Promise<Outcome> {
  return sink.add(batch).then(
    (rejections) => ({ refused: rejections.map(refusedId) }),
    (failed: unknown) => ({ refused: [], failed }),
  );
}

function refusedId({ record, error }: Rejection): string {
  assert.equal(error.name, RecordError.name);
  assert.ok(error.message.length > 0);
  return (record as SuiteRecord).id;
}

function id(index: number): string {
  return `r${String(index).padStart(4, '0')}`;
}

function ids(from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, index) => id(from + index));
}

function records(from: number, to: number): SuiteRecord[] {
  return ids(from, to).map((each) => ({ id: each, text: `text of ${each}` }));
}

function byId(left: SuiteRecord, right: SuiteRecord): number {
  return left.id < right.id ? -1 : left.id > right.id ? 1 : 0;
}
