import { Attempt, type Failure } from './attempt';
import type { Carrier, Delivery, GivenUp, Lane, LaneOptions, Outputs } from './lane';
import type { Contributor } from './participant';

/** What a lane needs of the ledger that holds it. */
export interface LaneHost {
  readonly now: number;
  /** The flow is being changed: nothing may be sent. */
  readonly held: boolean;
  /** Ties a message to an attempt. */
  track(attempt: Attempt, message: Carrier): void;
  /** The source has handed the messages of an attempt to the flow. */
  sent(attempt: Attempt): void;
  /** What is left in the flow of an attempt does not count any more: its message is sent again, or nowhere. */
  supersede(attempt: Attempt): void;
  closed(lane: LedgerLane<unknown>): void;
  gaveUp(failure: GivenUp): void;
  /** How long to wait before a message is tried again, in ms. */
  retryDelay(failures: number): number;
  commit(): boolean;
  commitSoon(): void;
  /** Commits at the end of this turn. */
  commitAtOnce(): void;
}

/** The ledger's own lane: see `Lane` for what it promises to a source. */
export class LedgerLane<Position> implements Lane<Position> {
  readonly #deliveries: Delivery<Position>[] = [];
  readonly #waitingForRoom: ((room: number) => void)[] = [];
  readonly #waitingForDrain: (() => void)[] = [];
  readonly #retries = new Set<NodeJS.Timeout>();
  #sequence = 0;
  #inFlight = 0;
  /** Records finished and uncommitted. */
  #finished = 0;
  #atEnd = false;
  #closed = false;

  constructor(
    private readonly ledger: LaneHost,
    readonly options: LaneOptions<Position>,
    /** Tells its tokens from those of other lanes. */
    readonly id: string,
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

  /** The position of the oldest delivery that is not committed. */
  get oldest(): Position | undefined {
    return this.#deliveries[0]?.position;
  }

  reachedEnd(atEnd: boolean): void {
    this.#atEnd = atEnd;
  }

  dispatch(weight: number, position: Position, make: () => Outputs): void {
    if (this.#closed) return;
    const delivery = new Sending(this, this.#sequence++, weight, position, make, this.ledger.now);
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
    this.#finished = 0;
    this.ledger.closed(this);
    this.#wake();
  }

  /** The deliveries from the oldest on that are finished. */
  finishedPrefix(): Delivery<Position>[] {
    if (this.options.mayCommit?.() === false) return [];
    let end = 0;
    while (this.#deliveries[end]?.finished === true) end++;
    return end === 0 ? [] : this.#deliveries.slice(0, end);
  }

  /** Forgets a committed prefix. */
  retire(prefix: Delivery<Position>[]): void {
    this.#deliveries.splice(0, prefix.length);
    for (const { weight } of prefix) {
      this.#inFlight -= weight;
      this.#finished -= weight;
    }
    const last = prefix.at(-1);
    if (last !== undefined) this.options.committed?.(last.position);
    this.#wake();
  }

  /** Nothing of the delivery is left in the flow. */
  judge(delivery: Delivery<Position>): void {
    const { bond, failure } = delivery.attempt;
    if (bond === undefined) this.settle(delivery, failure);
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
      const kept = this.#giveUp(delivery, failure);
      if (kept !== undefined) {
        this.#finishOnce(kept, delivery);
        return;
      }
    }
    this.#finish(delivery);
  }

  /** Takes a given-up delivery as finished when it is safe elsewhere; if it is not, it is tried once more. */
  #finishOnce(kept: Promise<unknown>, delivery: Delivery<Position>): void {
    const { attempt } = delivery;
    const stillGivenUp = (): boolean => !this.#closed && delivery.attempt === attempt && !delivery.finished;
    kept.then(
      () => {
        if (stillGivenUp()) this.#finish(delivery);
      },
      () => {
        if (stillGivenUp()) this.again(delivery, this.ledger.retryDelay(delivery.failed));
      },
    );
  }

  #finish(delivery: Delivery<Position>): void {
    delivery.finished = true;
    this.#finished += delivery.weight;
    const first = this.#deliveries[0];
    if (first === delivery) this.ledger.commitSoon();
    // A source that waits for room waits for the commit: no longer than it takes to make one worth its while.
    if (this.#waitingForRoom.length === 0 || first?.finished !== true) return;
    if (this.#finished * 2 >= this.options.maxInFlight) this.ledger.commitAtOnce();
  }

  #giveUp(delivery: Delivery<Position>, failure: Failure): Promise<unknown> | undefined {
    // An attempt of its own, for what the last one still does in the flow must not count beside a dead letter.
    const last = delivery.attempt;
    last.drop();
    this.ledger.supersede(last);
    const attempt = this.#nextAttempt(delivery);
    attempt.sending = false;
    delivery.attempt = attempt;
    const lane = this.name;
    const { position, sequence } = delivery;
    const { epoch } = this.options;
    const range = this.options.rangeOf?.(sequence);
    const contributor: Contributor = {
      origin: { lane, epoch, position, attempt: attempt.number, oldest: this.oldest, range },
      contribute: (participant, delta) => {
        attempt.contribute(participant, delta);
        return undefined;
      },
    };
    const givenUp = { ...failure, lane: this.name, attempts: delivery.failed };
    const kept = this.options.giveUp?.(delivery.make(), givenUp, contributor);
    this.ledger.gaveUp(givenUp);
    return kept instanceof Promise ? kept : undefined;
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
    if (delivery.finished) this.#finished -= delivery.weight;
    delivery.finished = false;
    delivery.attempt = this.#nextAttempt(delivery);
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

  #nextAttempt(delivery: Delivery<Position>): Attempt {
    const { attempt } = delivery;
    return attemptAt(this, delivery, attempt.number + 1, this.ledger.now);
  }

  #send(delivery: Delivery<Position>): void {
    if (this.ledger.held) return;
    const { attempt } = delivery;
    const outputs = delivery.make();
    for (const each of outputs) {
      if (Array.isArray(each)) for (const message of each) this.ledger.track(attempt, message);
      else if (each !== null) this.ledger.track(attempt, each);
    }
    this.options.send(outputs);
    this.ledger.sent(attempt);
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

/** A delivery with its first attempt. */
class Sending<Position> implements Delivery<Position> {
  attempt: Attempt;
  failed = 0;
  finished = false;

  constructor(
    lane: LedgerLane<unknown>,
    readonly sequence: number,
    readonly weight: number,
    readonly position: Position,
    readonly make: () => Outputs,
    now: number,
  ) {
    this.attempt = attemptAt(lane, this, 1, now);
  }
}

function attemptAt(lane: LedgerLane<unknown>, delivery: Delivery<unknown>, number: number, now: number): Attempt {
  return new Attempt(`${lane.id}.${delivery.sequence}.${number}`, number, now, lane, delivery);
}
