import type { CircuitStatus } from '../../lib/sinks/circuit';
import type { NodeContext } from './register';
import type { NodeSpec } from './spec';

/** How much waits for a server: `BatcherStatus` has it. */
export interface Backlog {
  /** Records held. */
  readonly waiting: number;
  /** Records of messages that wait for room. */
  readonly blocked: number;
}

/** Says on the node and in the log, once each, that a sink's server is away and that it is back. */
export class ServerStatus {
  #away: CircuitStatus | undefined;

  constructor(
    private readonly context: Pick<NodeContext<NodeSpec>, 'node' | 'status' | 'common'>,
    private readonly backlog: () => Backlog | undefined,
    /** Shows what the node shows while its server is there. */
    private readonly showUsual: () => void,
  ) {}

  /** Takes note of a circuit that opened, stayed open after a probe, or closed. */
  changed(circuit: CircuitStatus): void {
    const { node, common } = this.context;
    const before = this.#away;
    this.#away = circuit.state === 'closed' ? undefined : circuit;
    const count = this.#count();
    if (this.#away !== undefined) {
      if (before === undefined) node.warn(common('errors.away', { reason: circuit.reason ?? '', count }));
      this.show();
    } else if (before !== undefined) {
      const seconds = Math.round((Date.now() - (before.since ?? Date.now())) / 1000);
      node.warn(common('errors.back', { seconds, count }));
      this.showUsual();
    }
  }

  /** Shows it if the server is away, with how much waits now. */
  show(): void {
    const { status, common } = this.context;
    const since = this.#away?.since;
    if (since === undefined) return;
    status.show(() => ({
      fill: 'red',
      shape: 'ring',
      text: common('status.away', { time: timeOf(since), count: this.#count() }),
    }));
  }

  #count(): number {
    const { waiting, blocked } = this.backlog() ?? { waiting: 0, blocked: 0 };
    return waiting + blocked;
  }
}

/** The time of day where Node-RED runs, with its date unless it is today's. */
function timeOf(since: number): string {
  const at = new Date(since);
  const time = at.toTimeString().slice(0, 8);
  return at.toDateString() === new Date().toDateString() ? time : `${at.toLocaleDateString('sv-SE')} ${time}`;
}
