import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FlowNode } from './nodeRed';

/** How many posts a message carries: each by itself, or many. */
export type Carried = 'one by one' | 'batches of 500';

export const CLUSTER = 'bench-cluster';
export const TOPIC = 'tweets';

/** The group that processes posts in the given round; a new one begins at the beginning. */
export function groupOf(round: number): string {
  return `process-${round}`;
}

/**
 * The Process tab of the flow that `npm start` runs, without what only the dashboard and the store want: posts from a
 * topic, hashtags, sentiment, hashtags per minute with durable windows, their results to a topic.
 */
export function processFlow(round: number, carried: Carried): FlowNode[] {
  const nodes = shipped();
  const cluster = { ...pick(nodes, 'kafka-cluster'), id: CLUSTER };
  const source = {
    ...pick(nodes, 'kafka-in', 'process'),
    cluster: CLUSTER,
    group: groupOf(round),
    batch: isBatch(carried),
  };
  const hashtags = pick(nodes, 'hashtag-extract');
  const sentiment = pick(nodes, 'sentiment');
  // A node of another id has windows of its own.
  const windows = {
    ...pick(nodes, 'window-count', 'hashtags per minute'),
    ...{ id: `windows-${round}`, window: 'tumbling', size: '1m', emit: 'close' },
  };
  const results = { ...pick(nodes, 'kafka-out', 'hashtag-windows'), cluster: CLUSTER };
  const chain = [source, hashtags, sentiment, windows, results];
  const tab: FlowNode = { id: 'process', type: 'tab' };
  const wired = chain.map((node, at) => ({
    ...node,
    z: tab.id,
    wires: [chain[at + 1]?.id ?? [], []].map((to) => [to].flat()),
  }));
  return [tab, cluster, ...wired];
}

/**
 * The whole flow that `npm start` runs but for the dashboards, replaying a file as fast as it goes. Everything it keeps
 * gets names of the round, so that a round does not see the one before it.
 */
export function wholeFlow(round: number, carried: Carried, file: string): FlowNode[] {
  const batch = isBatch(carried);
  const all = shipped();
  const dashboards = new Set(
    all.filter((node) => node.type === 'tab' && String(node.label).includes('Dashboard')).map(({ id }) => id),
  );
  const left = new Set(['comment', 'status', 'link in', 'link out']);
  const kept = all.filter(
    (node) =>
      !left.has(node.type) &&
      !dashboards.has(String(node.z)) &&
      !dashboards.has(node.id) &&
      !/^ui[_-]/u.test(node.type),
  );
  const changes: Readonly<Record<string, (node: FlowNode) => object>> = {
    'twitter-poll': () => ({ source: 'file', file, rate: 0, batch: batch ? 500 : 1 }),
    'kafka-in': ({ topic, group }) => ({ topic: roundOf(topic, round), group: roundOf(group, round), batch }),
    'kafka-out': ({ topic }) => ({ topic: roundOf(topic, round) }),
    'hdfs-cluster': ({ root }) => ({ root: roundOf(root, round) }),
  };
  const changed = kept.map((node) => ({ ...node, ...changes[node.type]?.(node) }));
  return renamed(changed, round);
}

export function roundOf(name: unknown, round: number): string {
  return `${String(name)}-${round}`;
}

function isBatch(carried: Carried): boolean {
  return carried !== 'one by one';
}

function shipped(): FlowNode[] {
  return JSON.parse(readFileSync(join(process.cwd(), 'flows/flows.json'), 'utf8')) as FlowNode[];
}

function pick(nodes: readonly FlowNode[], type: string, name?: string): FlowNode {
  const found = nodes.find(
    (node) => node.type === type && (name === undefined || [node.name, node.topic, node.group].includes(name)),
  );
  if (found === undefined) throw new Error(`flows.json has no ${type} ${name ?? ''}`);
  return found;
}

function renamed(nodes: readonly FlowNode[], round: number): FlowNode[] {
  let text = JSON.stringify(nodes);
  for (const { id } of nodes) text = text.replaceAll(`"${id}"`, `"${roundOf(id, round)}"`);
  return JSON.parse(text) as FlowNode[];
}
