import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Fields } from '../../../lib/core/records';
import type { Contributor } from '../../../lib/delivery/participant';
import { Cleaner, type OutlierSettings } from '../../../lib/posts/clean';
import type { Contribution } from '../../../lib/posts/cleanMemory';
import { LEAST_VALUES, OutlierWindow } from '../../../lib/posts/outliers';
import { SortedWindow } from '../../../lib/posts/sortedWindow';

const median = (values: number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? (sorted[half] ?? 0) : ((sorted[half - 1] ?? 0) + (sorted[half] ?? 0)) / 2;
};
/** The definition, word for word. */
const spread = (values: number[]): number => {
  const deviations = values.map((value) => Math.abs(value - median(values)));
  const mad = median(deviations);
  return mad > 0 ? 1.4826 * mad : (1.2533 * deviations.reduce((sum, each) => sum + each, 0)) / values.length;
};

const kept: Contribution[] = [];
const flight: Contributor = {
  contribute: (_, delta) => {
    kept.push(delta as Contribution);
    return undefined;
  },
};
const cleaner = (outliers: Partial<OutlierSettings> = {}): Cleaner =>
  new Cleaner({
    fields: [],
    required: [],
    missing: 'reject',
    defaults: {},
    dedupe: '',
    maxLength: 0,
    outliers: { fields: ['x'], k: 3.5, window: 100, action: 'mark', ...outliers },
  });
/** 0 to 9 over and over. */
const usual = (count: number): Fields[] => Array.from({ length: count }, (_, n) => ({ x: (n * 7) % 10 }));
const marks = (made: Cleaner, batch: Fields[]): unknown[] =>
  made.clean(batch, flight).outcome.records.map((record) => (record as Fields).outliers);

describe('posts/sortedWindow', () => {
  it('has the median and spread of what is in it', () => {
    const value = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ noNaN: true, min: -1e6, max: 1e6 }));
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 40 }), fc.nat(), (values, some) => {
        const window = new SortedWindow(41);
        for (const each of values) window.insert(each);
        const removed = values.length > 1 ? values.splice(some % values.length, 1) : [];
        for (const each of removed) window.remove(each);
        const close = (actual: number, expected: number): boolean =>
          Math.abs(actual - expected) <= 1e-9 * Math.max(1, Math.abs(expected));
        assert.ok(close(window.median(), median(values)));
        assert.ok(close(window.spread(), spread(values)), `${window.spread()} ${spread(values)}`);
        assert.equal(window.length, values.length);
      }),
    );
  });
});

