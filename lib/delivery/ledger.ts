import { randomBytes } from 'node:crypto';
import type { Store } from '../store/store';
import type { Attempt } from './attempt';
import { Bond } from './bond';
import { type CommitOptions, Committer } from './committer';
import { Identities, TOKEN } from './identities';
import { Judge } from './judge';
import type { Carrier, GivenUp, Lane, LaneOptions } from './lane';
import { LedgerLane, type LaneHost } from './ledgerLane';
import type { Contributor, Origin, Participant } from './participant';
import { Stretch } from './stretch';

export { TOKEN, untie } from './identities';

/** What the ledger does beyond its work. */
export interface LedgerOptions extends CommitOptions {
  readonly clock?: () => number;
  /** A message was tried as often as its source allows, and given up. */
  readonly onGivenUp?: (failure: GivenUp) => void;
  /** The first wait before a failed message is tried again, in ms; doubled each time, 30 s at most. */
  readonly retryDelay?: number;
  /** There are messages in the flow that a source answers for from now on (true), or no more (false). */
  readonly onTracking?: (tracking: boolean) => void;
}

/** A stretch of unfinished work, for a person who looks for what is stuck. */
export interface Unfinished {
  readonly lane: string;
  readonly sequence: number;
  readonly attempt: number;
  /** How long the attempt has been in the flow, in ms. */
  readonly age: number;
  /** The nodes that have a part of it. */
  readonly nodes: string[];
}

/** How often it looks whether the flow is empty and needs not be watched any more, in ms. */
const WATCH_AGAIN = 1_000;

/**
 * Knows which messages of which source are still in the flow, and commits what is finished: in one transaction the
 * contributions of stateful nodes, the sources' positions, and results for the outbox.
 */
export class Ledger implements LaneHost {
  readonly #clock: () => number;
  readonly #options: LedgerOptions;
  readonly #lanes = new Set<LedgerLane<unknown>>();
  readonly #identities: Identities;
  readonly #stretch = new Stretch();
  readonly #judge = new Judge((attempt) => attempt.lane.judge(attempt.delivery));
  readonly #committer: Committer;
  // Tokens of an earlier run, kept somewhere outside and sent again, must not be taken for this one's.
  readonly #run = randomBytes(4).toString('hex');
  #laneNumber = 0;
  #held = false;
  #tracking = false;
  #unwatch: NodeJS.Timeout | undefined;

  constructor(
    readonly store: Store,
    options: LedgerOptions = {},
  ) {
    this.#options = options;
    this.#clock = options.clock ?? Date.now;
    this.#identities = new Identities(this.#clock);
    this.#committer = new Committer(store, this.#lanes, (attempt) => this.#identities.forget(attempt), options);
  }

  /** Opens an ordered stream of a source. */
  lane<Position>(options: LaneOptions<Position>): Lane<Position> {
    const lane = new LedgerLane<Position>(this, options, `${this.#run}.${++this.#laneNumber}`);
    this.#lanes.add(lane);
    return lane;
  }

