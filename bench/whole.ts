import type { FlowFigures } from './flow';
import type { Carried } from './flow/shippedFlow';
import type { Posts } from './posts';
import type { Form, StepFigure } from './steps/step';
import { micros, printTable } from './table';

/** The steps of the processing flow, by how it is given its posts; reading and parsing the log are the same for both. */
const STEPS: Readonly<Record<Carried, readonly (readonly [name: string, form: Form])[]>> = {
  'batches of 500': [
    ['log: read', 'batch'],
    ['parse JSON', 'batch'],
    ['hashtags: the step', 'batch'],
    ['sentiment: the step', 'batch'],
    ['windows: 1m, durable', 'batch'],
  ],
  'one by one': [
    ['log: read', 'batch'],
    ['parse JSON', 'batch'],
    ['hashtags: the step', 'one'],
    ['sentiment: the step, with its words', 'one'],
    ['windows: 1m, durable', 'one'],
  ],
};

/** Says how much more the processing flow costs than its steps run alone: what Node-RED and the ledger take. */
export function printAgainstSteps(posts: Posts, flow: FlowFigures, steps: readonly StepFigure[]): void {
  const rows: string[][] = [];
  for (const [carried, { cpu }] of flow) {
    const each = STEPS[carried].map(
      ([name, form]) => steps.find((step) => step.name === name && step.form === form)?.cpu,
    );
    const sum = each.reduce<number>((total, part) => total + (part ?? Number.NaN), 0);
    rows.push([carried, micros(cpu), micros(sum), `${(cpu / sum).toFixed(2)}x`]);
  }
  printTable(
    `The processing flow against its steps run alone, CPU µs/post, ${posts.name}`,
    ['messages', 'flow', 'steps', 'ratio'],
    rows,
  );
}
