import { StoreError } from '../core/errors';
import type { Store } from '../store/store';
import type { Attempt } from './attempt';
import { Bond, type Prefix, cutAtBonds } from './bond';
import type { Carrier, Delivery, GivenUp, Lane, LaneOptions } from './lane';
import { LedgerLane, type LaneHost } from './ledgerLane';
import type { Contributor, Participant } from './participant';
import { Stretch } from './stretch';

/** The property that ties a message to its attempt; an ordinary one, so that clones and core nodes keep it. */
export const TOKEN = '_pulseflow';

/** What the ledger does beyond its work. */
export interface LedgerOptions {
  readonly clock?: () => number;
  /** The least time between two commits, in ms: what finishes meanwhile shares one transaction. */
  readonly commitEvery?: number;
  /** A commit that failed: it is tried again; until then nothing is lost, but nothing moves either. */
  readonly onCommitError?: (error: StoreError) => void;
  /** A message was tried as often as its source allows, and given up. */
  readonly onGivenUp?: (failure: GivenUp) => void;
  /** The first wait before a failed message is tried again, in ms; doubled each time, 30 s at most. */
  readonly retryDelay?: number;
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

/** How many tokens and ids of superseded attempts are remembered: what is left of them in a flow arrives within moments. */
const SUPERSEDED = 100_000;

interface Tracked {
  readonly lane: LedgerLane<unknown>;
  readonly delivery: Delivery<unknown>;
}

/**
 * Knows which messages of which source are still in the flow, and commits what is finished: in one transaction the
 * contributions of stateful nodes, the sources' positions, and results for the outbox.
 */
export class Ledger implements LaneHost {
  readonly #clock: () => number;
  readonly #options: LedgerOptions;
  readonly #byToken = new Map<string, Tracked>();
  readonly #byMessageId = new Map<string, Tracked>();
  readonly #lanes = new Set<LedgerLane<unknown>>();
  /** Tokens and message ids of attempts that no longer count. */
  readonly #superseded = new Set<string>();
  readonly #stretch = new Stretch();
  readonly #alone: {
    participant: Participant<unknown>;
    delta: unknown;
    resolve: () => void;
    reject: (error: unknown) => void;
  }[] = [];
  #laneNumber = 0;
  #timer: NodeJS.Timeout | undefined;
  #retryAfter = 0;
  #held = false;

  constructor(
    readonly store: Store,
    options: LedgerOptions = {},
  ) {
    this.#options = options;
    this.#clock = options.clock ?? Date.now;
  }

  /** Opens an ordered stream of a source. */
  lane<Position>(options: LaneOptions<Position>): Lane<Position> {
    const lane = new LedgerLane<Position>(this, options, `${++this.#laneNumber}`);
    this.#lanes.add(lane);
    return lane;
  }