  /** The lanes open for an origin: what a partition watermark is the least of. */
  lanesOf(origin: string): Lane<unknown>[] {
    return [...this.#lanes].filter((lane) => lane.origin === origin);
  }

  /** The lane a message came from, if a source answers for it. */
  laneOf(message: Carrier): Lane<unknown> | undefined {
    return this.#identities.find(message)?.lane;
  }

  /** Records in the flow and uncommitted, over all sources. */
  get inFlight(): number {
    let sum = 0;
    for (const lane of this.#lanes) sum += lane.inFlight;
    return sum;
  }

  /** What is unfinished, the oldest first. */
  unfinished(limit = 100): Unfinished[] {
    const now = this.#clock();
    const all: Unfinished[] = [];
    for (const attempt of this.#identities.attempts()) {
      const { lane, delivery, number, since } = attempt;
      if (delivery.finished) continue;
      const nodes = [...attempt.nodes()];
      all.push({ lane: lane.name, sequence: delivery.sequence, attempt: number, age: now - since, nodes });
    }
    return all.sort((a, b) => b.age - a.age).slice(0, limit);
  }

  /** There are messages in the flow that a source answers for, or what is left of some. */
  get tracking(): boolean {
    return this.#identities.any;
  }

  // ---- what the flow reports

  /**
   * A message is on its way to a node.
   * @param from the node that sent it; left out, nothing is concluded from its sending
   */
  delivered(node: string, message: Carrier, from?: string): void {
    const identities = this.#identities;
    if (!identities.any) return;
    if (from !== undefined) this.#stretch.add(from, node, message);
    const attempt = identities.find(message) ?? identities.findByParts(message);
    if (attempt !== undefined) this.#begin(attempt, node, message);
    else if (message[TOKEN] === undefined && identities.isSuperseded(message)) message[TOKEN] = message._msgid;
  }

  /**
   * A message has reached a node; counts it if its delivery was not announced (Catch, Complete and Link Call).
   * @param catches the node whose error a Catch node takes up with this message
   */
  received(node: string, message: Carrier, catches?: string): void {
    const attempt = this.#identities.find(message);
    if (attempt === undefined) return;
    attempt.begin(node, message);
    if (catches !== undefined) attempt.forgive(catches);
  }

  /** A node is done with a message, in vain if there is an error. */
  completed(node: string, message: Carrier, error?: unknown): void {
    const attempt = this.#identities.find(message);
    if (attempt === undefined) {
      if (this.#identities.isSuperseded(message)) this.#spoil(node, message);
      return;
    }
    if (!attempt.end(node, message)) return;
    if (error !== undefined && error !== null) attempt.fail(node, error);
    else this.#bind(attempt, node);
    if (attempt.idle) this.#judge.soon(attempt);
  }

  /** A node reports an error for a message, without saying that it is done with it. */
  failed(node: string, message: Carrier, error: unknown): void {
    this.#identities.find(message)?.fail(node, error);
  }

  /** A node will never say that it is done with a message, or with the one that this is a clone of. */
  abandoned(node: string, message: Carrier): void {
    const attempt = this.#identities.find(message);
    const id = message._msgid;
    if (attempt === undefined || typeof id !== 'string') return;
    if (attempt.endById(node, id) && attempt.idle) this.#judge.soon(attempt);
  }

  /**
   * A node is gone or about to be started anew: what it had will never complete, and what it contributed belongs to an
   * instance that no longer counts. Those messages start again.
   */
  forgetNode(node: string, participant?: Participant<never>): void {
    this.commit();
    for (const attempt of [...this.#identities.attempts()]) {
      const contributed = attempt.contributed.some((each) => each.participant === participant);
      if (contributed || attempt.nodes().has(node)) attempt.lane.again(attempt.delivery, 0);
    }
  }

  /** While the flow is being changed no message is sent again and nothing new goes out. */
  hold(): void {
    this.#held = true;
  }

  release(): void {
    this.#held = false;
    for (const lane of this.#lanes) lane.resume();
  }

  get held(): boolean {
    return this.#held;
  }

  // ---- contributions and the one commit

  /** The commit's side of a message. */
  contributor(message: Carrier): Contributor {
    const attempt = this.#identities.find(message);
    if (attempt !== undefined) return new AttemptContributor(attempt);
    // Another attempt at the same message will contribute the same.
    if (this.#identities.isSuperseded(message)) return NO_CONTRIBUTOR;
    return { contribute: (participant, delta) => this.contributeAlone(participant, delta) };
  }

  /** Commits a contribution that no source answers for. */
  contributeAlone<Delta>(participant: Participant<Delta>, delta: Delta): Promise<void> {
    return this.#committer.alone(participant, delta);
  }

  commitSoon(): void {
    this.#committer.soon();
  }

  commitAtOnce(): void {
    this.#committer.atOnce();
  }

  /** Commits every finished prefix now. Returns false if the store refused; what was to be committed is kept. */
  commit(): boolean {
    return this.#committer.commit();
  }

  /** Commits what it can and stops. */
  close(): void {
    this.commit();
    for (const lane of [...this.#lanes]) lane.close();
    this.#committer.stop();
    this.#watch(false);
  }

  // ---- for lanes (LaneHost)

  track(attempt: Attempt, message: Carrier): void {
    this.#identities.mark(attempt, message);
    if (!this.#tracking) this.#watch(true);
  }

  sent(attempt: Attempt): void {
    attempt.sending = false;
    if (attempt.idle) this.#judge.soon(attempt);
  }

  supersede(attempt: Attempt): void {
    this.#identities.supersede(attempt);
  }

  closed(lane: LedgerLane<unknown>): void {
    this.#lanes.delete(lane);
  }

  gaveUp(failure: GivenUp): void {
    this.#options.onGivenUp?.(failure);
  }

  get now(): number {
    return this.#clock();
  }

  retryDelay(attempt: number): number {
    return Math.min((this.#options.retryDelay ?? 500) * 2 ** Math.max(0, attempt - 1), 30_000);
  }

  #watch(tracking: boolean): void {
    if (this.#tracking === tracking) return;
    this.#tracking = tracking;
    this.#options.onTracking?.(tracking);
    if (tracking) this.#unwatchWhenEmpty();
    else clearTimeout(this.#unwatch);
  }

  #unwatchWhenEmpty(): void {
    this.#unwatch = setTimeout(() => {
      this.#identities.forgetSuperseded();
      if (this.tracking) this.#unwatchWhenEmpty();
      else this.#watch(false);
    }, WATCH_AGAIN).unref();
  }

  #begin(attempt: Attempt, node: string, message: Carrier): void {
    this.#identities.adopt(attempt, message);
    attempt.begin(node, message);
  }

  /**
   * A node is done with a message. If in the same stretch it has sent others and not this one, then what it sent was
   * made of it: the fate of both is one.
   */
  #bind(attempt: Attempt, node: string): void {
    for (const { message, to } of this.#stretch.sentBy(node, TOKEN, attempt.token)) {
      const other = this.#identities.find(message);
      if (other !== undefined) {
        const bond = other.bond ?? attempt.bond ?? new Bond();
        bond.add(other.delivery);
        bond.add(attempt.delivery);
      } else if (this.#identities.isSuperseded(message)) {
        // It went into something that does not count any more.
        attempt.lane.again(attempt.delivery, 0);
        return;
      } else if (message[TOKEN] === undefined) {
        this.#begin(attempt, to, message);
      }
    }
  }

  /** What no longer counts has gone into what a node has just sent: what else is in there has to begin again. */
  #spoil(node: string, superseded: Carrier): void {
    for (const { message } of this.#stretch.sentBy(node, TOKEN, superseded[TOKEN])) {
      const attempt = this.#identities.find(message);
      attempt?.lane.again(attempt.delivery, 0);
    }
  }
}

const NO_CONTRIBUTOR: Contributor = { contribute: () => undefined };

/** Keeps what stateful nodes contribute with the attempt that their message belongs to. */
class AttemptContributor implements Contributor {
  constructor(private readonly attempt: Attempt) {}

  get origin(): Origin {
    const { lane, delivery, number } = this.attempt;
    return {
      lane: lane.name,
      epoch: lane.options.epoch,
      position: delivery.position,
      attempt: number,
      // Read when it is needed: by then others may have been committed.
      get oldest() {
        return lane.oldest;
      },
      get range() {
        return lane.options.rangeOf?.(delivery.sequence);
      },
    };
  }

  contribute<Delta>(participant: Participant<Delta>, delta: Delta): undefined {
    this.attempt.contribute(participant, delta);
    return undefined;
  }
}
