import { wordsFor } from './nodeNames';
import type { Red, SavedNode } from './red';

/** Why a node cannot be followed: a key of the catalogue's `common.warnings.gaps`. */
type Why = 'sendsAgain' | 'keepsText' | 'sendsLater';

/** A node that is done with a message before it has sent all that it makes of it. */
export interface Gap {
  readonly source: string;
  readonly node: SavedNode;
  readonly why: Why;
}

interface Wired extends SavedNode {
  readonly z?: string;
  readonly wires?: readonly (readonly string[])[];
  readonly links?: readonly string[] | string;
  readonly scope?: readonly string[] | string | null;
  readonly d?: boolean;
  readonly in?: readonly { readonly wires: readonly { readonly id: string }[] }[];
}

const SOURCES = new Set(['kafka-in', 'twitter-poll', 'window-count']);

/** Warns of them, on the source whose messages they touch, each time flows have started. @returns what ends it */
export function warnOfGaps(RED: Red): () => void {
  const started = (detail: unknown): void => {
    const { config } = detail as { config?: { flows?: readonly SavedNode[] } };
    for (const { source, node, why } of gapsIn(config?.flows ?? [])) {
      const words = wordsFor({ id: node.id, type: node.type, ...(node.name === '' ? {} : { name: node.name }) });
      RED.nodes.getNode(source)?.warn(RED._(`common.warnings.gaps.${why}`, { node: words }));
    }
  };
  RED.events.on('flows:started', started);
  return () => RED.events.removeListener('flows:started', started);
}

/** The gaps behind the sources of a flow, as far as they can be seen in it. */
export function gapsIn(flow: readonly SavedNode[]): Gap[] {
  const nodes = new Map(flow.map((node) => [node.id, node as Wired]));
  const gaps: Gap[] = [];
  for (const source of nodes.values()) {
    if (!SOURCES.has(source.type) || source.d === true) continue;
    for (const node of behind(source, nodes)) {
      const why = gapOf(node);
      if (why !== undefined) gaps.push({ source: source.id, node, why });
    }
  }
  return gaps;
}

function behind(source: Wired, nodes: ReadonlyMap<string, Wired>): Set<Wired> {
  const reached = new Set<Wired>();
  const next = [source];
  for (let node = next.pop(); node !== undefined; node = next.pop()) {
    for (const id of waysOn(node, nodes)) {
      const other = nodes.get(id);
      // The results of a window count are messages of a source of its own.
      if (other === undefined || other.d === true || reached.has(other)) continue;
      reached.add(other);
      if (!SOURCES.has(other.type)) next.push(other);
    }
  }
  return reached;
}

function waysOn(node: Wired, nodes: ReadonlyMap<string, Wired>): string[] {
  // A third output of a source answers who asked: nothing of its own goes there.
  const ways = (SOURCES.has(node.type) ? (node.wires ?? []).slice(0, 2) : (node.wires ?? [])).flat();
  if (node.type === 'link out' || node.type === 'link call') ways.push(...[node.links ?? []].flat());
  if (node.type.startsWith('subflow:')) {
    const inside = nodes.get(node.type.slice('subflow:'.length))?.in ?? [];
    ways.push(...inside.flatMap(({ wires }) => wires.map(({ id }) => id)));
  }
  for (const other of nodes.values()) {
    if (other.type !== 'catch' && other.type !== 'complete') continue;
    const takes = Array.isArray(other.scope) ? other.scope.includes(node.id) : other.type === 'catch';
    if (takes && other.z === node.z) ways.push(other.id);
  }
  return ways;
}

function gapOf(node: Wired): Why | undefined {
  if (node.type === 'trigger') {
    return node.op2type === 'nul' ? undefined : 'sendsAgain';
  }
  if (node.type === 'split') return node.stream === true ? 'keepsText' : undefined;
  if (node.type !== 'function' || typeof node.func !== 'string') return undefined;
  // Without node.done(), a function is done when its code, and what it awaits, has come to its end.
  const later = /\b(?:setTimeout|setInterval|setImmediate)\s*\(|\.(?:then|on|once)\s*\(/u;
  const sends = /\bnode\s*\.\s*send\s*\(/u.test(node.func) && later.test(node.func);
  return sends && !/\bnode\s*\.\s*done\s*\(/u.test(node.func) ? 'sendsLater' : undefined;
}
