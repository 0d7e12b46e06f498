import type { Bond } from './bond';
import type { Participant } from './participant';

/** A node that has a message and is not done with it. */
export interface Outstanding {
  readonly node: string;
  readonly message: object;
}

export interface Failure {
  readonly node: string;
  readonly error: unknown;
}

/**
 * One attempt at one message of a source, from its sending until its commit: which nodes still have a part of it, what
 * has failed, and what stateful nodes keep with it.
 */
export class Attempt {
  readonly outstanding: Outstanding[] = [];
  readonly failures: Failure[] = [];
  readonly contributions = new Map<Participant<unknown>, unknown[]>();
  /** The ids of Node-RED messages known to belong to it, for nodes that make new messages and keep only the id. */
  readonly messageIds: string[] = [];
  /** Ties it to the attempts that a node has put together with it. */
  bond: Bond | undefined;
  /** The source is still sending it. */
  sending = true;
  /** A look at whether it is finished is already due. */
  judging = false;

  constructor(
    readonly token: string,
    readonly number: number,
    readonly since: number,
  ) {}

  begin(node: string, message: object): boolean {
    if (this.indexOf(node, message) >= 0) return false;
    this.outstanding.push({ node, message });
    return true;
  }

  end(node: string, message: object): boolean {
    const index = this.indexOf(node, message);
    if (index < 0) return false;
    const last = this.outstanding.pop();
    if (index < this.outstanding.length && last !== undefined) this.outstanding[index] = last;
    return true;
  }

  /** Ends what a node has of a message or of a clone of it, which has the same id. */
  endById(node: string, id: string): boolean {
    const found = this.outstanding.find(
      (each) => each.node === node && (each.message as { _msgid?: unknown })._msgid === id,
    );
    return found !== undefined && this.end(node, found.message);
  }

  get idle(): boolean {
    return !this.sending && this.outstanding.length === 0;
  }

  contribute(participant: Participant<unknown>, delta: unknown): void {
    const deltas = this.contributions.get(participant);
    if (deltas === undefined) this.contributions.set(participant, [delta]);
    else deltas.push(delta);
  }

  /** Gives every contribution back: they will not be merged. */
  drop(): void {
    for (const [participant, deltas] of this.contributions) participant.drop?.(deltas);
    this.contributions.clear();
  }

  // A handful of nodes have a part of a message at any time: a scan beats a map here.
  private indexOf(node: string, message: object): number {
    const { outstanding } = this;
    for (let index = outstanding.length - 1; index >= 0; index--) {
      const each = outstanding[index];
      if (each?.message === message && each.node === node) return index;
    }
    return -1;
  }
}
