import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Sharer, shareOut } from '../../../../lib/log/kafka/shareOut';

const partitions = new Map([
  ['a', [0, 1, 2, 3, 4, 5]],
  ['b', [0, 1]],
]);
const member = (id: string, topics: string[], held: Sharer['held'] = {}): Sharer => ({ id, topics, held });

describe('lib/log/kafka/shareOut', () => {
  it('gives members only topics that they read', () => {
    const shares = shareOut([member('x', ['a']), member('y', ['b'])], partitions);
    assert.deepEqual(Object.fromEntries(shares), { x: { a: [0, 1, 2, 3, 4, 5] }, y: { b: [0, 1] } });
  });

  it('takes from a member no more than a newcomer needs', () => {
    const shares = shareOut([member('x', ['a'], { a: [0, 1, 2, 3, 4, 5] }), member('y', ['a'])], partitions);
    assert.deepEqual(Object.fromEntries(shares), { x: { a: [0, 1, 2] }, y: { a: [3, 4, 5] } });
  });

  it('gives what a member had to the others, who keep what they have', () => {
    const shares = shareOut([member('x', ['a'], { a: [0, 3] }), member('y', ['a'], { a: [1, 4] })], partitions);
    assert.deepEqual(Object.fromEntries(shares), { x: { a: [0, 2, 3] }, y: { a: [1, 4, 5] } });
  });

  it('gives each partition to exactly one member that reads its topic, evenly, whatever members claim to have', () => {
    const topics = fc.subarray(['a', 'b'], { minLength: 1 });
    const held = fc.record({ a: fc.array(fc.nat(8)), b: fc.array(fc.nat(8)) });
    const group = fc.array(fc.record({ topics, held }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(group, (members) => {
        const sharers = members.map((each, index) => ({ id: `m${index}`, ...each }));
        const shares = shareOut(sharers, partitions);
        for (const [topic, all] of partitions) {
          const readers = sharers.filter((each) => each.topics.includes(topic));
          const sizes = readers.map(({ id }) => shares.get(id)?.[topic]?.length ?? 0);
          const given = [...shares.values()].flatMap((share) => share[topic] ?? []);
          assert.deepEqual(given.sort(), readers.length === 0 ? [] : all);
          if (readers.length > 0) assert.ok(Math.max(...sizes) - Math.min(...sizes) <= 1);
          for (const { id, topics: own } of sharers)
            if (!own.includes(topic)) assert.equal(shares.get(id)?.[topic], undefined);
        }
      }),
    );
  });
});
