import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { PulseflowError, messageOf } from '../core/errors';
import { isFields } from '../core/records';
import { PLAN_VERSION, type Plan } from './plan';
import { serve } from './serve';
import { stageOf } from './stage';

/**
 * What Spark's executors run: a stage of a plan, batch by batch, each a line of JSON on stdin that is answered with a
 * line on stdout. `node worker.js --plan FILE --from ID [--to ID,ID]`; docs/spark-plan.md has the form of the lines.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { plan: { type: 'string' }, from: { type: 'string' }, to: { type: 'string' } },
  });
  const { plan, from, to } = values;
  if (plan === undefined || from === undefined) {
    throw new PulseflowError('The worker needs a plan and where to begin.', {
      remedy: 'Start it as: node worker.js --plan FILE --from ID [--to ID,ID].',
    });
  }
  const run = stageOf(readPlan(plan), from, to?.split(','));
  await serve(run, process.stdin, async (text) => {
    if (!process.stdout.write(text)) await once(process.stdout, 'drain');
  });
}

function readPlan(file: string): Plan {
  let plan: unknown;
  try {
    plan = JSON.parse(readFileSync(file, 'utf8'));
  } catch (thrown) {
    throw new PulseflowError(`The plan ${file} cannot be read: ${messageOf(thrown)}.`);
  }
  if (isFields(plan) && plan.version === PLAN_VERSION) return plan as unknown as Plan;
  const version = isFields(plan) ? String(plan.version) : 'none';
  throw new PulseflowError(`The plan ${file} is of version ${version}, the worker understands ${PLAN_VERSION}.`, {
    remedy: 'Make the plan with the same version of Pulseflow as the worker.',
  });
}

// Whoever reads has gone: there is nobody left to tell.
process.stdout.on('error', () => process.exit(1));
main().catch((thrown: unknown) => {
  process.stderr.write(`${messageOf(thrown)}\n`);
  process.exitCode = 2;
});
