import assert from 'node:assert/strict';
import { windowGrid } from '../../../lib/windows/assign';
import type { WindowSettings } from '../../../lib/windows/windowCounter';
import { MINUTE, WindowHarness, settled, tumbling } from './harness';

/** Minute 0 of the tests. Numbers this large are milliseconds. */
const ZERO = Date.UTC(2020, 0, 1);
const at = (minutes: number, k: unknown = 'a', v = 0): object => ({ t: ZERO + minutes * MINUTE, k, v });

const sliding: WindowSettings = { ...tumbling, grid: windowGrid(2 * MINUTE, MINUTE) };
const partitioned: WindowSettings = { ...tumbling, mode: 'partition' };

describe('window counts', () => {
  let harness: WindowHarness;
  const start = (settings: WindowSettings): WindowHarness => (harness = new WindowHarness(settings));
  afterEach(() => harness.dispose());
  const out = (): string[] =>
    harness.take().map((line) => line.replace(/\d{5,}/gu, (minutes) => String(Number(minutes) - ZERO / MINUTE)));

  describe('assignment', () => {
    it('puts an event into [start, end)', async () => {
      start(tumbling);
      await harness.send([at(0), at(0.999), at(1), at(5)]);
      assert.deepEqual(out(), ['0-1 a:2', '1-2 a:1']);
    });
    it('puts an event into every sliding window that covers it', async () => {
      start(sliding);
      await harness.send([at(0.5), at(1.5), at(9)]);
      assert.deepEqual(out(), ['-1-1 a:1', '0-2 a:2', '1-3 a:1']);
    });
    it('counts each element of an array, and nothing for an empty one', async () => {
      start(tumbling);
      await harness.send([at(0, ['x', 'y']), at(0, ['x']), at(0, []), at(3, [])]);
      assert.deepEqual(out(), ['0-1 x:2 y:1']);
    });
    it('counts names of Object.prototype like any other', async () => {
      start(tumbling);
      await harness.send([at(0, ['__proto__', 'constructor', 'toString', '__proto__']), at(3, [])]);
      assert.deepEqual(out(), ['0-1 __proto__:2 constructor:1 toString:1']);
    });
    it('counts every record where no key is asked for', async () => {
      start({ ...tumbling, key: '' });
      await harness.send([at(0), at(0), at(3)]);
      assert.deepEqual(out(), ['0-1 *:2']);
    });
    it('understands ISO text, seconds and milliseconds', async () => {
      start(tumbling);
      const iso = new Date(ZERO).toISOString();
      await harness.send([
        { t: iso, k: 'a' },
        { t: ZERO / 1000, k: 'a' },
        { t: ZERO, k: 'a' },
        { t: String(ZERO), k: 'a' },
        at(3),
      ]);
      assert.deepEqual(out(), ['0-1 a:4']);
    });
  });

  describe('results', () => {
    it('sort by count, then by key', async () => {
      start(tumbling);
      await harness.send([at(0, ['b', 'c', 'a', 'c']), at(3, [])]);
      assert.deepEqual(out(), ['0-1 c:2 a:1 b:1']);
    });
    it('name only the top keys, but count all in the total', async () => {
      start({ ...tumbling, top: 1 });
      await harness.send([at(0, ['b', 'c', 'c']), at(3, [])]);
      assert.equal(harness.results[0]?.total, 3);
      assert.deepEqual(out(), ['0-1 c:2']);
    });
    it('carry sum, mean, min and max of a value', async () => {
      start({ ...tumbling, value: 'v' });
      await harness.send([at(0, 'a', 1), at(0, 'a', -4), at(0, 'b', 2.5), at(3, [], 0)]);
      assert.deepEqual(harness.results[0]?.counts, [
        { key: 'a', count: 2, sum: -3, mean: -1.5, min: -4, max: 1 },
        { key: 'b', count: 1, sum: 2.5, mean: 2.5, min: 2.5, max: 2.5 },
      ]);
    });
    it('have the id of their node and window', async () => {
      start(tumbling);
      await harness.send([at(0), at(3)]);
      assert.equal(harness.results[0]?.id, 'w:2020-01-01T00:00:00.000Z/2020-01-01T00:01:00.000Z');
    });
  });

  describe('the watermark', () => {
    it('waits for the delay', async () => {
      start({ ...tumbling, delay: 2 * MINUTE });
      await harness.send([at(0.5), at(2.9)]);
      assert.deepEqual(out(), []);
      await harness.send([at(3)]);
      assert.deepEqual(out(), ['0-1 a:1']);
    });
    it('judges a batch by the watermark before it: its own newest record makes none of it late', async () => {
      start(tumbling);
      await harness.send([at(9), at(0)]);
      assert.deepEqual(out(), ['0-1 a:1']);
      assert.deepEqual(harness.late, []);
    });
    it('sends records to output 2 that come after their window was closed', async () => {
      start(tumbling);
      await harness.send([at(0.1), at(5)]);
      await harness.send([at(0.2), at(5.1)]);
      assert.deepEqual(out(), ['0-1 a:1']);
      assert.equal(harness.late.length, 1);
      assert.deepEqual(harness.late[0]?.record, at(0.2));
      assert.match(
        harness.late[0].error.message,
        /came after the window 2020-01-01T00:00:00.000Z\/2020-01-01T00:01:00.000Z was closed/u,
      );
    });
    it('counts a record older than the watermark whose window is still open', async () => {
      start(tumbling);
      await harness.send([at(0.9)]);
      await harness.send([at(0.1)]);
      await harness.send([at(2)]);
      assert.deepEqual(out(), ['0-1 a:2']);
    });
    it('judges sliding windows each on its own', async () => {
      start(sliding);
      await harness.send([at(1.5)]);
      await harness.send([at(0.5)]);
      assert.equal(harness.late.length, 1);
      await harness.send([at(9)]);
      assert.deepEqual(out(), ['0-2 a:2', '1-3 a:1']);
    });
    it('never goes back', async () => {
      start(tumbling);
      await harness.send([at(5)]);
      await harness.send([at(4.5)]);
      await harness.send([at(4.6)]);
      assert.equal(harness.late.length, 2);
    });
    it('is the least over the partitions', async () => {
      start(partitioned);
      harness.lane('p1');
      await harness.send([at(0.5), at(9)], 'p0');
      assert.deepEqual(out(), []);
      await harness.send([at(0.7), at(3)], 'p1');
      assert.deepEqual(out(), ['0-1 a:2']);
      assert.deepEqual(harness.late, []);
    });
    it('leaves out a partition that is read to its end and has been silent for the idle time', async () => {
      start({ ...partitioned, idle: MINUTE });
      await harness.send([at(0)], 'p1');
      await harness.send([at(0.5), at(9)], 'p0');
      harness.now += 2 * MINUTE;
      await harness.send([at(9)], 'p0');
      assert.deepEqual(out(), []);
      harness.lane('p1').reachedEnd(true);
      harness.counter.tick();
      await settled();
      assert.deepEqual(out(), ['0-1 a:2']);
    });
    it('is not moved by a post from the far future: the post is rejected', async () => {
      start(tumbling);
      await harness.send([at(0), { t: '9999-01-01T00:00:00Z', k: 'a' }]);
      await harness.send([at(0.5)]);
      assert.deepEqual(harness.late, []);
      await harness.send([at(2)]);
      assert.deepEqual(out(), ['0-1 a:2']);
    });
  });

  describe('records without a time or a key', () => {
    for (const [what, record, reason] of [
      ['no time', { k: 'a' }, /no usable time in "t": nothing/u],
      ['a time that is none', { k: 'a', t: 'yesterday' }, /no usable time in "t": "yesterday"/u],
      ['no key', { t: ZERO }, /no key in "k": nothing/u],
      ['an object as key', { t: ZERO, k: {} }, /no key in "k": an object/u],
      ['a record that is text', 'text', /must be an object/u],
      ['the year 9999', { t: '9999-01-01', k: 'a' }, /more than a day ahead/u],
    ] as const) {
      it(`are rejected: ${what}`, () => {
        start(tumbling);
        const { rejected } = harness.counter.add({}, [record], true);
        assert.match(rejected[0]?.error.message ?? '', reason);
      });
    }
  });

  describe('commands', () => {
    it('flush closes all windows, and what comes for them later is late', async () => {
      start(sliding);
      await harness.send([at(0.5)]);
      await harness.command({ command: 'flush' });
      assert.deepEqual(out(), ['-1-1 a:1', '0-2 a:1']);
      await harness.send([at(0.6)]);
      assert.equal(harness.late.length, 1);
    });
    it('reset forgets all windows and the time', async () => {
      start(tumbling);
      await harness.send([at(7)]);
      await harness.command({ command: 'reset' });
      await harness.send([at(0)]);
      await harness.command({ command: 'flush' });
      assert.deepEqual(out(), ['0-1 a:1']);
    });
    it('update sends what changed, and the final result comes all the same', async () => {
      start({ ...tumbling, emit: 'update' });
      await harness.send([at(0.1)]);
      harness.counter.tick();
      await settled();
      harness.counter.tick();
      await settled();
      assert.deepEqual(out(), ['~0-1 a:1']);
      await harness.send([at(0.2)]);
      harness.counter.tick();
      await settled();
      await harness.send([at(1)]);
      assert.deepEqual(out(), ['~0-1 a:2', '0-1 a:2']);
    });
    it('a new grid holds from here on; windows already open stay as they are', async () => {
      start(tumbling);
      await harness.send([at(0.5)]);
      await harness.command({ command: 'grid', grid: windowGrid(5 * MINUTE, 5 * MINUTE) });
      await harness.send([at(0.6)]);
      await harness.command({ command: 'flush' });
      assert.deepEqual(out(), ['0-1 a:1', '0-5 a:1']);
    });
  });

  describe('the one commit', () => {
    it('keeps windows over a crash as they were at the last commit', async () => {
      start(tumbling);
      await harness.send([at(0.1), at(0.2, 'b')]);
      harness.begin('lane', [at(0.3), at(9)]);
      harness.crash();
      await harness.send([at(0.4)]);
      await harness.send([at(2)]);
      assert.deepEqual(out(), ['0-1 a:2 b:1']);
    });
    it('sends a result again that the flow had not finished with', async () => {
      start(tumbling);
      const message = harness.begin('lane', [at(0), at(5)]);
      harness.ledger.completed('node', message);
      await new Promise((resolve) => setImmediate(resolve));
      harness.ledger.commit();
      harness.results.length = 0;
      harness.crash();
      await settled();
      assert.deepEqual(out(), ['0-1 a:1']);
      harness.crash();
      await settled();
      assert.deepEqual(out(), []);
    });
    it('merges messages in the order of their source, whichever finishes first', async () => {
      start(tumbling);
      const first = harness.begin('lane', [at(0)], 1);
      const second = harness.begin('lane', [at(5)], 2);
      await harness.finish(second);
      assert.deepEqual(out(), []);
      await harness.finish(first);
      assert.deepEqual(out(), ['0-1 a:1']);
      assert.deepEqual(harness.late, []);
    });
  });

  it('equals a recount, for random records, batches, grids and partitions', async () => {
    const random = seeded(42);
    for (let round = 0; round < 15; round++) {
      const slide = 1 + Math.floor(random() * 3);
      const size = slide * (1 + Math.floor(random() * 3));
      start({ ...partitioned, grid: windowGrid(size * MINUTE, slide * MINUTE), delay: 10 * MINUTE });
      const expected = new Map<string, number>();
      let time = 0;
      for (let batch = 0; batch < 12; batch++) {
        const records = Array.from({ length: Math.floor(random() * 20) }, () => {
          time += random();
          const minute = Math.max(0, time - random() * 9);
          const key = `k${Math.floor(random() * 4)}`;
          for (let begin = -size; begin <= minute; begin++) {
            if (begin % slide === 0 && minute < begin + size) {
              const id = `${begin}-${begin + size} ${key}`;
              expected.set(id, (expected.get(id) ?? 0) + 1);
            }
          }
          return at(minute, key);
        });
        await harness.send(records, `p${batch % 3}`);
        if (batch === 6) harness.crash();
      }
      await harness.command({ command: 'flush' });
      const got = new Map<string, number>();
      for (const line of out()) {
        const [window = '', ...counts] = line.split(' ');
        for (const each of counts) {
          const [key = '', count] = each.split(':');
          const known = got.get(`${window} ${key}`);
          // A result that was on its way at the crash is sent again, the same.
          assert.ok(known === undefined || known === Number(count), `window ${window} came twice, not the same`);
          got.set(`${window} ${key}`, Number(count));
        }
      }
      assert.deepEqual([...got].sort(), [...expected].sort());
      if (round < 14) harness.dispose();
    }
  });
});

function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
