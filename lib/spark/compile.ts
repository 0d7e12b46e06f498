import { Flow, type FlowNode, nameOf } from './flow';
import { Meanings } from './meanings';
import type { SettingsOf } from './nodeSettings';
import { Objections } from './objections';
import { type Note, PlanError } from './obstacles';
import { PLAN_VERSION, type Plan } from './plan';
import { stagesOf } from './stages';
import { stretchBetween } from './stretch';

/** What of a flow shall run on Spark. */
export interface CompileOptions {
  readonly job: Plan['job'];
  /** The id of a kafka-in. */
  readonly source: string;
  /** The ids of one or several kafka-outs. */
  readonly sinks: readonly string[];
  readonly settingsOf: SettingsOf;
  /** ms since the epoch. */
  readonly now: number;
}

export interface Compiled {
  readonly plan: Plan;
  readonly notes: readonly Note[];
}

/**
 * Makes a plan of the stretch between a source and its sinks.
 * @param nodes the flow that is deployed, or an exported one, with its tabs and config nodes
 * @throws {PlanError} if Spark cannot run it, with all that stands in the way
 */
export function compile(nodes: readonly FlowNode[], { job, settingsOf, now, ...ends }: CompileOptions): Compiled {
  const flow = new Flow(nodes);
  const objections = new Objections();
  const source = endOf(flow, ends.source, 'kafka-in', objections);
  const sinks = [...new Set(ends.sinks)].map((id) => endOf(flow, id, 'kafka-out', objections));
  const stretchName = `the stretch from ${nameOf(source)} to ${sinks.map(nameOf).join(', ') || 'no sink'}`;
  if (sinks.length === 0) {
    objections.add(source, { setting: 'sink', reason: 'No sink is chosen.', remedy: 'Choose a kafka-out behind it.' });
  }
  if (objections.all.length > 0) throw new PlanError(stretchName, objections.all);
  const { stops, notes } = stretchBetween(flow, source, sinks, objections);
  const { read, steps, connections } = new Meanings(flow, stops, { settingsOf, now, objections }).all();
  if (read === undefined || objections.all.length > 0) throw new PlanError(stretchName, objections.all);
  const stages = stagesOf(read.id, steps);
  return { plan: { version: PLAN_VERSION, job, connections, source: read, stages, steps }, notes };
}

/** A node at an end of the stretch; one that cannot be is objected to. */
function endOf(flow: Flow, id: string, type: 'kafka-in' | 'kafka-out', objections: Objections): FlowNode {
  const setting = type === 'kafka-in' ? 'source' : 'sink';
  const node = flow.node(id);
  const remedy = `Choose a ${type} of the flow.`;
  if (node === undefined) {
    const missing = { id, type };
    objections.add(missing, { setting, reason: 'It is not in the flow any more.', remedy });
    return missing;
  }
  if (node.type !== type) objections.add(node, { setting, reason: `It is no ${type}.`, remedy });
  else if (!flow.runs(node))
    objections.add(node, { setting, reason: 'It is disabled.', remedy: `Enable it, or choose another ${type}.` });
  return node;
}
