import assert from 'node:assert/strict';
import type { Carrier } from '../../../lib/delivery/lane';
import { sessionWindows, windowGrid } from '../../../lib/windows/shape';
import type { WindowSettings } from '../../../lib/windows/windowSettings';
import { TUMBLING, ZERO } from './case';
import { assertSame } from './compare';
import { WindowHarness } from './harness';
import { Reference } from './reference';
import { Dice } from './scenario';

const SEED = Number(process.env.PULSEFLOW_SEED ?? Date.now() % 1_000_000);
const RUNS = 30;
const SECOND = 1_000;
const LANES = ['p', 'q', 'r'];

interface Result {
  readonly id: string;
}

/** Messages of one lane; the index of each is the position before it. */
type Stream = object[][];

describe('windows whose process dies at random moments', () => {
  before(() => console.log(`    seed ${SEED} (PULSEFLOW_SEED repeats a run)`));

  it(`count each record once, in ${RUNS} streams on a real ledger and outbox`, async () => {
    let crashes = 0;
    let again = 0;
    for (let run = 0; run < RUNS; run++) {
      const dice = new Dice(SEED * 65_537 + run);
      const settings = settingsOf(dice);
      const streams = new Map(LANES.map((lane): [string, Stream] => [lane, []]));
      const harness = new WindowHarness(settings);
      const reference = new Reference('w', settings, () => harness.now);
      try {
        crashes += await live(dice, streams, harness, reference);
        await harness.command({ command: 'flush' });
        reference.command({ command: 'flush' });
        assert.deepEqual(harness.late, [], `run ${run}: nothing may be late`);
        again += assertOnce(harness.results as Result[], reference.results as Result[], `run ${run}`);
      } finally {
        harness.dispose();
      }
    }
    console.log(`      ${crashes} crashes, after which ${again} results were sent again`);
    assert.ok(crashes > RUNS);
  }).timeout(120_000);
});

function settingsOf(dice: Dice): WindowSettings {
  const size = 1 + dice.below(5);
  const slide = 1 + dice.below(size);
  return {
    ...TUMBLING,
    shape: dice.chance(0.3) ? sessionWindows(size * SECOND) : windowGrid(size * SECOND, slide * SECOND),
    value: dice.chance(0.4) ? 'v' : '',
    distinct: dice.chance(0.3) ? 'user' : '',
    keys: dice.of([['k'], ['k'], ['k', 'user']]),
    // Longer than a message can be held up here, so that no record is late and the order of lanes does not matter.
    delay: 60 * SECOND,
  };
}

/** Sends messages of which some stay unfinished, and kills the process now and then; a source resumes where it had got to. */
async function live(
  dice: Dice,
  streams: Map<string, Stream>,
  harness: WindowHarness,
  reference: Reference,
): Promise<number> {
  let crashes = 0;
  let front = 0;
  let unfinished: Carrier[] = [];
  /** How many messages of each lane are in the flow or done. */
  let given = new Map<string, number>();
  const give = (lane: string): void => {
    const place = given.get(lane) ?? 0;
    const records = streams.get(lane)?.[place];
    if (records === undefined) return;
    given.set(lane, place + 1);
    unfinished.push(harness.begin(lane, records, place + 1));
  };
  const finishSome = async (probability: number): Promise<void> => {
    const some = unfinished.filter(() => dice.chance(probability));
    unfinished = unfinished.filter((message) => !some.includes(message));
    for (const message of some) harness.ledger.completed('node', message);
    if (dice.chance(0.5)) await harness.settled();
  };
  for (let step = 0; step < 30; step++) {
    const lane = dice.of(LANES);
    front += dice.below(6) * SECOND;
    const records = Array.from({ length: dice.below(6) }, () => randomRecord(dice, front - dice.below(8) * 500));
    streams.get(lane)?.push(records);
    reference.send(records, lane);
    give(lane);
    await finishSome(0.6);
    if (!dice.chance(0.12)) continue;
    harness.crash();
    crashes++;
    unfinished = [];
    given = new Map(harness.positions);
    await harness.settled();
    for (const name of LANES) while ((given.get(name) ?? 0) < (streams.get(name)?.length ?? 0)) give(name);
  }
  await finishSome(1);
  await harness.settled();
  return crashes;
}

function randomRecord(dice: Dice, after: number): object {
  return {
    t: ZERO + 10 * SECOND + after,
    k: dice.of(['a', 'b', ['a', 'c'], '__proto__']),
    v: dice.below(9) - 4,
    user: dice.of(['ann', 'bob', 'eve']),
  };
}

/** A result may be sent again after a crash, but as it was. Returns how many were. */
function assertOnce(actual: readonly Result[], expected: readonly Result[], what: string): number {
  const byId = new Map<string, Result>();
  for (const result of actual) {
    const known = byId.get(result.id);
    if (known !== undefined) assertSame(result, known, `${what}: ${result.id} came twice, not the same`);
    byId.set(result.id, result);
  }
  const sorted = (results: Iterable<Result>): Result[] => [...results].sort((a, b) => (a.id < b.id ? -1 : 1));
  const rounded = (result: Result): object => ('distinctError' in result ? { ...result, distinctError: 0 } : result);
  assertSame(sorted(byId.values()).map(rounded), sorted(expected).map(rounded), what);
  return actual.length - byId.size;
}
