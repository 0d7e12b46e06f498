import { Attempt, type Failure } from './attempt';
import {
  type Carrier,
  type Delivery,
  type GivenUp,
  type Lane,
  type LaneOptions,
  type Outputs,
  messagesOf,
} from './lane';
import type { Contributor } from './participant';

/** What a lane needs of the ledger that holds it. */
export interface LaneHost {
  readonly now: number;
  /** The flow is being changed: nothing may be sent. */
  readonly held: boolean;
  /** Ties a message to the delivery's present attempt. */
  track(lane: LedgerLane<unknown>, delivery: Delivery<unknown>, message: Carrier): void;
  /** The source has handed the message to the flow. */
  sent(lane: LedgerLane<unknown>, delivery: Delivery<unknown>): void;
  /** Nothing that is reported of this attempt counts any more. */
  forget(attempt: Attempt): void;
  /** The same, of an attempt whose message is still to be sent again: what is left of it in the flow must not count. */
  supersede(attempt: Attempt): void;
  closed(lane: LedgerLane<unknown>): void;
  gaveUp(failure: GivenUp): void;
  /** How long to wait before a message is tried again, in ms. */
  retryDelay(failures: number): number;
  commit(): boolean;
  commitSoon(): void;
}

/** The ledger's own lane: see `Lane` for what it promises to a source. */
export class LedgerLane<Position> implements Lane<Position> {
  readonly #deliveries: Delivery<Position>[] = [];
  readonly #waitingForRoom: ((room: number) => void)[] = [];
  readonly #waitingForDrain: (() => void)[] = [];
  readonly #retries = new Set<NodeJS.Timeout>();
  #sequence = 0;
  #inFlight = 0;
  #atEnd = false;
  #closed = false;

  constructor(
    private readonly ledger: LaneHost,
    readonly options: LaneOptions<Position>,
    private readonly id: string,
  ) {}

  get name(): string {
    return this.options.name;
  }

  get origin(): string {
    return this.options.origin;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  get atEnd(): boolean {
    return this.#atEnd;
  }

  reachedEnd(atEnd: boolean): void {
    this.#atEnd = atEnd;
  }

  dispatch(weight: number, position: Position, make: () => Outputs): void {
    if (this.#closed) return;
    const sequence = this.#sequence++;
    const delivery: Delivery<Position> = {
      sequence,
      weight,
      position,
      make,
      attempt: this.#newAttempt(sequence, 1),
      failed: 0,
      finished: false,
    };
    this.#deliveries.push(delivery);
    this.#inFlight += weight;
    this.#send(delivery);
  }

  room(): Promise<number> {
    return new Promise((resolve) => {
      const room = this.#room();
      if (this.#closed || room > 0) resolve(this.#closed ? 0 : room);
      else this.#waitingForRoom.push(resolve);
    });
  }

  drained(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#closed || this.#inFlight === 0) resolve();
      else this.#waitingForDrain.push(resolve);
    });
  }

  close(): void {
    if (this.#closed) return;
    this.ledger.commit();
    this.#closed = true;
    for (const timer of this.#retries) clearTimeout(timer);
    // What was put together with messages of other lanes has to begin again there.
    for (const { attempt } of this.#deliveries) attempt.bond?.again(0);
    for (const { attempt } of this.#deliveries) {
      attempt.drop();
      this.ledger.supersede(attempt);
    }
    this.#deliveries.length = 0;
    this.#inFlight = 0;
    this.ledger.closed(this);
    this.#wake();
  }

  /** The deliveries from the oldest on that are finished. */
  finishedPrefix(): Delivery<Position>[] {
    let end = 0;
    while (this.#deliveries[end]?.finished === true) end++;
    return end === 0 ? [] : this.#deliveries.slice(0, end);
  }

  /** Forgets a committed prefix. */
  retire(prefix: Delivery<Position>[]): void {
    this.#deliveries.splice(0, prefix.length);
    for (const { weight } of prefix) this.#inFlight -= weight;
    const last = prefix.at(-1);
    if (last !== undefined) this.options.committed?.(last.position);
    this.#wake();
  }

  /** Nothing of the delivery is left in the flow. */
  judge(delivery: Delivery<Position>): void {
    const { bond, failures } = delivery.attempt;
    if (bond === undefined) this.settle(delivery, failures[0]);
    else bond.judge();
  }

  /** Takes a delivery as finished; after a failure it is tried again, or given up. */
  settle(delivery: Delivery<Position>, failure: Failure | undefined): void {
    if (failure !== undefined) {
      delivery.failed++;
      if (delivery.failed <= this.options.retries) {
        this.again(delivery, this.ledger.retryDelay(delivery.failed));
        return;
      }
      this.#giveUp(delivery, failure);
    }
    delivery.finished = true;
    if (this.#deliveries[0] === delivery) this.ledger.commitSoon();
  }

  #giveUp(delivery: Delivery<Position>, failure: Failure): void {
    // An attempt of its own, for what the last one still does in the flow must not count beside a dead letter.
    const last = delivery.attempt;
    last.drop();
    this.ledger.supersede(last);
    const attempt = this.#newAttempt(delivery.sequence, last.number + 1);
    attempt.sending = false;
    delivery.attempt = attempt;
    const contributor: Contributor = {
      contribute: (participant, delta) => {
        attempt.contribute(participant, delta);
        return undefined;
      },
    };
    const givenUp = { ...failure, lane: this.name, attempts: delivery.failed };
    this.options.giveUp?.(delivery.make(), givenUp, contributor);
    this.ledger.gaveUp(givenUp);
  }

  /** Starts a delivery again: this attempt no longer counts, nor what was contributed in it. */
  again(delivery: Delivery<Position>, delay: number): void {
    const { attempt } = delivery;
    if (attempt.bond !== undefined) {
      attempt.bond.again(delay);
      return;
    }
    if (this.#closed) return;
    attempt.drop();
    this.ledger.supersede(attempt);
    delivery.finished = false;
    delivery.attempt = this.#newAttempt(delivery.sequence, attempt.number + 1);
    if (this.ledger.held) return;
    const timer = setTimeout(() => {
      this.#retries.delete(timer);
      if (!this.#closed && !this.ledger.held && delivery.attempt.sending) this.#send(delivery);
    }, delay);
    this.#retries.add(timer);
  }

  /** Sends what was held back while the flow was being changed. */
  resume(): void {
    for (const delivery of this.#deliveries) {
      if (delivery.attempt.sending) this.#send(delivery);
    }
    this.#wake();
  }

  #newAttempt(sequence: number, number: number): Attempt {
    return new Attempt(`${this.id}.${sequence}.${number}`, number, this.ledger.now);
  }

  #send(delivery: Delivery<Position>): void {
    if (this.ledger.held) return;
    const outputs = delivery.make();
    const lane = this as LedgerLane<unknown>;
    for (const message of messagesOf(outputs)) this.ledger.track(lane, delivery, message);
    this.options.send(outputs);
    this.ledger.sent(lane, delivery);
  }

  #room(): number {
    return this.ledger.held ? 0 : this.options.maxInFlight - this.#inFlight;
  }

  #wake(): void {
    const room = this.#room();
    if (this.#closed || room > 0) {
      for (const resolve of this.#waitingForRoom.splice(0)) resolve(this.#closed ? 0 : room);
    }
    if (this.#closed || this.#inFlight === 0) {
      for (const resolve of this.#waitingForDrain.splice(0)) resolve();
    }
  }
}
