/** A node of a flow as it is saved. */
export type FlowNode = Readonly<Record<string, unknown>> & { readonly id: string; readonly type: string };

/** What may be said of a node, or a group of nodes, in the flow of a source. */
export type Outcome = 'tracked' | 'tracked, if' | 'not trackable';

/** What must have become of the records of a case, whatever was killed meanwhile. */
export type Expectation =
  /** Record n is counted so many times, and so many times exactly, or lies once in the dead-letter topic. */
  | { readonly kind: 'exactly'; times?(n: number): number; dead?(n: number): boolean }
  /** Each record is either counted once or once in the dead-letter topic. */
  | { readonly kind: 'counted or dead'; dead(n: number): boolean }
  /** No record is counted twice; some may be missing. */
  | { readonly kind: 'at most once' }
  /** Nothing is ever finished, and nothing is counted. */
  | { readonly kind: 'unfinished'; readonly node: string };

/** Each record is counted once. */
export const ONCE = { kind: 'exactly' } as const satisfies Expectation;
/** The records that nodes fail for. */
export const SEVENTH = (n: number): boolean => n % 7 === 0;
/** The code of a function node that does. */
export const THROW = 'if (msg.payload.n % 7 === 0) throw new Error("every seventh"); return msg;';

export interface TrackingCase {
  readonly name: string;
  /** The nodes, in the words of the table. */
  readonly nodes: string;
  readonly outcome: Outcome;
  /** The conditions, or what happens and how the user is told. */
  readonly note: string;
  readonly expect: Expectation;
  /** The nodes under test; the first one is wired to the source. */
  readonly flow: (tab: Tab) => FlowNode[];
  /** Messages in the flow at once, per partition. */
  readonly maxInFlight?: number;
  /** It is over too soon to be killed on the way. */
  readonly instant?: boolean;
  /** What the log must say on deploy. */
  readonly warns?: RegExp;
}

/** A case's part of the flow: a source, the nodes under test, and at their end a window count and a topic. */
export class Tab {
  constructor(
    readonly name: string,
    /** Where the test's own HTTP server answers. */
    readonly server: string,
    /** A folder for files. */
    readonly folder: string,
  ) {}

  /** Wires to the end, where records are counted. */
  get end(): string[] {
    return [this.id('count'), this.id('out')];
  }

  id(local: string): string {
    return `${this.name}-${local}`;
  }

  to(...locals: string[]): string[] {
    return locals.map((local) => this.id(local));
  }

  node(local: string, type: string, settings: object, ...wires: string[][]): FlowNode {
    return { id: this.id(local), type, z: this.name, x: 0, y: 0, ...settings, wires };
  }

  code(local: string, func: string, ...wires: string[][]): FlowNode {
    return this.node(local, 'function', { func, outputs: wires.length }, ...wires);
  }
}