describe('posts/outliers', () => {
  it('judges each value against the last ones before it, as the definition has it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 120 }),
        fc.integer({ min: 3, max: 40 }),
        (values, size) => {
          const window = new OutlierWindow(size, 2);
          values.forEach((value, index) => {
            const last = values.slice(Math.max(0, index - size), index);
            const enough = last.length >= Math.min(LEAST_VALUES, size);
            const width = enough ? spread(last) : 0;
            assert.equal(window.judge(value), width > 0 && Math.abs(value - median(last)) > 2 * width);
          });
        },
      ),
    );
  });

  it('marks a record with the fields that are unusual, and only those records', () => {
    const made = cleaner({ fields: ['x', 'deep.y'] });
    marks(
      made,
      usual(50).map(({ x }) => ({ x, deep: { y: x } })),
    );
    const [record] = made.clean([{ x: 1_000, deep: { y: -1_000 } }], flight).outcome.records;
    assert.deepEqual(record, { x: 1_000, deep: { y: -1_000 }, outliers: ['x', 'deep.y'] });
    assert.deepEqual(
      marks(made, [
        { x: 5, deep: { y: 1_000 } },
        { x: 5, deep: { y: 5 } },
      ]),
      [['deep.y'], undefined],
    );
  });

  it('rejects it instead, with what is unusual about it', () => {
    const made = cleaner({ action: 'reject' });
    made.clean(usual(50), flight);
    const { records, rejected } = made.clean([{ x: 1_000 }, { x: 4 }], flight).outcome;
    assert.deepEqual(records, [{ x: 4 }]);
    assert.match(
      rejected[0]?.error.message ?? '',
      /"x" is unusual: 1000 lies more than 3.5 times the usual deviation/u,
    );
  });

  it('judges nothing before it has seen enough', () => {
    const made = cleaner();
    assert.deepEqual(new Set(marks(made, [...usual(LEAST_VALUES - 1), { x: 1e9 }])), new Set([undefined]));
    assert.deepEqual(marks(made, [{ x: 1e9 }]), [['x']]);
  });

  it('takes the mean deviation where the median one is 0, and finds nothing unusual where all are the same', () => {
    const same = cleaner();
    marks(
      same,
      Array.from({ length: 50 }, () => ({ x: 3 })),
    );
    assert.deepEqual(marks(same, [{ x: 1e9 }]), [undefined]);
    const mostly = cleaner();
    marks(
      mostly,
      Array.from({ length: 50 }, (_, n) => ({ x: n % 10 === 0 ? 1 : 0 })),
    );
    assert.deepEqual(marks(mostly, [{ x: 0 }, { x: 100 }]), [undefined, ['x']]);
  });

  it('learns a new level, for outliers are among the last values too', () => {
    const made = cleaner({ action: 'reject', window: 40 });
    made.clean(usual(40), flight);
    const level = usual(60).map(({ x }) => ({ x: 1_000 + Number(x) }));
    const { records, rejected } = made.clean(level, flight).outcome;
    assert.ok(rejected.length >= 15 && rejected.length <= 25, `${rejected.length}`);
    assert.deepEqual(records.at(-1), level.at(-1));
  });

  it('passes over what is no number', () => {
    const made = cleaner();
    marks(made, usual(50));
    assert.deepEqual(
      marks(made, [{ x: 'many' }, {}, { x: null }, { x: Number.NaN }, { x: '' }, { x: { deep: 1 } }]),
      Array(6).fill(undefined),
    );
    assert.deepEqual(marks(made, [{ x: '1000' }]), [['x']]);
  });

  it('forgets the values of a failed attempt', () => {
    const made = cleaner({ window: 20 });
    marks(made, usual(20));
    kept.length = 0;
    marks(
      made,
      Array.from({ length: 20 }, (_, n) => ({ x: 5_000 + n })),
    );
    assert.deepEqual(marks(made, [{ x: 5_000 }]), [undefined]);
    made.participant.drop([...kept]);
    assert.deepEqual(marks(made, [{ x: 5_000 }]), [['x']]);
  });

  it('takes the order of the commits for the order of the values', () => {
    const made = cleaner({ window: 20 });
    kept.length = 0;
    made.clean(
      usual(20).map(({ x }) => ({ x: 5_000 + Number(x) })),
      flight,
    );
    made.clean(usual(20), flight);
    made.participant.merge(kept.slice(1));
    made.participant.merge(kept.slice(0, 1));
    assert.deepEqual(marks(made, [{ x: 5_004 }, { x: 4 }]), [undefined, ['x']]);
  });

  it('has the same last values whether batches are committed in their order or another', () => {
    const values = Array.from({ length: 6 }, (_, batch) => usual(8).map(({ x }) => ({ x: Number(x) * (batch + 1) })));
    const orders = [
      [0, 1, 2, 3, 4, 5],
      [3, 0, 5, 1, 4, 2],
    ].map((order) => {
      const made = cleaner({ window: 20 });
      kept.length = 0;
      for (const batch of values) made.clean(batch, flight);
      for (const index of order) made.participant.merge(kept.slice(index, index + 1));
      return [...(made.participant.windows[0]?.committed ?? [])];
    });
    const numbers = (batches: number[]): number[] =>
      batches.flatMap((batch) => (values[batch] ?? []).map(({ x }) => x)).slice(-20);
    assert.deepEqual(orders, [numbers([0, 1, 2, 3, 4, 5]), numbers([3, 0, 5, 1, 4, 2])]);
  });
});
