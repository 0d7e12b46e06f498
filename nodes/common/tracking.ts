import type { Ledger } from '../../lib/delivery/ledger';
import type { CompleteEvent, DeliverEvent, HookNode, Message, ReceiveEvent, Red, RouteEvent } from './red';

const LABEL = 'pulseflow';
/** Stands for the nodes that were not there when a message was sent to them. */
export const STOPPED = '(stopped)';

interface CaughtError {
  readonly source?: { readonly id?: string };
}

/**
 * Reports to the ledger what Node-RED's hooks tell of messages on their way.
 * @returns a function that takes the hooks away again
 */
export function trackFlow(RED: Red, ledger: Ledger): () => void {
  const oldKind = new OldNodes(ledger);
  RED.hooks.add(`preRoute.${LABEL}`, ({ msg, destination }: RouteEvent) => {
    // While a deploy stops and starts nodes, what is sent to one of them is lost without another word: no other hook
    // is called for it.
    if (ledger.held && !RED.nodes.getNode(destination.id)) ledger.delivered(STOPPED, msg);
  });
  RED.hooks.add(`preDeliver.${LABEL}`, (event: DeliverEvent) => ledger.delivered(event.destination.node.id, event.msg));
  RED.hooks.add(`onReceive.${LABEL}`, (event: ReceiveEvent) => {
    const { node } = event.destination;
    ledger.received(node.id, event.msg, node.type === 'catch' ? caughtFrom(event.msg) : undefined);
  });
  RED.hooks.add(`postReceive.${LABEL}`, (event: ReceiveEvent) => {
    if (neverCallsDone(event.destination.node)) oldKind.took(event.destination.node.id, event.msg);
  });
  RED.hooks.add(`onComplete.${LABEL}`, (event: CompleteEvent) =>
    ledger.completed(event.node.id, event.msg, event.error),
  );
  return () => RED.hooks.remove(`*.${LABEL}`);
}

function neverCallsDone(node: HookNode): boolean {
  return node._expectedDoneCount === 0;
}

function caughtFrom(message: Message): string | undefined {
  return (message.error as CaughtError | undefined)?.source?.id;
}

/**
 * Nodes with a two-argument input handler never say when they are done. Core switch, one of them, queues messages and
 * handles one in each turn of the event loop, so they are taken as done in order, one a turn, and so never before it.
 */
class OldNodes {
  readonly #queues = new Map<string, Message[]>();

  constructor(private readonly ledger: Ledger) {}

  took(node: string, message: Message): void {
    const queue = this.#queues.get(node);
    if (queue !== undefined) {
      queue.push(message);
      return;
    }
    const fresh = [message];
    this.#queues.set(node, fresh);
    setImmediate(() => this.#next(node, fresh));
  }

  #next(node: string, queue: Message[]): void {
    const message = queue.shift();
    if (message === undefined) {
      this.#queues.delete(node);
      return;
    }
    this.ledger.completed(node, message);
    setImmediate(() => this.#next(node, queue));
  }
}
