import { StoreError, messageOf } from '../core/errors';
import type { Lane, Outputs } from './lane';
import type { Ledger } from './ledger';

export interface PacedOptions {
  /** Stable over restarts, such as `hbase-get/<node>`; one at a time. */
  readonly name: string;
  /** The node that sends. */
  readonly origin: string;
  /** How many records may be in the flow at once. */
  readonly maxInFlight: number;
  readonly send: (outputs: Outputs) => void;
}

/** How often a message is sent again that the flow has failed at. */
const RETRIES = 3;

/**
 * Sends the many messages that answer one, as fast as the flow finishes with them. They are a lane without a position:
 * who asked is told when all are finished, and asks again after a crash.
 */
export class PacedSender {
  readonly #lane: Lane<number>;
  #sent = 0;
  #failure: StoreError | undefined;
  #closed = false;

  constructor(ledger: Ledger, { name, origin, maxInFlight, send }: PacedOptions) {
    this.#lane = ledger.lane<number>({
      name,
      origin,
      maxInFlight,
      retries: RETRIES,
      send,
      save: () => undefined,
      giveUp: (_, { node, error }) => {
        this.#failure = new StoreError(`The node ${node} failed at what was read: ${messageOf(error)}`, {
          cause: error,
        });
      },
    });
  }

  /**
   * Sends one message once there is room for it.
   * @param weight how many records it carries
   * @param make makes it anew for each attempt
   * @returns false if it was closed meanwhile, so that nothing is sent any more
   * @throws {StoreError} if the flow has failed for good at one of those before
   */
  async send(weight: number, make: () => Outputs): Promise<boolean> {
    const room = await this.#lane.room();
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#closed || room === 0) return false;
    this.#lane.dispatch(Math.max(1, weight), ++this.#sent, make);
    return true;
  }

  /**
   * Resolves once the flow is finished with all that was sent.
   * @throws {StoreError} if it has failed for good at one of them
   */
  async finished(): Promise<void> {
    await this.#lane.drained();
    this.close();
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** What is not finished is forgotten. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#lane.close();
  }
}
