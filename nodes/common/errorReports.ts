import type { Ledger } from '../../lib/delivery/ledger';
import type { HookNode, Message } from './red';

type Report = (this: HookNode, ...report: unknown[]) => void;
interface WatchedNode extends HookNode {
  error?: Report;
}

/**
 * Tells the ledger of the errors that nodes report for messages with `node.error(text, msg)`, of which no hook tells.
 * Among them are the exceptions of their input handlers: `_emitInput` of Node-RED's `Node.js` reports them so, and the
 * message is then never completed, any more than by a link call that nobody has answered in time.
 */
export class ErrorReports {
  readonly #watched = new WeakSet<HookNode>();
  #completing: Message | undefined;
  #stopped = false;

  constructor(private readonly ledger: Ledger) {}

  /** Watches a node; once is enough. */
  watch(node: WatchedNode): void {
    if (this.#watched.has(node)) return;
    this.#watched.add(node);
    const report = node.error;
    if (report === undefined) return;
    const tell = (args: unknown[]): void => this.#reported(node, args);
    Object.defineProperty(node, 'error', {
      configurable: true,
      writable: true,
      enumerable: false,
      value: function (this: HookNode, ...args: unknown[]): void {
        // First, so that a catch node finds the failure that it takes up.
        tell(args);
        report.apply(this, args);
      },
    });
  }

  /** A node has said with `done` how it fared: Node-RED reports that error itself, right after this. */
  completing(message: Message, error: unknown): void {
    this.#completing = error === undefined || error === null ? undefined : message;
  }

  /** Node errors are of no more interest. */
  stop(): void {
    this.#stopped = true;
  }

  #reported(node: HookNode, [error, message]: unknown[]): void {
    if (this.#stopped || typeof message !== 'object' || message === null) return;
    const known = message === this.#completing;
    this.#completing = undefined;
    if (known) return;
    this.ledger.failed(node.id, message as Message, error);
    // A function may go on after it. Any other node that is not done a turn later will not be; and if it is after all,
    // then what it sends belongs to an attempt that has ended.
    if (node.type === 'function') return;
    setImmediate(() => {
      if (!this.#stopped) this.ledger.abandoned(node.id, message as Message);
    });
  }
}
