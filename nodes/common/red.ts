import type { IncomingMessage, ServerResponse } from 'node:http';

/** The parts of Node-RED's runtime API that Pulseflow uses, as its own documentation gives them. */
export interface Message {
  _msgid?: string;
  payload?: unknown;
  [property: string]: unknown;
}

export interface NodeStatus {
  fill?: 'red' | 'green' | 'yellow' | 'blue' | 'grey';
  shape?: 'ring' | 'dot';
  text?: string;
  /** Figures for a core *status* node to pass on; the editor shows only the text. */
  read?: number;
  inFlight?: number;
}

export type Send = (message: Message | (Message | Message[] | null)[]) => void;
export type Done = (error?: Error) => void;

export interface RedNode {
  readonly id: string;
  readonly type: string;
  readonly name?: string;
  readonly wires: readonly (readonly string[])[];
  readonly credentials?: Readonly<Record<string, unknown>>;
  on(event: 'input', handler: (message: Message, send: Send, done: Done) => void): void;
  on(event: 'close', handler: (removed: boolean, done: () => void) => void): void;
  send: Send;
  status(status: NodeStatus): void;
  error(text: string | Error, message?: Message): void;
  warn(text: string): void;
  log(text: string): void;
}

export interface SavedNode {
  readonly id: string;
  readonly type: string;
  readonly name?: string;
  readonly [property: string]: unknown;
}

export interface HookNode {
  readonly id: string;
  readonly type: string;
  readonly _expectedDoneCount?: number;
}
export interface DeliverEvent {
  readonly msg: Message;
  readonly source: { readonly id: string; readonly node: HookNode };
  readonly destination: { readonly id: string; readonly node: HookNode };
}
export interface ReceiveEvent {
  readonly msg: Message;
  readonly destination: { readonly id: string; readonly node: HookNode };
}
export interface CompleteEvent {
  readonly msg: Message;
  readonly error?: unknown;
  readonly node: { readonly id: string; readonly node: HookNode };
}

export interface RouteEvent {
  readonly msg: Message;
  readonly destination: { readonly id: string };
}

export interface Hooks {
  add(hook: `preRoute.${string}`, handler: (event: RouteEvent) => void): void;
  add(hook: `preDeliver.${string}`, handler: (event: DeliverEvent) => void): void;
  add(hook: `${'onReceive' | 'postReceive'}.${string}`, handler: (event: ReceiveEvent) => void): void;
  add(hook: `onComplete.${string}`, handler: (event: CompleteEvent) => void): void;
  remove(hook: string): void;
}

export interface HttpRoutes {
  post(
    path: string,
    ...handlers: ((request: IncomingMessage, response: ServerResponse, next: () => void) => void)[]
  ): void;
  get(
    path: string,
    ...handlers: ((request: IncomingMessage, response: ServerResponse, next: () => void) => void)[]
  ): void;
}

export interface Red {
  readonly nodes: {
    createNode(node: RedNode, saved: SavedNode): void;
    registerType(
      type: string,
      // eslint-disable-next-line @typescript-eslint/no-explicit-any -- Node-RED calls it with `this` of its own making
      constructor: (this: any, saved: SavedNode) => void,
      options?: { credentials?: Record<string, { type: 'text' | 'password' }> },
    ): void;
    getNode(id: string): RedNode | null;
    /** Calls `visit` with every node of the flow that was deployed last, also the disabled ones. */
    eachNode(visit: (saved: SavedNode) => void): void;
  };
  readonly hooks: Hooks;
  readonly events: {
    on(event: string, listener: (detail: unknown) => void): void;
    removeListener(event: string, listener: (detail: unknown) => void): void;
  };
  readonly settings: {
    readonly userDir?: string;
    /** How long Node-RED waits for a node to close, in ms. */
    readonly nodeCloseTimeout?: number;
    /** What settings.js says to Pulseflow. */
    readonly pulseflow?: { readonly fileRoot?: unknown };
  };
  readonly util: { cloneMessage<T>(message: T): T; generateId(): string };
  readonly log: { error(text: string): void; warn(text: string): void; info(text: string): void };
  readonly httpAdmin: HttpRoutes;
  readonly auth: {
    needsPermission(permission: string): (request: IncomingMessage, response: ServerResponse, next: () => void) => void;
  };
  _(key: string, values?: Record<string, string | number>): string;
}
