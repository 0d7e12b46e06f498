import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { seeded } from '../support/random';
import { CASES } from './cases';
import { RECORDS } from './flow';
import { judge } from './judge';
import { Run, sum } from './run';
import { withTable } from './table';

const SEED = Number(process.env.PULSEFLOW_SEED ?? Date.now() % 1_000_000);
/** Run only some cases: their names, separated by commas. */
const ONLY = process.env.PULSEFLOW_CASES?.split(',');
const cases = CASES.filter(({ name }) => ONLY?.includes(name) ?? true);
const PAGE = join(process.cwd(), 'docs/delivery.md');

describe('tracking: a burst through every kind of node, killed, deployed anew, stopped and killed on the way', function () {
  this.timeout(600_000);
  const run = new Run(cases);
  const finite = cases.filter(({ expect }) => expect.kind !== 'unfinished');
  const killed = new Set<string>();

  before(async () => {
    console.log(`    seed ${SEED} (PULSEFLOW_SEED repeats a run)`);
    const random = seeded(SEED);
    /** A number of finished records that is yet to come. */
    const later = (): number => sum(run.finished()) + Math.floor(0.1 * random() * finite.length * RECORDS);
    await run.prepare();
    for (const how of ['kill', 'stop', 'kill'] as const) {
      await run.start();
      if (how === 'stop') await run.redeploy(later(), 1_200 * random());
      const working = await run.endAt(later(), 1_200 * random(), how);
      console.log(`    ${how} when ${sum(run.finished())} records were finished, ${working.length} cases at work`);
      if (how === 'kill') for (const name of working) killed.add(name);
    }
    await run.start();
    await run.drain(finite.length * RECORDS);
  });
  after(() => run.dispose());

  it('every case was killed with work in the flow', () => {
    assert.deepEqual(
      cases.filter(({ name, instant }) => instant !== true && !killed.has(name)).map(({ name }) => name),
      [],
    );
  });

  for (const each of cases) {
    it(`${each.nodes}: ${each.outcome}`, () => {
      const found = run.look.at(each.name);
      assert.deepEqual(judge(each, found), []);
      if (each.expect.kind === 'at most once') console.log(`      (${found.out.size} of ${RECORDS} counted)`);
      if (each.warns !== undefined) assert.match(run.log, each.warns);
      if (each.expect.kind === 'unfinished')
        assert.match(run.log, new RegExp(`messages are waiting for node ${each.expect.node} `, 'u'));
    });
  }
});

describe('docs/delivery.md', () => {
  it('has the table that the cases declare', () => {
    const page = readFileSync(PAGE, 'utf8');
    if (process.env.PULSEFLOW_WRITE_TABLE !== undefined) writeFileSync(PAGE, withTable(page));
    else assert.equal(page, withTable(page), 'PULSEFLOW_WRITE_TABLE=1 writes the table anew');
  });
});
