import { PulseflowError, messageOf } from '../core/errors';
import { type FlowNode, nameOf } from './flow';
import type { Objection, Obstacle } from './obstacles';

/** Collects what stands in the way, each thing once. */
export class Objections {
  readonly all: Obstacle[] = [];
  readonly #seen = new Set<string>();

  add(node: FlowNode, objection: Objection): void {
    const obstacle = { node: node.id, name: nameOf(node), ...objection };
    const text = JSON.stringify(obstacle);
    if (this.#seen.has(text)) return;
    this.#seen.add(text);
    this.all.push(obstacle);
  }

  /** Does something for a node; what it throws is an objection. */
  attempt<Result>(node: FlowNode, act: () => Result): Result | undefined {
    try {
      return act();
    } catch (thrown) {
      this.add(node, objectionOf(thrown));
      return undefined;
    }
  }
}

function objectionOf(thrown: unknown): Objection {
  const message = messageOf(thrown);
  if (!(thrown instanceof PulseflowError)) return { reason: message, remedy: 'Mend its settings.' };
  const { setting, remedy } = thrown;
  return {
    ...(setting === undefined ? {} : { setting }),
    reason: remedy === undefined ? message : message.slice(0, message.length - remedy.length - 1),
    remedy: remedy ?? 'Mend its settings.',
  };
}
