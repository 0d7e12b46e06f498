import { PulseflowError } from '../core/errors';
import { describe, isFields } from '../core/records';
import { payloadOfWindow } from './closedWindows';
import { Graph, type StageAnswer } from './graph';
import type { Plan, Stage, WindowsStep } from './plan';
import { SourceRows } from './sourceRows';

/**
 * Takes in a batch as Spark has it.
 * @throws {PulseflowError} if it is no such batch
 */
export type RunStage = (batch: unknown) => StageAnswer;

/**
 * Everything that lies between an entry and its targets, each record on its way through all of it.
 * @param from the source, or a windows step
 * @param to what shall be made; all that the entry leads to if left out
 * @throws {PulseflowError} if the plan has no such stage; a SettingError if a node's setting cannot be used
 */
export function stageOf(plan: Plan, from: string, to?: readonly string[], clock: () => number = Date.now): RunStage {
  const wanted = targetsOf(plan, from, to);
  const windows = plan.steps.find((step): step is WindowsStep => step.kind === 'windows' && step.id === from);
  return windows === undefined ? sourceStage(plan, wanted, clock) : windowsStage(plan, windows, wanted, clock);
}

function targetsOf({ stages }: Plan, from: string, to: readonly string[] | undefined): readonly string[] {
  const stage: Stage | undefined = stages.find((each) => each.from === from);
  if (stage === undefined) {
    throw new PulseflowError(`The plan has no stage from "${from}".`, {
      remedy: `It has those from ${stages.map((each) => each.from).join(', ')}.`,
    });
  }
  const wrong = to?.find((id) => !stage.to.includes(id));
  if (wrong === undefined) return to ?? stage.to;
  throw new PulseflowError(`The stage from "${from}" does not lead to "${wrong}".`, {
    remedy: `It leads to ${stage.to.join(', ')}.`,
  });
}

function sourceStage(plan: Plan, to: readonly string[], clock: () => number): RunStage {
  const { id, batch, decode } = plan.source;
  const form = batch ? 'batch' : 'single';
  const graph = new Graph(plan, id, to, { form, headers: false, clock });
  let withHeaders: Graph | undefined;
  return (input) => {
    const rows = new SourceRows(input);
    const used = rows.haveHeaders ? (withHeaders ??= new Graph(plan, id, to, { form, headers: true, clock })) : graph;
    rows.send(decode, used.send);
    return used.answer();
  };
}

function windowsStage(plan: Plan, step: WindowsStep, to: readonly string[], clock: () => number): RunStage {
  const form = step.settings.output === 'rows' ? 'batch' : 'single';
  const graph = new Graph(plan, step.id, to, { form, headers: false, clock });
  return (input) => {
    if (!isFields(input) || !Array.isArray(input.windows)) {
      throw new PulseflowError(`There is no list of windows in the line, but ${describe(input)}.`);
    }
    const payloads = input.windows.map((window) => payloadOfWindow(step, window));
    for (const [at, payload] of payloads.entries()) {
      if (Array.isArray(payload)) for (const row of payload as unknown[]) graph.send(1, { payload: row, at });
      else if (payload !== undefined) graph.send(1, { payload, at });
    }
    return graph.answer();
  };
}
