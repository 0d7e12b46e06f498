import { type Outcome, type Rejection, type Step, isFields } from '../../lib/core/records';
import type { Contributor } from '../../lib/delivery/participant';
import { messageOf } from '../../lib/core/errors';
import type { Done, Message, Send } from './red';
import type { NodeContext, Running } from './register';
import { borrow, type Runtime } from './runtime';
import type { NodeSpec } from './spec';

/** A step that keeps state: it contributes to the message's commit. */
export interface StatefulStep {
  process(
    batch: readonly unknown[],
    contributor: Contributor,
  ): { outcome: Outcome; committed: Promise<void> | undefined };
  /** The node is closing; `removed` if it was deleted from the flow, and its state with it. */
  close?(removed: boolean): void;
  /** Forgets its state. */
  reset?(): void;
}

/** How what comes out of a step relates to what went in. */
interface Form {
  /** The step makes several records of one, or none: what came beside a batch for each record never fits any more. */
  readonly reshapes?: boolean;
}

const PER_RECORD = ['key', 'headers', 'timestamp'] as const;

/**
 * Runs a stateless step as a node: one record or a batch in `payload`, the same form out, rejected records on the
 * second output.
 */
export function processor<Spec extends NodeSpec>(context: NodeContext<Spec>, step: Step, form: Form = {}): Running {
  const output = new Output(context, form);
  return {
    input(message, send, done) {
      const { payload } = message;
      try {
        output.send(message, step(Array.isArray(payload) ? payload : [payload]), send);
      } catch (thrown) {
        done(asError(thrown));
        return;
      }
      done();
    },
  };
}

/** Runs a step that keeps state, with the shared runtime; `make` is given it. */
export function statefulProcessor<Spec extends NodeSpec>(
  context: NodeContext<Spec>,
  make: (runtime: Runtime) => StatefulStep,
): Running {
  const { RED, node } = context;
  const { runtime, made: step, giveBack } = borrow(RED, make);
  const output = new Output(context);
  return {
    input(message, send, done) {
      const { payload } = message;
      try {
        const contributor = runtime.ledger.contributor(message);
        const { outcome, committed } = step.process(Array.isArray(payload) ? payload : [payload], contributor);
        output.send(message, outcome, send);
        finish(committed, done);
      } catch (thrown) {
        done(asError(thrown));
      }
    },
    reset: () => step.reset?.(),
    close: (removed) =>
      giveBack(() => {
        runtime.ledger.forgetNode(node.id);
        step.close?.(removed);
      }),
  };
}

/** Calls `done` at once, or when a commit of its own has gone through or failed. */
export function finish(committed: Promise<void> | undefined, done: Done): void {
  if (committed === undefined) done();
  else
    committed.then(
      () => done(),
      (thrown: unknown) => done(asError(thrown)),
    );
}

/** Anything thrown, as the Error that Node-RED's `done` takes. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(messageOf(thrown));
}

/** Sends what a step made of a message, in the form the message had, and shows how much went through. */
export class Output {
  #accepted = 0;
  #rejected = 0;
  #warned = 0;

  constructor(
    private readonly context: NodeContext<NodeSpec>,
    private readonly form: Form = {},
  ) {}

  send(message: Message, { records, rejected }: Outcome, send: Send): void {
    const asBatch = Array.isArray(message.payload);
    this.#accepted += records.length;
    const refused = rejected.length === 0 ? null : this.#refuse(message, rejected, asBatch);
    const passed = asBatch ? this.#batch(message, records) : this.#singles(message, records);
    if (passed !== null || refused !== null) {
      this.context.seen.sent([passed]);
      send([passed, refused]);
    }
    this.show();
  }

  show(): void {
    const { status, common } = this.context;
    status.show(() => ({
      fill: this.#rejected === 0 ? 'green' : 'yellow',
      shape: 'dot',
      text:
        this.#rejected === 0
          ? common('status.passed', { count: this.#accepted })
          : common('status.passedAndRejected', { count: this.#accepted, rejected: this.#rejected }),
    }));
  }

  #batch(message: Message, records: unknown[]): Message | null {
    if (records.length === 0) return null;
    // What came beside the batch, one for each record, no longer fits once records were taken out of it.
    if (this.form.reshapes === true || records.length !== (message.payload as unknown[]).length) {
      for (const name of PER_RECORD) if (Array.isArray(message[name])) Reflect.deleteProperty(message, name);
    }
    message.payload = records;
    return message;
  }

  #singles(message: Message, records: unknown[]): Message | Message[] | null {
    const [first] = records;
    if (records.length === 0) return null;
    if (records.length === 1) {
      message.payload = first;
      return message;
    }
    return records.map((payload) => ({ ...message, payload }));
  }

  #refuse(message: Message, rejected: Rejection[], asBatch: boolean): Message | Message[] {
    this.#rejected += rejected.length;
    this.#warnIfUnwired(rejected);
    const rest: Message = { ...message };
    for (const name of PER_RECORD) if (Array.isArray(rest[name])) Reflect.deleteProperty(rest, name);
    return asBatch ? { ...rest, payload: rejected } : rejected.map((payload) => ({ ...rest, payload }));
  }

  // Where the second output leads nowhere, the log has the last word on what was rejected: the first few, then each
  // doubling, so that a stream of bad records cannot flood it.
  #warnIfUnwired(rejected: Rejection[]): void {
    const { node, common } = this.context;
    if ((node.wires[1]?.length ?? 0) > 0) return;
    if (this.#rejected < this.#warned * 2 && this.#warned > 0) return;
    this.#warned = this.#rejected;
    const [first] = rejected;
    if (first === undefined) return;
    const id = isFields(first.record) && 'id' in first.record ? String(first.record.id) : '?';
    node.warn(common('errors.rejectedUnwired', { count: this.#rejected, id, reason: first.error.message }));
  }
}
