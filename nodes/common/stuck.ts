import type { Ledger, Unfinished } from '../../lib/delivery/ledger';
import { namedNode, wordsFor } from './nodeNames';
import type { NodeStatus, Red } from './red';
import type { NodeContext } from './register';
import type { NodeSpec } from './spec';

/** A message that a node has had for so long, in ms, is worth a word. */
const LONG = 60_000;

type Watcher = (oldest: Unfinished | undefined) => void;

/** By the node whose lanes they watch. */
const watchers = new Map<string, Watcher>();

/**
 * Says which nodes keep messages, and with them their source, waiting. In the log once when it begins to be long, and
 * again each time it has become twice as long; on the source as long as it lasts. `PULSEFLOW_STUCK_AFTER` (ms) says what
 * is long.
 * @returns a function that ends it
 */
export function reportStuck(RED: Red, ledger: Ledger): () => void {
  const long = Number(process.env.PULSEFLOW_STUCK_AFTER ?? LONG);
  const told = new Map<string, number>();
  const timer = setInterval(() => {
    const all = ledger.unfinished(Infinity);
    const end = all.findIndex(({ age }) => age < long);
    const old = end < 0 ? all : all.slice(0, end);
    warn(RED, old, told);
    for (const [origin, watcher] of watchers) {
      const lanes = new Set(ledger.lanesOf(origin).map(({ name }) => name));
      watcher(old.find(({ lane, nodes }) => nodes.length > 0 && lanes.has(lane)));
    }
  }, long / 4);
  timer.unref();
  return () => clearInterval(timer);
}

function warn(RED: Red, old: readonly Unfinished[], told: Map<string, number>): void {
  const waiting = new Map<string, { lane: string; messages: number; age: number }>();
  for (const { lane, nodes, age } of old) {
    for (const node of nodes) {
      const known = waiting.get(node);
      if (known === undefined) waiting.set(node, { lane, messages: 1, age });
      else known.messages++;
    }
  }
  for (const node of told.keys()) if (!waiting.has(node)) told.delete(node);
  for (const [id, { lane, messages, age }] of waiting) {
    if (age < (told.get(id) ?? 0) * 2) continue;
    told.set(id, age);
    const node = wordsFor(namedNode(RED, id));
    RED.log.warn(`[pulseflow] ${RED._('common.warnings.stuck', { messages, node, seconds: seconds(age), lane })}`);
  }
}

/** The status of a source: what it shows as a rule, and where its oldest message is stuck. */
export interface SourceStatus {
  show(usual: () => NodeStatus): void;
  /** Begins to look for what is stuck, once the source is there. */
  watch(): void;
  close(): void;
}

/** Makes the status of a source. */
export function sourceStatus<Spec extends NodeSpec>({ RED, node, status, common }: NodeContext<Spec>): SourceStatus {
  let usual: () => NodeStatus = () => ({});
  let stuck: Unfinished | undefined;
  const current = (): NodeStatus => {
    if (stuck === undefined) return usual();
    const { name, type = '', id } = namedNode(RED, stuck.nodes[0] ?? '');
    const words = common('status.stuck', { seconds: seconds(stuck.age), node: `${type} "${name ?? id}"` });
    return { ...usual(), fill: 'yellow', shape: 'ring', text: words };
  };
  const watcher: Watcher = (oldest) => {
    const changed = oldest !== undefined || stuck !== undefined;
    stuck = oldest;
    if (changed) status.show(current);
  };
  return {
    show(next) {
      usual = next;
      status.show(current);
    },
    watch: () => void watchers.set(node.id, watcher),
    close() {
      if (watchers.get(node.id) === watcher) watchers.delete(node.id);
    },
  };
}

function seconds(age: number): number {
  return Math.round(age / 1000);
}
