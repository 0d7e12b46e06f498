import type { Rejection } from '../../lib/core/records';
import type { Contributor } from '../../lib/delivery/participant';
import type { CircuitStatus } from '../../lib/sinks/circuit';
import type { Message } from './red';
import { Output, asError } from './processor';
import type { NodeContext, Running } from './register';
import { borrow, type Runtime } from './runtime';
import { type Backlog, ServerStatus } from './serverStatus';
import type { NodeSpec } from './spec';

/** Where records end. */
export interface Sink {
  /**
   * Takes a batch. The result says which records were refused, once the others are safe: at once where they are part of
   * the message's own commit, later where a server has to acknowledge them. Rejects if the batch could not be kept; the
   * message is then tried again.
   */
  write(batch: readonly unknown[], contributor: Contributor, message: Message): Rejection[] | Promise<Rejection[]>;
  /** What waits for its server, where it has one; shown while that is away. */
  status?(): Backlog;
  /** Shows in place of what was taken what is wrong, while something is. */
  showTrouble?(): void;
  /** Finishes what it can; `removed` if the node was deleted from the flow. */
  close(removed: boolean): Promise<void>;
}

/** Sends records to the second output that were taken first, and refused when their message was long done. */
export type RefuseLater = (rejected: Rejection[]) => void;

/** Shows and logs that the sink's server is away, and that it is back; a `Batcher` tells it as `onCircuit`. */
export type OnCircuit = (status: CircuitStatus) => void;

/** Runs a sink as a node: records go on on the first output once they are safe, refused ones on the second. */
export function sink<Spec extends NodeSpec>(
  context: NodeContext<Spec>,
  make: (runtime: Runtime, refuse: RefuseLater, onCircuit: OnCircuit) => Sink,
): Running {
  const { RED, node } = context;
  const output = new Output(context);
  const refuse: RefuseLater = (rejected) =>
    output.send({ payload: rejected }, { records: [], rejected }, (messages) => node.send(messages));
  const server = new ServerStatus(
    context,
    () => target.status?.(),
    () => output.show(),
  );
  const onCircuit: OnCircuit = (status) => server.changed(status);
  const showTrouble = (): void => {
    server.show();
    target.showTrouble?.();
  };
  const { runtime, made: target, giveBack } = borrow(RED, (shared) => make(shared, refuse, onCircuit));
  const { ledger } = runtime;
  let closing = false;
  return {
    input(message, send, done) {
      const { payload } = message;
      const batch: readonly unknown[] = Array.isArray(payload) ? payload : [payload];
      const stored = (rejected: Rejection[]): void => {
        output.send(message, { records: without(batch, rejected), rejected }, send);
        // What a closing node says through Node-RED does not count, since others call it whatever becomes of a message.
        if (closing) ledger.completed(node.id, message);
        done();
        showTrouble();
      };
      try {
        const result = target.write(batch, ledger.contributor(message), message);
        if (Array.isArray(result)) stored(result);
        else result.then(stored).catch((thrown: unknown) => done(asError(thrown)));
        showTrouble();
      } catch (thrown) {
        done(asError(thrown));
      }
    },
    close: (removed) =>
      giveBack(async () => {
        closing = true;
        try {
          await target.close(removed);
        } finally {
          // What it could not finish starts again.
          ledger.forgetNode(node.id);
        }
      }),
  };
}

function without(batch: readonly unknown[], rejected: Rejection[]): unknown[] {
  if (rejected.length === 0) return batch as unknown[];
  const refused = new Set(rejected.map((each) => each.record));
  return batch.filter((record) => !refused.has(record));
}
