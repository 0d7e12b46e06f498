import type { Ledger } from '../../lib/delivery/ledger';
import type { Red } from './red';

/** A message that a node has had for so long, in ms, is worth a word. */
const LONG = 60_000;

/**
 * Says in the log which nodes keep messages, and with them their source, waiting: once when it begins to be long, and
 * again each time it has become twice as long. `PULSEFLOW_STUCK_AFTER` (ms) says what is long.
 * @returns a function that ends it
 */
export function reportStuck(RED: Red, ledger: Ledger): () => void {
  const long = Number(process.env.PULSEFLOW_STUCK_AFTER ?? LONG);
  const told = new Map<string, number>();
  const look = (): void => {
    const waiting = new Map<string, { lane: string; messages: number; age: number }>();
    for (const { lane, nodes, age } of ledger.unfinished(Infinity)) {
      if (age < long) break;
      for (const node of nodes) {
        const known = waiting.get(node);
        if (known === undefined) waiting.set(node, { lane, messages: 1, age });
        else known.messages++;
      }
    }
    for (const node of told.keys()) if (!waiting.has(node)) told.delete(node);
    for (const [node, { lane, messages, age }] of waiting) {
      if (age < (told.get(node) ?? 0) * 2) continue;
      told.set(node, age);
      RED.log.warn(
        `[pulseflow] ${messages} messages are waiting for node ${described(RED, node)}, which has not said that it is done with them, for up to ${Math.round(age / 1000)} s; the oldest is of ${lane}`,
      );
    }
  };
  const timer = setInterval(look, long / 4);
  timer.unref();
  return () => clearInterval(timer);
}

function described(RED: Red, id: string): string {
  const node = RED.nodes.getNode(id);
  if (node === null) return id;
  return `${id} (${node.type}${node.name === undefined ? '' : ` "${node.name}"`})`;
}
