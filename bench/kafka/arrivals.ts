import type { Red } from '../../nodes/common/red';

/** The field of a post that says when it was due, in ms since the epoch. */
export const DUE = 'due';

/** Posts as they came to a node: when each was due (ms since the epoch), and how long it took from then, in ms. */
export interface Arrived {
  readonly due: number[];
  readonly took: number[];
}

/** Notes when posts come to nodes, without another wire, for which Node-RED would clone each message. */
export class Arrivals {
  readonly #nodes = new Map<string, Arrived>();

  constructor(RED: Red) {
    RED.hooks.add('onReceive.bench', ({ msg: { payload }, destination: { id } }) => {
      const arrived = this.#nodes.get(id);
      if (arrived === undefined || payload === undefined) return;
      const now = epoch();
      for (const post of [payload].flat() as Partial<Record<typeof DUE, number>>[]) {
        const { due } = post;
        if (due === undefined) continue;
        arrived.due.push(due);
        arrived.took.push(Math.round((now - due) * 100) / 100);
      }
    });
  }

  /** Forgets what was noted, and begins anew with these nodes. */
  begin(nodes: readonly string[]): void {
    this.#nodes.clear();
    for (const node of nodes) this.#nodes.set(node, { due: [], took: [] });
  }

  count(node: string): number {
    return this.#nodes.get(node)?.due.length ?? 0;
  }

  at(node: string): Arrived {
    return this.#nodes.get(node) ?? { due: [], took: [] };
  }
}

/** Milliseconds since the epoch, and parts of them; the same in all processes of a machine. */
export function epoch(): number {
  return performance.timeOrigin + performance.now();
}
