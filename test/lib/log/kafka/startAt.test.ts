import assert from 'node:assert/strict';
import { type Start, startAt } from '../../../../lib/log/kafka/positions';

describe('lib/log/kafka/positions: where a group reads on', () => {
  const range = { low: 10, high: 100 };
  const own = { next: 50, committed: 40 };
  for (const [what, position, group, expected] of [
    ['nowhere yet: where groups begin', undefined, undefined, { next: 10, why: 'new' }],
    ['no own position: the group’s', undefined, 30, { next: 30, why: 'group' }],
    ['died before Kafka was told: its own', own, 40, { next: 50, why: 'own' }],
    ['Kafka was told a part: its own', own, 45, { next: 50, why: 'own' }],
    ['Kafka was told all', own, 50, { next: 50, why: 'own' }],
    ['another went on: where that got to', own, 60, { next: 60, why: 'group' }],
    ['moved back: where it was moved to', own, 39, { next: 39, why: 'rewound' }],
    ['the group’s offset is gone: its own', own, undefined, { next: 50, why: 'own' }],
    ['records gone: the oldest there is', { next: 5, committed: 5 }, 5, { next: 10, why: 'lost' }],
    ['moved back to records that are gone', own, 3, { next: 10, why: 'lost' }],
    ['topic made anew: where groups begin', { next: 500, committed: 500 }, undefined, { next: 10, why: 'ahead' }],
  ] as [string, { next: number; committed: number } | undefined, number | undefined, Start][]) {
    it(what, () => assert.deepEqual(startAt(position, group, range, 10), expected));
  }

  it('by the setting where there is nothing any more', () => {
    assert.deepEqual(startAt({ next: 5, committed: 5 }, 5, range, 100), { next: 100, why: 'lost' });
    assert.deepEqual(startAt({ next: 500, committed: 500 }, 500, range, 100), { next: 100, why: 'ahead' });
  });
});
