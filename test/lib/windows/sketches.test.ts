import assert from 'node:assert/strict';
import type { WindowSettings } from '../../../lib/windows/windowSettings';
import { windowGrid } from '../../../lib/windows/shape';
import { TestStore } from '../../support/store';
import { MINUTE, TUMBLING, ZERO } from './case';
import { DirectCounter } from './direct';
import { Dice } from './scenario';

const SEED = Number(process.env.PULSEFLOW_SEED ?? Date.now() % 1_000_000);

interface Line {
  readonly key: string;
  readonly count: number;
  readonly error: number;
  readonly distinct: number;
}

interface Result {
  readonly window: { readonly start: string; readonly end: string };
  readonly total: number;
  readonly counts: readonly Line[];
  readonly errorBound: number;
  readonly distinct: number;
  readonly distinctError: number;
}

describe('counts that are estimates', () => {
  const test = new TestStore();
  let node = 0;
  before(() => {
    console.log(`    seed ${SEED} (PULSEFLOW_SEED repeats a run)`);
    test.store.db.exec('BEGIN');
  });
  after(() => test.dispose());

  const counterOf = (settings: Partial<WindowSettings>): DirectCounter =>
    new DirectCounter(`w${++node}`, test.store, { ...TUMBLING, ...settings });
  /** Sends messages, with a crash in the middle, and gives the results of all windows. */
  const resultsOf = (settings: Partial<WindowSettings>, messages: readonly object[][]): Result[] => {
    const counter = counterOf(settings);
    for (const [index, records] of messages.entries()) {
      counter.send(records, 'lane');
      counter.commit();
      if (index === Math.floor(messages.length / 2)) counter.crash();
    }
    counter.command({ command: 'flush' });
    counter.commit();
    return counter.results as Result[];
  };

  // Metwally, Agrawal, El Abbadi: Efficient computation of frequent and top-k elements in data streams (2005).
  describe('with a bound on the keys (Space-Saving)', () => {
    for (const slide of [4, 2, 1]) {
      const name = slide === 4 ? 'that follow each other' : `that overlap ${4 / slide} times`;
      it(`hold what their errors promise, for random streams, in windows ${name}`, () => {
        const dice = new Dice(SEED + slide);
        let evicting = 0;
        for (let run = 0; run < 150; run++) {
          const maxKeys = 1 + dice.below(20);
          const keys = 1 + dice.below(80);
          const skewed = dice.chance(0.6);
          const batches: { t: number; k: string }[][] = [];
          for (let batch = 1 + dice.below(8); batch > 0; batch--) {
            batches.push(
              Array.from({ length: dice.below(120) }, () => ({
                t: ZERO + dice.below(8) * MINUTE,
                k: `k${Math.floor(keys * (skewed ? dice.next() ** 3 : dice.next()))}`,
              })),
            );
          }
          const shape = windowGrid(4 * MINUTE, slide * MINUTE);
          // Nothing is late: the delay is longer than the stream.
          const results = resultsOf({ shape, maxKeys, delay: 60 * MINUTE }, batches);
          for (const result of results) {
            assertPromises(result, trueCounts(result, batches.flat()), maxKeys);
            if (result.errorBound > 0) evicting++;
          }
        }
        assert.ok(evicting > 100, `only ${evicting} windows had to give up keys`);
      }).timeout(60_000);
    }
  });

  // Flajolet, Fusy, Gandouet, Meunier: HyperLogLog (2007): the standard error is 1.04 / sqrt(m).
  describe('of distinct values (HyperLogLog)', () => {
    /** Relative errors of the estimates of `sets` random sets of one size, each the values of one key. */
    const errorsOf = (size: number, sets: number, dice: Dice): { errors: number[]; stated: number } => {
      const records: object[] = [];
      const salt = dice.below(2 ** 30);
      for (let set = 0; set < sets; set++) {
        for (let value = 0; value < size; value++)
          records.push({ t: ZERO, k: `s${set}`, u: `${salt}-${set}-${value}` });
      }
      const [result] = resultsOf({ distinct: 'u' }, [records.slice(0, records.length / 2), records]);
      const errors = result?.counts.map(({ distinct }) => distinct / size - 1) ?? [];
      return { errors, stated: result?.distinctError ?? 0 };
    };

    it('are exact for small sets', () => {
      for (const size of [1, 2, 10, 50, 100]) {
        const { errors } = errorsOf(size, 40, new Dice(SEED));
        assert.deepEqual([...new Set(errors)], [0], `sets of ${size}`);
      }
    });

    for (const [size, sets] of [
      [1_000, 300],
      [5_000, 100],
      [10_000, 80],
      [15_000, 60],
      [100_000, 12],
    ] as const) {
      it(`lie around the true number of ${size} as closely as they state`, () => {
        const { errors, stated } = errorsOf(size, sets, new Dice(SEED + size));
        assert.equal(errors.length, sets);
        const mean = errors.reduce((sum, error) => sum + error, 0) / sets;
        const deviation = Math.sqrt(errors.reduce((sum, error) => sum + error ** 2, 0) / sets);
        const figures = `mean ${mean.toFixed(5)}, deviation ${deviation.toFixed(5)}, stated ${stated}, ${sets} sets`;
        assert.ok(stated > 0.005 && stated < 0.02, figures);
        // The mean of n errors deviates by sigma / sqrt(n), their root mean square by sigma / sqrt(2 n). Four of these
        // happen once in some 16,000 runs; HyperLogLog's own bias is far smaller.
        assert.ok(Math.abs(mean) < (4 * stated) / Math.sqrt(sets), figures);
        assert.ok(deviation < stated * (1 + 4 / Math.sqrt(2 * sets)), figures);
      }).timeout(120_000);
    }

    it('join over keys, over overlapping windows and over merged sessions without counting a value twice', () => {
      const dice = new Dice(SEED + 7);
      for (let run = 0; run < 20; run++) {
        const values = 20 + dice.below(3_000);
        const records = Array.from({ length: 4_000 }, () => ({
          t: ZERO + dice.below(4) * MINUTE,
          k: dice.of(['a', 'b', 'c']),
          u: `${run}-${dice.below(values)}`,
        }));
        const shape = windowGrid(2 * MINUTE, MINUTE);
        for (const result of resultsOf({ distinct: 'u', shape, delay: 60 * MINUTE }, [records])) {
          const within = records.filter(
            ({ t }) => t >= Date.parse(result.window.start) && t < Date.parse(result.window.end),
          );
          assertClose(result.distinct, new Set(within.map(({ u }) => u)).size, result);
          for (const { key, distinct } of result.counts) {
            assertClose(distinct, new Set(within.filter(({ k }) => k === key).map(({ u }) => u)).size, result);
          }
        }
      }
    }).timeout(60_000);
  });
});

