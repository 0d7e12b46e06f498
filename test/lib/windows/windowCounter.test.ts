import assert from 'node:assert/strict';
import { SettingError } from '../../../lib/core/errors';
import { sessionWindows, windowGrid } from '../../../lib/windows/shape';
import type { WindowResult } from '../../../lib/windows/result';
import type { WindowSettings } from '../../../lib/windows/windowSettings';
import { settle } from '../../support/nodes';
import { DAY, MINUTE, TUMBLING, ZERO } from './case';
import { WindowHarness } from './harness';
import { briefly, brieflyOf } from './notation';

const at = (minutes: number, k: unknown = 'a'): object => ({ t: ZERO + minutes * MINUTE, k });

describe('the window counter', () => {
  let harness: WindowHarness | undefined;
  const start = (settings: Partial<WindowSettings> = {}): WindowHarness =>
    (harness = new WindowHarness({ ...TUMBLING, ...settings }));
  afterEach(() => {
    harness?.dispose();
    harness = undefined;
  });
  const assertGave = ({ results }: WindowHarness, ...expected: string[]): void =>
    assert.deepEqual(results.splice(0).map(briefly), expected.map(brieflyOf));

  describe('the one commit', () => {
    it('leaves no trace of a message that was not finished when the process died', async () => {
      const windows = start();
      await windows.send([at(0.1), at(0.2, 'b')]);
      windows.begin('lane', [at(0.3), at(9)]);
      windows.crash();
      await windows.send([at(0.4)]);
      await windows.send([at(2)]);
      assertGave(windows, '0:00..1:00 a:2 b:1');
    });
    it('sends a result again that the flow had not finished with, and not once more', async () => {
      const windows = start();
      const message = windows.begin('lane', [at(0), at(5)]);
      windows.ledger.completed('node', message);
      await settle(2);
      windows.ledger.commit();
      windows.results.length = 0;
      windows.crash();
      await windows.settled();
      assertGave(windows, '0:00..1:00 a:1');
      windows.crash();
      await windows.settled();
      assertGave(windows);
    });
    it('merges messages in the order of their source, whichever finishes first', async () => {
      const windows = start();
      const first = windows.begin('lane', [at(0)], 1);
      const second = windows.begin('lane', [at(5)], 2);
      await windows.finish(second);
      assertGave(windows);
      await windows.finish(first);
      assertGave(windows, '0:00..1:00 a:1');
      assert.deepEqual(windows.late, []);
    });
    it('keeps nothing in the store of an earlier shape whose windows have all closed', async () => {
      const windows = start({ details: 'ranks' });
      const shapes = [windowGrid(2 * MINUTE, MINUTE), sessionWindows(MINUTE), windowGrid(MINUTE, MINUTE)];
      for (const [n, shape] of shapes.entries()) {
        await windows.send([at(10 * n)]);
        await windows.send([at(10 * n + 5)]);
        await windows.command({ command: 'shape', shape });
      }
      await windows.send([at(40)]);
      await windows.send([at(50)]);
      assert.deepEqual(windows.savedShapes, ['60000:60000:']);
    });
    it('forgets windows in memory with the process', async () => {
      const windows = start({ durable: false });
      await windows.send([at(0.1)]);
      windows.crash();
      await windows.send([at(0.2)]);
      await windows.send([at(1)]);
      assertGave(windows, '0:00..1:00 a:1');
    });
  });

  it('counts a window once that two shapes have, for its lines and for what is trending', async () => {
    const windows = start({ shape: sessionWindows(MINUTE), details: 'trends' });
    await windows.send([at(0)]);
    await windows.command({ command: 'shape', shape: windowGrid(MINUTE, MINUTE) });
    await windows.send([at(0.2), at(0.4)]);
    await windows.send([at(1)]);
    const [{ total, counts, trending }] = windows.results as [WindowResult];
    const found = [total, counts[0]?.count, trending?.[0]?.count];
    assert.deepEqual(found, [3, 3, 3]);
  });

  describe('what it says of a late record', () => {
    it('names the window that was closed', async () => {
      const windows = start();
      await windows.send([at(5)]);
      await windows.send([at(0.2)]);
      const [late] = windows.late;
      assert.deepEqual(late?.record, at(0.2));
      assert.match(late.error.message, /2020-01-01T00:00:00.000Z\/2020-01-01T00:01:00.000Z/u);
    });
    it('says nothing if no one listens', async () => {
      const windows = start({ keepLate: false });
      await windows.send([at(5)]);
      await windows.send([at(0.2)]);
      assert.deepEqual(windows.late, []);
    });
  });

  describe('settings that cannot be', () => {
    const impossible: [string, () => unknown][] = [
      ['a size of nothing', () => windowGrid(0, 0)],
      ['a slide of nothing', () => windowGrid(MINUTE, 0)],
      ['a negative size', () => windowGrid(-MINUTE, -MINUTE)],
      ['a slide longer than the size', () => windowGrid(MINUTE, 2 * MINUTE)],
      ['calendar windows of half a day', () => windowGrid(DAY / 2, DAY / 2, 'Europe/Berlin')],
      ['calendar windows of two days every half day', () => windowGrid(2 * DAY, DAY / 2, 'Europe/Berlin')],
      ['a zone that there is not', () => windowGrid(DAY, DAY, 'Europe/Atlantis')],
      ['sessions with a gap of nothing', () => sessionWindows(0)],
      ['sessions with a negative gap', () => sessionWindows(-1)],
    ];
    for (const [what, make] of impossible) {
      it(`are refused with an error about the setting: ${what}`, () => {
        assert.throws(make, (error) => error instanceof SettingError && error.message.length > 20);
      });
    }
    it('are refused with an error about the setting: sessions with updates', () => {
      assert.throws(() => start({ shape: sessionWindows(MINUTE), emit: 'update' }), SettingError);
    });
  });
});
