import type { UnfinishedReport } from '../../lib/delivery/report';
import { namedNode } from './nodeNames';
import type { Message, Send } from './red';
import type { NodeContext } from './register';
import type { NodeSpec } from './spec';

/** True of a message that asks a source what the flow has not finished with. */
export function asksForReport(message: Message): boolean {
  return message.report === true;
}

/** Answers it on the third output, a source's `report`, with the nodes that have not finished by their names. */
export function sendReport<Spec extends NodeSpec>(
  { RED, node }: NodeContext<Spec>,
  message: Message,
  send: Send,
  { unfinished, more, ...state }: UnfinishedReport & Readonly<Record<string, unknown>>,
): void {
  message.payload = {
    node: namedNode(RED, node.id),
    ...state,
    unfinished: unfinished.map(({ nodes, ...place }) => ({
      ...place,
      waitingFor: nodes.map((id) => namedNode(RED, id)),
    })),
    ...(more > 0 ? { more } : {}),
  };
  send([null, null, message]);
}