function trueCounts({ window }: Result, records: readonly { t: number; k: string }[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { t, k } of records) {
    if (t >= Date.parse(window.start) && t < Date.parse(window.end)) counts.set(k, (counts.get(k) ?? 0) + 1);
  }
  return counts;
}

function assertPromises({ counts, total, errorBound }: Result, truth: Map<string, number>, maxKeys: number): void {
  const story = `${JSON.stringify({ maxKeys, total, errorBound, counts })}\nin truth ${JSON.stringify([...truth])}`;
  assert.equal(
    total,
    [...truth.values()].reduce((one, other) => one + other, 0),
    `the total is not exact: ${story}`,
  );
  const named = new Set(counts.map(({ key }) => key));
  for (const { key, count, error } of counts) {
    const exact = truth.get(key) ?? 0;
    assert.ok(
      exact <= count && exact >= count - error,
      `${key} is ${exact}, not in [${count - error}, ${count}]: ${story}`,
    );
  }
  for (const [key, exact] of truth) {
    if (named.has(key)) continue;
    assert.ok(exact <= errorBound, `${key} was left out and is ${exact}: ${story}`);
    assert.ok(exact <= total / maxKeys, `${key} is more frequent than total / maxKeys and left out: ${story}`);
  }
  if (truth.size <= maxKeys) {
    assert.equal(errorBound, 0, story);
    assert.ok(
      counts.every(({ error }) => error === 0),
      story,
    );
  }
}

/** Five standard errors: of the thousand estimates in a run one is that far off in 2,000 runs. */
function assertClose(estimate: number, exact: number, { distinctError }: Result): void {
  assert.ok(
    Math.abs(estimate - exact) <= Math.max(0.5, 5 * distinctError * exact),
    `${estimate} for ${exact} distinct values`,
  );
}
