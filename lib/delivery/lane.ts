import type { Attempt } from './attempt';
import type { Contributor, Range } from './participant';

/** A message as the ledger sees it: any object that carries properties from node to node. */
export type Carrier = Record<string, unknown>;

/** What a source sends at once: none, one or several messages for each of its outputs. */
export type Outputs = (Carrier | Carrier[] | null)[];

/** All messages of all outputs. */
export function messagesOf(outputs: Outputs): Carrier[] {
  return outputs.flatMap<Carrier>((each) => each ?? []);
}

/** How a source has its messages delivered, tried again and given up. */
export interface LaneOptions<Position> {
  /** The source's stream, stable over restarts: `kafka/main/counts/tweets/0`. */
  readonly name: string;
  /**
   * Where a position, a number that grows, is used for one message only, ever: the name of the time in which that holds.
   * Left out, positions may come again for other messages.
   */
  readonly epoch?: string | undefined;
  /** The node that sends; all lanes of a node share its origin. */
  readonly origin: string;
  /** How many records may be in the flow and uncommitted at once. */
  readonly maxInFlight: number;
  /** How often a failed message is tried again before it is given up. */
  readonly retries: number;
  /** Sends into the flow, at once. */
  send(outputs: Outputs): void;
  /** Stores the position, inside the commit's transaction. */
  save(position: Position): void;
  /** The position is committed. */
  committed?(position: Position): void;
  /** Which records an uncommitted message was made of, where they are numbered. */
  rangeOf?(sequence: number): Range | undefined;
  /** Whether the position may move just now; asked at each commit. Always, if left out. */
  mayCommit?(): boolean;
  /**
   * Keeps a given-up message elsewhere (a dead-letter topic): as a contribution to its commit, or, where a promise is
   * returned, before it. If that is rejected, it is tried again.
   */
  giveUp?(outputs: Outputs, failure: GivenUp, contributor: Contributor): unknown;
}

/** Why a message was given up. */
export interface GivenUp {
  readonly lane: string;
  /** The node that failed last. */
  readonly node: string;
  readonly error: unknown;
  readonly attempts: number;
}

/** A message of a source on its way through the flow. */
export interface Delivery<Position> {
  readonly sequence: number;
  /** How many records it carries; what the bound on unfinished work counts. */
  readonly weight: number;
  /** Where the source resumes once this message is finished. */
  readonly position: Position;
  /** Makes the messages anew for each attempt, since nodes may change what they are given. */
  readonly make: () => Outputs;
  attempt: Attempt;
  /** How many attempts have failed; those ended by a change of the flow do not count. */
  failed: number;
  finished: boolean;
}

/** One ordered stream of a source: its deliveries in order, committed as a contiguous prefix. */
export interface Lane<Position> {
  readonly name: string;
  readonly origin: string;
  /** Records in the flow and uncommitted. */
  readonly inFlight: number;
  /** True once the source has given out all there is for now; only then may a silent lane be called idle. */
  readonly atEnd: boolean;
  /** Sends one message of `weight` records; its position is committed once it and all before it are finished. */
  dispatch(weight: number, position: Position, make: () => Outputs): void;
  /** Resolves as soon as there is room for more records, with how many; 0 once the lane is closed. */
  room(): Promise<number>;
  reachedEnd(atEnd: boolean): void;
  /** Resolves once nothing is in flight any more, or the lane is closed. */
  drained(): Promise<void>;
  /** Commits the finished prefix and forgets the rest: the next lane of this name sends it again. */
  close(): void;
}
