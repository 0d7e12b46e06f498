import type { NodeStatus, RedNode } from './red';

const EVERY = 500;

/**
 * Shows a node's status at most twice a second, the last one always: the runtime's queue to the editor has no bound.
 * A status may be a function, so that its text is only made when it is shown.
 */
export class Status {
  #next: (() => NodeStatus) | undefined;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(private readonly node: Pick<RedNode, 'status'>) {}

  show(status: () => NodeStatus): void {
    if (this.#closed) return;
    this.#next = status;
    if (this.#timer !== undefined) return;
    this.#flush();
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#next !== undefined) this.show(this.#next);
    }, EVERY);
    this.#timer.unref();
  }

  #flush(): void {
    const status = this.#next;
    this.#next = undefined;
    if (status !== undefined) this.node.status(status());
  }

  /** What is shown stays; nothing is shown any more, also of what the node still finishes. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#next = undefined;
  }
}
