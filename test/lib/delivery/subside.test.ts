import assert from 'node:assert/strict';
import { subside } from '../../../lib/delivery/subside';
import { ManualClock } from '../sinks/manualClock';

describe('delivery/subside', () => {
  const clock = new ManualClock();
  const begun = clock.now();

  /** What was in flight at each look, and when it stopped looking: in ms, and with how many left. */
  async function wait(inFlight: (elapsed: number) => number): Promise<{ took: number; left: number }> {
    const start = clock.now();
    let ended: { took: number; left: number } | undefined;
    void subside(() => inFlight(clock.now() - start), { quiet: 100, longest: 1_000, clock }).then(
      (left) => (ended = { took: clock.now() - start, left }),
    );
    for (let step = 0; ended === undefined && step < 300; step++) await clock.pass(10);
    return ended ?? assert.fail('it never ended');
  }

  it('does not wait where nothing is in flight', async () => {
    assert.deepEqual(await subside(() => 0, { clock }), 0);
    assert.equal(clock.now(), begun);
  });

  it('ends as soon as nothing is in flight any more', async () => {
    const { took, left } = await wait((elapsed) => (elapsed < 50 ? 5 : 0));
    assert.deepEqual([took, left], [50, 0]);
  });

  it('waits as long as it keeps falling', async () => {
    const { took, left } = await wait((elapsed) => Math.max(0, 5 - Math.floor(elapsed / 90)));
    assert.deepEqual([took, left], [450, 0]);
  });

  it('ends once it has not fallen for a while, also if it rises meanwhile', async () => {
    assert.deepEqual(await wait(() => 5), { took: 100, left: 5 });
    const { took, left } = await wait((elapsed) => (elapsed < 200 ? 9 - Math.floor(elapsed / 50) : 10 + elapsed));
    assert.deepEqual([took, left], [250, 6]);
  });

  it('ends when its time is over, however well it goes', async () => {
    assert.deepEqual(await wait((elapsed) => 10_000 - elapsed), { took: 1_000, left: 9_000 });
  });
});