  /** The lanes open for an origin: what a partition watermark is the least of. */
  lanesOf(origin: string): Lane<unknown>[] {
    return [...this.#lanes].filter((lane) => lane.origin === origin);
  }

  /** The lane a message came from, if a source answers for it. */
  laneOf(message: Carrier): Lane<unknown> | undefined {
    return this.#find(message)?.lane;
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
    for (const { lane, delivery } of this.#byToken.values()) {
      const { attempt } = delivery;
      if (delivery.finished) continue;
      const nodes = [...new Set(attempt.outstanding.map((each) => each.node))];
      all.push({
        lane: lane.name,
        sequence: delivery.sequence,
        attempt: attempt.number,
        age: now - attempt.since,
        nodes,
      });
    }
    return all.sort((a, b) => b.age - a.age).slice(0, limit);
  }

  /** There are messages in the flow that a source answers for, or what is left of some. */
  get tracking(): boolean {
    return this.#byToken.size > 0 || this.#superseded.size > 0;
  }

  // ---- what the flow reports

  /**
   * A message is on its way to a node.
   * @param from the node that sent it; left out, nothing is concluded from its sending
   */
  delivered(node: string, message: Carrier, from?: string): void {
    if (!this.tracking) return;
    if (from !== undefined) this.#stretch.add(from, node, message);
    const tracked = this.#find(message) ?? this.#findByParts(message);
    if (tracked !== undefined) this.#begin(tracked, node, message);
    else if (message[TOKEN] === undefined && this.#isSuperseded(message)) message[TOKEN] = message._msgid;
  }

  /**
   * A message has reached a node; counts it if its delivery was not announced (Catch, Complete and Link Call).
   * @param catches the node whose error a Catch node takes up with this message
   */
  received(node: string, message: Carrier, catches?: string): void {
    const tracked = this.#find(message);
    if (tracked === undefined) return;
    const { attempt } = tracked.delivery;
    attempt.begin(node, message);
    if (catches === undefined) return;
    const taken = attempt.failures.findIndex((failure) => failure.node === catches);
    if (taken >= 0) attempt.failures.splice(taken, 1);
  }

  /** A node is done with a message, in vain if there is an error. */
  completed(node: string, message: Carrier, error?: unknown): void {
    const tracked = this.#find(message);
    if (tracked === undefined) {
      if (this.tracking && this.#isSuperseded(message)) this.#spoil(node, message);
      return;
    }
    const { attempt } = tracked.delivery;
    if (!attempt.end(node, message)) return;
    if (error !== undefined && error !== null) attempt.failures.push({ node, error });
    else this.#bind(tracked, node);
    if (attempt.idle) this.#judgeSoon(tracked);
  }

  /** A node reports an error for a message, without saying that it is done with it. */
  failed(node: string, message: Carrier, error: unknown): void {
    this.#find(message)?.delivery.attempt.failures.push({ node, error });
  }

  /** A node will never say that it is done with a message, or with the one that this is a clone of. */
  abandoned(node: string, message: Carrier): void {
    const tracked = this.#find(message);
    const id = message._msgid;
    if (tracked === undefined || typeof id !== 'string') return;
    const { attempt } = tracked.delivery;
    if (attempt.endById(node, id) && attempt.idle) this.#judgeSoon(tracked);
  }

  /**
   * A node is gone or about to be started anew: what it had will never complete, and what it contributed belongs to an
   * instance that no longer counts. Those messages start again.
   */
  forgetNode(node: string, participant?: Participant<never>): void {
    this.commit();
    for (const tracked of [...this.#byToken.values()]) {
      const { attempt } = tracked.delivery;
      const involved =
        attempt.outstanding.some((each) => each.node === node) ||
        (participant !== undefined && attempt.contributions.has(participant));
      if (involved) tracked.lane.again(tracked.delivery, 0);
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
    const tracked = this.#find(message);
    return {
      contribute: (participant, delta) => {
        if (tracked === undefined) {
          // Another attempt at the same message will contribute the same.
          if (this.#isSuperseded(message)) return undefined;
          return this.contributeAlone(participant, delta);
        }
        tracked.delivery.attempt.contribute(participant, delta);
        return undefined;
      },
    };
  }

  /** Commits a contribution that no source answers for. */
  contributeAlone<Delta>(participant: Participant<Delta>, delta: Delta): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#alone.push({ participant: participant, delta, resolve, reject });
      this.commitSoon();
    });
  }

  commitSoon(): void {
    this.#timer ??= setTimeout(() => this.commit(), Math.max(this.#options.commitEvery ?? 5, this.#retryAfter));
  }

  /** Commits every finished prefix now. Returns false if the store refused; what was to be committed is kept. */
  commit(): boolean {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const alone = this.#alone.splice(0);
    const prefixes = this.#finishedPrefixes();
    if (alone.length === 0 && prefixes.length === 0) return true;
    const touched = new Set<Participant<unknown>>();
    try {
      this.store.transaction(() => {
        for (const [lane, prefix] of prefixes) {
          for (const { attempt } of prefix) mergeAll(attempt.contributions, touched);
          const last = prefix.at(-1);
          if (last !== undefined) lane.options.save(last.position);
        }
        for (const { participant, delta } of alone) {
          participant.merge([delta]);
          touched.add(participant);
        }
        for (const participant of touched) participant.save();
      });
    } catch (thrown) {
      for (const participant of touched) participant.reload();
      this.#refused(alone, thrown);
      return false;
    }
    this.#retryAfter = 0;
    for (const [lane, prefix] of prefixes) {
      for (const delivery of prefix) this.forget(delivery.attempt);
      lane.retire(prefix);
    }
    for (const participant of touched) participant.committed?.();
    for (const { resolve } of alone) resolve();
    return true;
  }

  #finishedPrefixes(): Prefix[] {
    const prefixes: Prefix[] = [];
    for (const lane of this.#lanes) {
      const prefix = lane.finishedPrefix();
      if (prefix.length > 0) prefixes.push([lane, prefix]);
    }
    cutAtBonds(prefixes);
    return prefixes.filter(([, prefix]) => prefix.length > 0);
  }

  #refused(alone: { reject: (error: unknown) => void }[], thrown: unknown): void {
    for (const { reject } of alone) reject(thrown);
    this.#retryAfter = Math.min(Math.max(this.#retryAfter * 2, 100), 10_000);
    this.#options.onCommitError?.(thrown instanceof StoreError ? thrown : new StoreError(String(thrown)));
    this.commitSoon();
  }

  /** Commits what it can and stops. */
  close(): void {
    this.commit();
    for (const lane of [...this.#lanes]) lane.close();
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  // ---- for lanes (LaneHost)

  track(lane: LedgerLane<unknown>, delivery: Delivery<unknown>, message: Carrier): void {
    const tracked = { lane, delivery };
    this.#byToken.set(delivery.attempt.token, tracked);
    message[TOKEN] = delivery.attempt.token;
    const id = message._msgid;
    if (typeof id === 'string') this.#know(tracked, id);
  }

  sent(lane: LedgerLane<unknown>, delivery: Delivery<unknown>): void {
    delivery.attempt.sending = false;
    if (delivery.attempt.idle) this.#judgeSoon({ lane, delivery });
  }

  forget(attempt: Attempt): void {
    this.#byToken.delete(attempt.token);
    for (const id of attempt.messageIds) this.#byMessageId.delete(id);
  }

  supersede(attempt: Attempt): void {
    this.forget(attempt);
    this.#superseded.add(attempt.token);
    // A node that still has it may make a new message of it, which has nothing but the id.
    for (const id of attempt.messageIds) this.#superseded.add(id);
    for (const oldest of this.#superseded) {
      if (this.#superseded.size <= SUPERSEDED) return;
      this.#superseded.delete(oldest);
    }
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

  #know(tracked: Tracked, id: string): void {
    this.#byMessageId.set(id, tracked);
    tracked.delivery.attempt.messageIds.push(id);
  }

  #isSuperseded(message: Carrier): boolean {
    const known = message[TOKEN] ?? message._msgid;
    return typeof known === 'string' && this.#superseded.has(known);
  }

  #find(message: Carrier): Tracked | undefined {
    const token = message[TOKEN];
    if (typeof token === 'string') return this.#byToken.get(token);
    const id = message._msgid;
    return typeof id === 'string' ? this.#byMessageId.get(id) : undefined;
  }

  // Core *file in* makes a message of each line, with neither the properties nor the _msgid of the one it was given; but
  // it names the group of its lines after that.
  #findByParts(message: Carrier): Tracked | undefined {
    const { parts } = message;
    if (typeof parts !== 'object' || parts === null || message[TOKEN] !== undefined) return undefined;
    const { id } = parts as { id?: unknown };
    return typeof id === 'string' ? this.#byMessageId.get(id) : undefined;
  }

  #begin(tracked: Tracked, node: string, message: Carrier): void {
    const { attempt } = tracked.delivery;
    if (message[TOKEN] === undefined) message[TOKEN] = attempt.token;
    const id = message._msgid;
    if (typeof id === 'string' && !this.#byMessageId.has(id)) this.#know(tracked, id);
    attempt.begin(node, message);
  }

  /**
   * A node is done with a message. If in the same stretch it has sent others and not this one, then what it sent was
   * made of it: the fate of both is one.
   */
  #bind(tracked: Tracked, node: string): void {
    const { attempt } = tracked.delivery;
    for (const { message, to } of this.#stretch.sentBy(node, TOKEN, attempt.token)) {
      const other = this.#find(message);
      if (other !== undefined) {
        const bond = other.delivery.attempt.bond ?? attempt.bond ?? new Bond();
        bond.add(other.delivery, other.lane);
        bond.add(tracked.delivery, tracked.lane);
      } else if (this.#isSuperseded(message)) {
        // It went into something that does not count any more.
        tracked.lane.again(tracked.delivery, 0);
        return;
      } else if (message[TOKEN] === undefined) {
        this.#begin(tracked, to, message);
      }
    }
  }

  /** What no longer counts has gone into what a node has just sent: what else is in there has to begin again. */
  #spoil(node: string, superseded: Carrier): void {
    for (const { message } of this.#stretch.sentBy(node, TOKEN, superseded[TOKEN])) {
      const tracked = this.#find(message);
      tracked?.lane.again(tracked.delivery, 0);
    }
  }

  // A node may call done() just before it sends: what looks finished is looked at again a turn later.
  #judgeSoon({ lane, delivery }: Tracked): void {
    const { attempt } = delivery;
    if (attempt.judging) return;
    attempt.judging = true;
    setImmediate(() => {
      attempt.judging = false;
      if (attempt.idle && delivery.attempt === attempt && !delivery.finished) lane.judge(delivery);
    });
  }
}

function mergeAll(contributions: Map<Participant<unknown>, unknown[]>, touched: Set<Participant<unknown>>): void {
  for (const [participant, deltas] of contributions) {
    participant.merge(deltas);
    touched.add(participant);
  }
}
