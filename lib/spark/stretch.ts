import { type Flow, type FlowNode, type Wire, nameOf } from './flow';
import type { Objections } from './objections';
import type { Note } from './obstacles';

/** A node on the way, with its wires to others on the way. */
export interface Stop {
  readonly node: FlowNode;
  /** In the order of outputs and wires. */
  readonly wires: readonly Wire[];
}

/** What lies between a source and its sinks. */
export interface Stretch {
  /** The source first; each node follows those that it gets records from. */
  readonly stops: readonly Stop[];
  /** What is wired to the stretch and is not part of it. */
  readonly notes: readonly Note[];
}

/** Nodes that store records, where something is lost if they get none. */
const STORES = new Set(['hbase-sink', 'hdfs-sink', 'elasticsearch-sink', 'tableau-export']);

/** Finds the nodes on all ways from a source to its sinks, and objects to what cannot be left beside them. */
export function stretchBetween(
  flow: Flow,
  source: FlowNode,
  sinks: readonly FlowNode[],
  objections: Objections,
): Stretch {
  const isEnd = (node: FlowNode): boolean => node === source || sinks.includes(node);
  const reached = flow.reachedFrom([source], (node) => !isEnd(node));
  const leads = leadingTo(flow, new Set([source, ...reached]), sinks, isEnd);
  for (const sink of sinks) {
    if (reached.has(sink)) continue;
    objections.add(sink, {
      reason: `No wire leads to it from ${nameOf(source)}.`,
      remedy: 'Choose a kafka-out behind the source, or wire it up.',
    });
  }
  const wiresOf = (node: FlowNode): readonly Wire[] =>
    sinks.includes(node) ? [] : flow.wiresOf(node).filter(({ to }) => leads.has(to) && to !== source);
  const stops = inOrder(source, wiresOf, objections).map((node) => ({ node, wires: wiresOf(node) }));
  const stretch = new Set(stops.map(({ node }) => node));
  return {
    stops,
    notes: [...besides(flow, stretch, objections), ...feeders(flow, stretch, source, sinks, objections)],
  };
}

/** Of some nodes, those from which a way leads to a sink; the sinks, too. */
function leadingTo(
  flow: Flow,
  among: ReadonlySet<FlowNode>,
  sinks: readonly FlowNode[],
  isEnd: (node: FlowNode) => boolean,
): Set<FlowNode> {
  const before = new Map<FlowNode, FlowNode[]>();
  for (const node of among) {
    if (sinks.includes(node)) continue;
    for (const { to } of flow.wiresOf(node)) before.set(to, [...(before.get(to) ?? []), node]);
  }
  const leads = new Set(sinks.filter((sink) => among.has(sink)));
  const next = [...leads];
  for (let node = next.pop(); node !== undefined; node = next.pop()) {
    for (const each of before.get(node) ?? []) {
      if (leads.has(each)) continue;
      leads.add(each);
      if (!isEnd(each)) next.push(each);
    }
  }
  return leads;
}

/** Depth first, each node before all that it leads to. */
function inOrder(source: FlowNode, wiresOf: (node: FlowNode) => readonly Wire[], objections: Objections): FlowNode[] {
  const order: FlowNode[] = [];
  const states = new Map<FlowNode, 'open' | 'done'>();
  const visit = (node: FlowNode): void => {
    states.set(node, 'open');
    for (const { to } of [...wiresOf(node)].reverse()) {
      if (states.get(to) === 'open') {
        objections.add(to, {
          reason: 'What leaves it comes back to it; Spark knows no such circle.',
          remedy: 'Take out the wire that leads back.',
        });
      } else if (!states.has(to)) visit(to);
    }
    states.set(node, 'done');
    order.unshift(node);
  };
  visit(source);
  return order;
}

function* besides(flow: Flow, stretch: ReadonlySet<FlowNode>, objections: Objections): Iterable<Note> {
  const beside = new Map<FlowNode, FlowNode>();
  for (const node of stretch) {
    for (const { to } of flow.wiresOf(node)) if (!stretch.has(to) && !beside.has(to)) beside.set(to, node);
  }
  const left = flow.reachedFrom([...stretch], (node) => !stretch.has(node) && node.type !== 'kafka-in');
  for (const node of left) {
    if (stretch.has(node)) continue;
    const name = nameOf(node);
    if (STORES.has(node.type)) {
      objections.add(node, {
        reason: 'Spark does not write to it, and while Spark runs the stretch, it gets nothing.',
        remedy: 'End the stretch in a kafka-out, and read its topic with a kafka-in before the sink.',
      });
    } else if (node.type === 'kafka-out') {
      yield {
        node: node.id,
        name,
        text: 'It is not a sink of the job: while Spark runs the stretch, it gets nothing.',
      };
    } else if (beside.has(node)) {
      const before = nameOf(beside.get(node) ?? node);
      yield {
        node: node.id,
        name,
        text: `It is left out: while Spark runs the stretch, it gets nothing from ${before}.`,
      };
    }
  }
}

function* feeders(
  flow: Flow,
  stretch: ReadonlySet<FlowNode>,
  source: FlowNode,
  sinks: readonly FlowNode[],
  objections: Objections,
): Iterable<Note> {
  for (const node of flow.running()) {
    if (stretch.has(node)) continue;
    for (const { to } of flow.wiresOf(node)) {
      if (!stretch.has(to) || to === source || sinks.includes(to)) continue;
      const from = nameOf(node);
      if (to.type === 'window-count' && isMissedBy(node)) {
        objections.add(to, {
          reason: `It also gets messages from ${from}, and windows that Spark has take neither other records nor commands.`,
          remedy: 'Take that wire off, or disable the node that it comes from.',
        });
      } else {
        const text = `What comes from ${from} stays in Node-RED, and does not reach Spark.`;
        yield { node: to.id, name: nameOf(to), text };
      }
    }
  }
}

/** Nodes of the palette that send records. */
const SENDERS = new Set([
  ...['kafka-in', 'twitter-poll', 'hbase-get', 'tweet-clean', 'hashtag-extract', 'sentiment', 'window-count'],
]);

/** Whether what a node sends to windows is sure to matter there: records, msg.flush or msg.reset. */
function isMissedBy({ type, props }: FlowNode): boolean {
  if (SENDERS.has(type)) return true;
  const set = type === 'inject' && Array.isArray(props) ? (props as { p?: unknown }[]) : [];
  return set.some(({ p }) => p === 'flush' || p === 'reset');
}
