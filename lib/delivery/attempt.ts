import type { Bond } from './bond';
import type { Delivery } from './lane';
import type { LedgerLane } from './ledgerLane';
import type { Participant } from './participant';

/** A node that has a message and is not done with it; the latest first. */
interface Outstanding {
  readonly node: string;
  readonly message: object;
  next: Outstanding | undefined;
}

export interface Failure {
  readonly node: string;
  readonly error: unknown;
}

/** What one stateful node keeps with an attempt. */
export interface Contributed {
  readonly participant: Participant<unknown>;
  readonly deltas: unknown[];
}

const NOTHING: readonly Contributed[] = [];

/**
 * One attempt at one message of a source, from its sending until its commit: which nodes still have a part of it, what
 * has failed, and what stateful nodes keep with it. There is one for every message, so lists begin when they are needed.
 */
export class Attempt {
  /** Further ids of Node-RED messages known to belong to it, for nodes that make new messages and keep only the id. */
  messageIds: string[] | undefined;
  /** A message of it bears the token as its id. */
  named = false;
  /** Ties it to the attempts that a node has put together with it. */
  bond: Bond | undefined;
  /** The source is still sending it. */
  sending = true;
  /** A look at whether it is finished is already due. */
  judging = false;
  #outstanding: Outstanding | undefined;
  #failures: Failure[] | undefined;
  #contributed: Contributed[] | undefined;

  constructor(
    readonly token: string,
    readonly number: number,
    readonly since: number,
    readonly lane: LedgerLane<unknown>,
    readonly delivery: Delivery<unknown>,
  ) {}

  /** A node has a message from now on; once is enough. */
  begin(node: string, message: object): void {
    if (!this.#has(node, message)) this.#outstanding = { node, message, next: this.#outstanding };
  }

  /** A node is done with a message. Returns false if it did not have it. */
  end(node: string, message: object): boolean {
    return this.#end((each) => each.message === message && each.node === node);
  }

  /** Ends what a node has of a message or of a clone of it, which has the same id. */
  endById(node: string, id: string): boolean {
    return this.#end((each) => each.node === node && (each.message as { _msgid?: unknown })._msgid === id);
  }

  get idle(): boolean {
    return !this.sending && this.#outstanding === undefined;
  }

  /** The nodes that have a part of it. */
  nodes(): Set<string> {
    const nodes = new Set<string>();
    for (let each = this.#outstanding; each !== undefined; each = each.next) nodes.add(each.node);
    return nodes;
  }

  fail(node: string, error: unknown): void {
    (this.#failures ??= []).push({ node, error });
  }

  /** Takes back a failure of a node: somebody deals with it. */
  forgive(node: string): void {
    const index = this.#failures?.findIndex((failure) => failure.node === node) ?? -1;
    if (index >= 0) this.#failures?.splice(index, 1);
  }

  /** The first failure that nobody has taken up. */
  get failure(): Failure | undefined {
    return this.#failures?.[0];
  }

  contribute(participant: Participant<unknown>, delta: unknown): void {
    const known = this.#contributed?.find((each) => each.participant === participant);
    if (known !== undefined) known.deltas.push(delta);
    else if (this.#contributed === undefined) this.#contributed = [{ participant, deltas: [delta] }];
    else this.#contributed.push({ participant, deltas: [delta] });
  }

  get contributed(): readonly Contributed[] {
    return this.#contributed ?? NOTHING;
  }

  /** Gives every contribution back: they will not be merged. */
  drop(): void {
    for (const { participant, deltas } of this.contributed) participant.drop?.(deltas);
    this.#contributed = undefined;
  }

  // A handful of nodes have a part of a message at any time: a scan beats a map here.
  #has(node: string, message: object): boolean {
    for (let each = this.#outstanding; each !== undefined; each = each.next) {
      if (each.message === message && each.node === node) return true;
    }
    return false;
  }

  #end(isIt: (each: Outstanding) => boolean): boolean {
    let before: Outstanding | undefined;
    for (let each = this.#outstanding; each !== undefined; before = each, each = each.next) {
      if (!isIt(each)) continue;
      if (before === undefined) this.#outstanding = each.next;
      else before.next = each.next;
      return true;
    }
    return false;
  }
}
