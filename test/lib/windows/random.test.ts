import assert from 'node:assert/strict';
import { TestStore } from '../../support/store';
import { assertSame } from './compare';
import { DirectCounter } from './direct';
import { Reference } from './reference';
import { type Act, Dice, type Scenario, scenarioOf } from './scenario';

const SEED = Number(process.env.PULSEFLOW_SEED ?? Date.now() % 1_000_000);
const RUNS = Number(process.env.PULSEFLOW_RUNS ?? 20_000);

describe('windows over random streams', () => {
  const test = new TestStore();
  let node = 0;
  before(() => {
    console.log(`    seed ${SEED} (PULSEFLOW_SEED repeats a run, PULSEFLOW_RUNS says how many streams)`);
    // What is written is seen on the same connection at once, and never needed again.
    test.store.db.exec('BEGIN');
  });
  after(() => test.dispose());

  const failureOf = (scenario: Scenario): string | undefined => {
    try {
      play(scenario, new DirectCounter(`w${++node}`, test.store, scenario.settings));
      return undefined;
    } catch (thrown) {
      return thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
    }
  };

  it('are those of the reference, whatever the shape, the watermark, the commands, the commits and the crashes', () => {
    let records = 0;
    for (let run = 0; run < RUNS; run++) {
      const scenario = scenarioOf(new Dice(SEED * 65_537 + run));
      for (const act of scenario.acts) if (act.act === 'send') records += act.records.length;
      if (failureOf(scenario) === undefined) continue;
      const least = smaller(scenario, (each) => failureOf(each) !== undefined);
      const { settings, acts } = least;
      assert.fail(
        `run ${run} of seed ${SEED}: ${failureOf(least)}\n${JSON.stringify({ settings, acts }, undefined, 1)}`,
      );
    }
    console.log(`      ${RUNS} streams of ${records} records`);
  }).timeout(600_000);
});

/** Plays a run on both, and compares what they have put out after each commit. */
function play({ settings, acts }: Scenario, counter: DirectCounter): void {
  const reference = new Reference(counter.node, settings, () => counter.now);
  /** For the reference a message happens when it is committed. */
  let uncommitted: Act[] = [];
  const commit = (): void => {
    for (const act of uncommitted.splice(0)) happen(act, reference);
    counter.commit();
    const results = counter.results.splice(0);
    assertSame(estimated(results), estimated(reference.results.splice(0)));
    assertSame(counter.late.splice(0), reference.late.splice(0));
  };
  /** What is not part of the stream: lanes and the clock are what they are at the commit. */
  const happenNow = (act: Act): void => {
    commit();
    if (act.act === 'wait') counter.now += act.ms;
    for (const to of [counter, reference]) {
      happen(act, to);
      // The timer strikes every second, so that a lane's silence is measured from its beginning.
      if (act.act === 'open') to.tick();
    }
    commit();
  };
  for (const act of acts) {
    switch (act.act) {
      case 'commit':
        commit();
        break;
      case 'send':
        // A source announces a lane before it sends.
        if (!counter.has(act.lane)) happenNow({ act: 'open', lane: act.lane });
        happen(act, counter);
        uncommitted.push(act);
        break;
      case 'flush':
      case 'reset':
      case 'update':
      case 'advance':
      case 'shape':
        happen(act, counter);
        uncommitted.push(act);
        break;
      case 'open':
      case 'close':
      case 'atEnd':
      case 'wait':
        happenNow(act);
        break;
      case 'crash': {
        const lost = uncommitted;
        uncommitted = [];
        counter.crash();
        reference.crash();
        for (const each of acts) if (each.act === 'open') happenNow(each);
        for (const each of act.again ? lost : []) happen(each, counter);
        if (act.again) uncommitted = lost;
        break;
      }
    }
  }
  commit();
}

function happen(act: Act, to: DirectCounter | Reference): void {
  switch (act.act) {
    case 'send':
      to.send(act.records, act.lane);
      break;
    case 'flush':
    case 'reset':
    case 'update':
    case 'advance':
      to.command({ command: act.act });
      break;
    case 'shape':
      to.command({ command: 'shape', shape: act.shape });
      break;
    case 'open':
      to.open(act.lane);
      break;
    case 'close':
      to.close(act.lane);
      break;
    case 'atEnd':
      to.atEnd(act.lane, true);
      break;
    case 'wait':
      to.tick();
      break;
    case 'commit':
    case 'crash':
      break;
  }
}

/** Both count few values exactly; how they state the error of an estimate may differ in its digits. */
function estimated(results: unknown[]): unknown[] {
  return results.map((result) => {
    if (typeof result !== 'object' || result === null || !('distinctError' in result)) return result;
    return { ...result, distinctError: Number(result.distinctError).toFixed(3) };
  });
}

/** Leaves out acts and records as long as the run still fails. */
function smaller(scenario: Scenario, fails: (scenario: Scenario) => boolean): Scenario {
  let least = scenario;
  for (let changed = true; changed;) {
    changed = false;
    for (const candidate of candidates(least)) {
      if (!fails(candidate)) continue;
      least = candidate;
      changed = true;
      break;
    }
  }
  return least;
}

function* candidates({ settings, acts }: Scenario): Generator<Scenario> {
  for (const index of acts.keys()) yield { settings, acts: acts.toSpliced(index, 1) };
  for (const [index, act] of acts.entries()) {
    if (act.act !== 'send') continue;
    for (const place of act.records.keys()) {
      yield { settings, acts: acts.with(index, { ...act, records: act.records.toSpliced(place, 1) }) };
    }
  }
}
