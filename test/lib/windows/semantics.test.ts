import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Case, type Step, TUMBLING } from './case';
import { CHAPTERS } from './cases';
import { withCases } from './caseTable';
import { assertSame, fieldsLike } from './compare';
import { briefly, brieflyOf, lateRecordOf, recordOf } from './notation';
import { type Output, type Subject, counterSubject, referenceSubject } from './subject';

const PAGE = join(__dirname, '../../../../docs/windows.md');

describe('the semantics of windows, case by case', () => {
  for (const { title, cases } of CHAPTERS) {
    describe(title, () => {
      for (const each of cases)
        it(each.name, () => play(each, counterSubject({ ...TUMBLING, ...each.settings }), true));
    });
  }

  it('are those of the reference, too', async () => {
    const wrong: string[] = [];
    for (const each of CHAPTERS.flatMap(({ cases }) => cases)) {
      // The reference counts all keys.
      if ((each.settings?.maxKeys ?? 0) > 0) continue;
      try {
        await play(each, referenceSubject({ ...TUMBLING, ...each.settings }), false);
      } catch (thrown) {
        wrong.push(`${each.name}: ${String(thrown)}`);
      }
    }
    assert.deepEqual(wrong, []);
  });

  it('are written in docs/windows.md as the cases are', () => {
    const page = readFileSync(PAGE, 'utf8');
    if (process.env.PULSEFLOW_WRITE_TABLE === '1') writeFileSync(PAGE, withCases(page));
    else assert.equal(page, withCases(page), 'PULSEFLOW_WRITE_TABLE=1 writes the list anew');
  });
});

async function play({ steps }: Case, subject: Subject, words: boolean): Promise<void> {
  try {
    for (const [index, step] of steps.entries()) {
      await take(step, subject);
      check(step, subject.take(), words, `step ${index + 1}: ${JSON.stringify(step)}`);
    }
  } finally {
    subject.dispose();
  }
}

async function take(step: Step, subject: Subject): Promise<void> {
  if (step.crash) await subject.crash();
  for (const lane of step.open ?? []) subject.open(lane);
  for (const lane of step.atEnd ?? []) subject.atEnd(lane);
  if (step.wait !== undefined) await subject.wait(step.wait);
  if (step.send !== undefined) await subject.send(step.send.map(recordOf), step.lane ?? 'lane');
  if (step.command !== undefined) await subject.command(step.command);
}

function check(step: Step, { results, late, rejected }: Output, words: boolean, what: string): void {
  const gives = step.gives ?? [];
  assert.equal(results.length, gives.length, `${what} gave ${JSON.stringify(results)}`);
  for (const [index, expected] of gives.entries()) {
    const actual = results[index];
    if (typeof expected === 'string') assertSame(briefly(actual), brieflyOf(expected), what);
    else assertSame(coarse(fieldsLike(actual, expected)), coarse(expected), what);
  }
  assertSame(late, (step.late ?? []).map(lateRecordOf), what);
  assert.equal(rejected.length, step.rejects?.length ?? 0, `${what} rejected ${JSON.stringify(rejected)}`);
  if (words) for (const [index, pattern] of step.rejects?.entries() ?? []) assert.match(rejected[index] ?? '', pattern);
}

/** The standard error of an estimate may be stated rounded. */
function coarse(result: unknown): unknown {
  const { distinctError } = result as { distinctError?: number };
  return distinctError === undefined ? result : { ...(result as object), distinctError: distinctError.toFixed(3) };
}
