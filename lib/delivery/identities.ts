import type { Attempt } from './attempt';
import type { Carrier } from './lane';

/** The property that ties a message to its attempt; an ordinary one, so that clones and core nodes keep it. */
export const TOKEN = '_pulseflow';

/** How many tokens and ids of superseded attempts are remembered: what is left of them in a flow arrives within moments. */
const SUPERSEDED = 100_000;
/** After how long, in ms, nothing is left of them at all. */
const SUPERSEDED_FOR = 600_000;

/** Takes the marks of a source off a message: from then on it belongs to nothing. */
export function untie(message: Carrier): void {
  if (message._msgid === message[TOKEN]) Reflect.deleteProperty(message, '_msgid');
  Reflect.deleteProperty(message, TOKEN);
}

/** Which attempt a message belongs to: by its token, or by its id where a node has made a new message. */
export class Identities {
  readonly #byToken = new Map<string, Attempt>();
  readonly #byMessageId = new Map<string, Attempt>();
  /** Tokens and message ids of attempts that no longer count, with the time of their end. */
  readonly #superseded = new Map<string, number>();

  constructor(private readonly clock: () => number) {}

  /** There are messages in the flow that a source answers for, or what is left of some. */
  get any(): boolean {
    return this.#byToken.size > 0 || this.#superseded.size > 0;
  }

  attempts(): IterableIterator<Attempt> {
    return this.#byToken.values();
  }

  /**
   * Marks a message that a source is about to send. The first without an id gets the token as its id, so that nothing
   * more has to be remembered of it.
   */
  mark(attempt: Attempt, message: Carrier): void {
    const { token } = attempt;
    this.#byToken.set(token, attempt);
    message[TOKEN] = token;
    if (typeof message._msgid === 'string') this.#know(attempt, message._msgid);
    else if (!attempt.named) {
      message._msgid = token;
      attempt.named = true;
    }
  }

  find(message: Carrier): Attempt | undefined {
    const token = message[TOKEN];
    if (typeof token === 'string') return this.#byToken.get(token);
    return this.#findById(message._msgid);
  }

  /**
   * Core *file in* makes a message of each line, with neither the properties nor the _msgid of the one it was given; but
   * it names the group of its lines after that.
   */
  findByParts(message: Carrier): Attempt | undefined {
    const { parts } = message;
    if (typeof parts !== 'object' || parts === null || message[TOKEN] !== undefined) return undefined;
    return this.#findById((parts as { id?: unknown }).id);
  }

  /** Gives a message that was found to belong to an attempt the token, and remembers its id. */
  adopt(attempt: Attempt, message: Carrier): void {
    if (message[TOKEN] === undefined) message[TOKEN] = attempt.token;
    const id = message._msgid;
    if (id === attempt.token || typeof id !== 'string') return;
    if (!this.#byMessageId.has(id) && !this.#byToken.has(id)) this.#know(attempt, id);
  }

  /** Nothing that is reported of this attempt counts any more. */
  forget(attempt: Attempt): void {
    this.#byToken.delete(attempt.token);
    if (attempt.messageIds === undefined) return;
    for (const id of attempt.messageIds) this.#byMessageId.delete(id);
  }

  /** The same, of an attempt whose message is sent again: what is left of it in the flow must not count. */
  supersede(attempt: Attempt): void {
    const now = this.clock();
    this.forget(attempt);
    this.#superseded.set(attempt.token, now);
    // A node that still has it may make a new message of it, which has nothing but the id.
    for (const id of attempt.messageIds ?? []) this.#superseded.set(id, now);
    this.forgetSuperseded();
  }

  isSuperseded(message: Carrier): boolean {
    if (this.#superseded.size === 0) return false;
    const known = message[TOKEN] ?? message._msgid;
    return typeof known === 'string' && this.#superseded.has(known);
  }

  /** Forgets the superseded attempts that are over, or too many. */
  forgetSuperseded(): void {
    const until = this.clock() - SUPERSEDED_FOR;
    for (const [oldest, ended] of this.#superseded) {
      if (ended > until && this.#superseded.size <= SUPERSEDED) return;
      this.#superseded.delete(oldest);
    }
  }

  #findById(id: unknown): Attempt | undefined {
    return typeof id === 'string' ? (this.#byToken.get(id) ?? this.#byMessageId.get(id)) : undefined;
  }

  #know(attempt: Attempt, id: string): void {
    this.#byMessageId.set(id, attempt);
    (attempt.messageIds ??= []).push(id);
  }
}
