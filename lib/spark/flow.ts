/** A node as a flow has it, deployed or exported. */
export interface FlowNode {
  readonly id: string;
  readonly type: string;
  readonly name?: string;
  /** The tab; config nodes have none. */
  readonly z?: string;
  /** It is disabled. */
  readonly d?: boolean;
  readonly wires?: readonly (readonly string[])[];
  readonly [setting: string]: unknown;
}

/** A wire from an output, counted from 1. */
export interface Wire {
  readonly output: number;
  readonly to: FlowNode;
}

/** Nodes that only pass on what they get. */
const PASSING = new Set(['link in', 'link out', 'junction']);

/** What a person calls a node. */
export function nameOf({ id, type, name }: FlowNode): string {
  return name === undefined || name === '' ? `${type} ${id}` : `${type} "${name}"`;
}

/**
 * A flow by its wires, as Node-RED runs it: links and junctions are followed to what lies behind them, and nothing leads
 * to a node that is disabled, by itself or with its tab.
 */
export class Flow {
  readonly #nodes = new Map<string, FlowNode>();
  readonly #wires = new Map<string, readonly Wire[]>();

  constructor(nodes: readonly FlowNode[]) {
    for (const node of nodes) this.#nodes.set(node.id, node);
  }

  /** A node, disabled or not. */
  node(id: string): FlowNode | undefined {
    return this.#nodes.get(id);
  }

  /** Everything that does something with messages, as far as it is enabled. */
  *running(): Iterable<FlowNode> {
    for (const node of this.#nodes.values())
      if (node.wires !== undefined && !PASSING.has(node.type) && this.runs(node)) yield node;
  }

  runs({ d, z }: FlowNode): boolean {
    return d !== true && (z === undefined || this.#nodes.get(z)?.disabled !== true);
  }

  /** What gets what a node sends, in the order of its outputs and wires. */
  wiresOf(node: FlowNode): readonly Wire[] {
    let wires = this.#wires.get(node.id);
    if (wires === undefined) {
      const outputs = node.wires ?? [];
      wires = outputs.flatMap((ids, index) => this.#behind(ids).map((to) => ({ output: index + 1, to })));
      this.#wires.set(node.id, wires);
    }
    return wires;
  }

  /** Everything that what some nodes send may come to, as far as it gets through nodes that `passes` lets it through. */
  reachedFrom(first: readonly FlowNode[], passes: (node: FlowNode) => boolean): Set<FlowNode> {
    const reached = new Set<FlowNode>();
    const next = first.flatMap((node) => this.wiresOf(node).map(({ to }) => to));
    for (let node = next.pop(); node !== undefined; node = next.pop()) {
      if (reached.has(node)) continue;
      reached.add(node);
      if (passes(node)) next.push(...this.wiresOf(node).map(({ to }) => to));
    }
    return reached;
  }

  #behind(ids: readonly string[], passed: ReadonlySet<string> = new Set()): FlowNode[] {
    return ids.flatMap((id) => {
      const node = this.#nodes.get(id);
      if (node === undefined || !this.runs(node) || passed.has(id)) return [];
      if (!PASSING.has(node.type)) return [node];
      return this.#behind(waysOn(node), new Set([...passed, id]));
    });
  }
}

function waysOn(node: FlowNode): readonly string[] {
  // What a link out of the mode "return" sends goes to whoever called.
  if (node.type === 'link out') return node.mode === 'return' ? [] : ((node.links as string[] | undefined) ?? []);
  return (node.wires ?? []).flat();
}
