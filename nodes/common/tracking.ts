import type { Ledger } from '../../lib/delivery/ledger';
import { ErrorReports } from './errorReports';
import { warnOfGaps } from './gaps';
import type { CompleteEvent, DeliverEvent, HookNode, Message, ReceiveEvent, Red, RouteEvent } from './red';
import { reportStuck } from './stuck';

const LABEL = 'pulseflow';
const NOW = Promise.resolve();
/** Stands for the nodes that were not there when a message was sent to them. */
export const STOPPED = '(stopped)';

interface CaughtError {
  readonly source?: { readonly id?: string };
}

export interface Tracking {
  /** Hooks cost every message of every flow: they are there only while the ledger has something to follow. */
  watch(tracking: boolean): void;
  stop(): void;
}

/** Reports to the ledger what Node-RED's hooks tell of messages on their way. */
export function trackFlow(RED: Red, ledger: Ledger): Tracking {
  // A node that is being closed is done with everything at once, whatever becomes of it (core join, batch, delay): what
  // it says then does not count, and what it had begins again once the flow runs.
  const isClosing = (node: string): boolean => ledger.held && !RED.nodes.getNode(node);
  const completed = (node: string, message: Message, error?: unknown): void => {
    if (!isClosing(node)) ledger.completed(node, message, error);
  };
  const oldKind = new OldNodes(completed);
  const errors = new ErrorReports(ledger);
  const watch = (): void => {
    RED.hooks.add(`preDeliver.${LABEL}`, ({ msg, source, destination }: DeliverEvent) =>
      ledger.delivered(destination.node.id, msg, source.node.id),
    );
    RED.hooks.add(`onReceive.${LABEL}`, ({ msg, destination: { node } }: ReceiveEvent) => {
      errors.watch(node);
      ledger.received(node.id, msg, node.type === 'catch' ? caughtFrom(msg) : undefined);
      if (neverCallsDone(node)) oldKind.takes(node.id, msg);
    });
    RED.hooks.add(`onComplete.${LABEL}`, ({ msg, node, error }: CompleteEvent) => {
      errors.completing(msg, error);
      completed(node.id, msg, error);
    });
  };
  const unwatch = (): void => {
    for (const hook of ['preDeliver', 'onReceive', 'onComplete']) RED.hooks.remove(`${hook}.${LABEL}`);
  };
  // While a deploy stops and starts nodes, what is sent to one of them is lost without another word: no other hook is
  // called for it.
  const watchRoutes = (): void => {
    unwatchRoutes();
    RED.hooks.add(`preRoute.${LABEL}`, ({ msg, destination }: RouteEvent) => {
      if (isClosing(destination.id)) ledger.delivered(STOPPED, msg);
    });
  };
  const unwatchRoutes = (): void => RED.hooks.remove(`preRoute.${LABEL}`);
  RED.events.on('flows:stopping', watchRoutes);
  RED.events.on('flows:started', unwatchRoutes);
  const stopWarning = warnOfGaps(RED);
  const stopReporting = reportStuck(RED, ledger);
  return {
    watch: (tracking) => {
      if (tracking) watch();
      else unwatch();
    },
    stop: () => {
      unwatch();
      unwatchRoutes();
      RED.events.removeListener('flows:stopping', watchRoutes);
      RED.events.removeListener('flows:started', unwatchRoutes);
      errors.stop();
      stopWarning();
      stopReporting();
    },
  };
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

  constructor(private readonly completed: (node: string, message: Message) => void) {}

  /** Hands over a message that its handler is about to be called with, and that it will have queued when it returns. */
  takes(node: string, message: Message): void {
    void NOW.then(() => this.#took(node, message));
  }

  #took(node: string, message: Message): void {
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
    this.completed(node, message);
    setImmediate(() => this.#next(node, queue));
  }
}
