import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { describe, it } from 'mocha';
import { temporaryFolder } from '../../support/store';

const CHILD = join(__dirname, 'crashChild.js');
const TOTAL = 600;

/** Runs until the end of the source, killed at most once for each entry of `kills`. @returns how often it was killed */
function run(directory: string, kills: readonly (readonly [step: string, after: number])[]): number {
  let killed = 0;
  for (const [step, after] of [...kills, ['never', 0] as const]) {
    const { signal, status, stderr } = spawnSync(
      process.execPath,
      [CHILD, directory, String(TOTAL), step, String(after)],
      { encoding: 'utf8' },
    );
    if (signal === 'SIGKILL') killed++;
    else assert.equal(status, 0, stderr);
  }
  return killed;
}

/** Checks that the finished files hold each record once, and that nothing else lies about. */
function recount(directory: string): void {
  const ids: number[] = [];
  for (const entry of readdirSync(join(directory, 'files'), { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    assert.match(entry.name, /^part-.*\.csv$/u);
    const text = readFileSync(join(entry.parentPath, entry.name), 'utf8');
    for (const { id, text: body } of parse<{ id: string; text: string }>(text, { columns: true })) {
      assert.equal(body, 'x'.repeat(Number(id) % 7));
      ids.push(Number(id));
    }
  }
  assert.deepEqual(
    ids.sort((a, b) => a - b),
    Array.from({ length: TOTAL }, (_, id) => id),
  );
}

describe('hdfs sink, killed', function () {
  this.timeout(30_000);
  for (const step of ['committing', 'committed', 'planned', 'half written', 'written', 'renamed', 'closed']) {
    it(`has each record in exactly one finished file after a kill when ${step}`, () => {
      const directory = temporaryFolder();
      assert.equal(run(directory.path, [[step, step === 'closed' ? 0 : 5]]), 1);
      recount(directory.path);
      directory.remove();
    });
  }

  it('the same after one kill at each step, one after the other, the redone ones included', () => {
    const directory = temporaryFolder();
    const kills = [
      ['renamed', 1],
      ['planned', 0],
      ['half written', 0],
      ['written', 0],
      ['renamed', 0],
      ['committing', 3],
      ['half written', 2],
      ['renamed', 0],
    ] as const;
    assert.equal(run(directory.path, kills), kills.length);
    recount(directory.path);
    directory.remove();
  });
});
