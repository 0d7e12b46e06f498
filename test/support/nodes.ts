import { EventEmitter, once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { storeFile } from '../../lib/store/store';
import type { Done, Message, NodeStatus, Red, RedNode, SavedNode, Send } from '../../nodes/common/red';
import { temporaryFolder } from './store';
import { until } from './until';

export type Register = (RED: Red) => void;
/** A node of a flow as it is saved. */
export type Saved = Readonly<Record<string, unknown>>;
/** What a probe does with a message. */
export type Behaviour = (message: Message, send: Send, done: Done) => void;

interface TestNode {
  receive(message: object): void;
}

interface Helper {
  init(runtime: string, settings: object): void;
  load(nodes: Register[], flow: Saved[], credentials: object): Promise<void>;
  setFlows(flow: Saved[], type: string): Promise<void>;
  getNode(id: string): TestNode | null;
  unload(): Promise<void>;
}

interface LogEntry {
  readonly level: number;
  readonly id?: string;
  readonly msg: unknown;
}

type Runtime = Pick<Red, 'hooks' | 'events'> & {
  readonly log: { addHandler(handler: EventEmitter): void; removeHandler(handler: EventEmitter): void };
};

/** Node-RED's levels of its log. */
export const ERROR = 20;
export const WARN = 30;

const requireUntyped = createRequire(__filename);
const helper = requireUntyped('node-red-node-test-helper') as Helper;
const runtime = requireUntyped('node-red') as Runtime & { readonly runtime: Pick<Red, 'events'> };
const { events } = runtime.runtime;

/** One of Node-RED's own nodes, by its file: `function/10-function.js`. */
export function coreNode(file: string): Register {
  return requireUntyped(`@node-red/nodes/core/${file}`) as Register;
}

/** Lets everything happen that needs only turns of the event loop: messages on their way, commits. */
export async function settle(turns = 50): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** A node of a flow, on the tab of the test. What has no place there, Node-RED takes for a config node. */
export function node(id: string, type: string, settings: Saved = {}, ...wires: string[][]): Saved {
  return { id, type, z: 'f', x: 0, y: 0, ...settings, wires };
}

/** What came of a message. */
export interface Exchange {
  readonly ok: unknown[];
  readonly bad: unknown[];
  /** The messages with all that came beside their payloads. */
  readonly messages: Message[];
  /** The words of the error that the message failed with. */
  readonly error: string | undefined;
}

/**
 * Flows in Node-RED, with a user directory of their own. node-red-node-test-helper gives nodes neither `RED.hooks` nor
 * texts: here they have Node-RED's own hooks, so that the ledger follows messages as it does in the field, and the
 * texts of the English catalogue.
 *
 * Every flow may have nodes of the type `probe`: they keep what arrives and, unless told otherwise, are done with it.
 */
export class NodeBench {
  readonly #folder = temporaryFolder();
  readonly folder = this.#folder.path;
  readonly #arrived = new Map<string, Message[]>();
  readonly #behaviours = new Map<string, Behaviour>();
  readonly #statuses = new Map<string, NodeStatus[]>();
  readonly #log: LogEntry[] = [];
  readonly #logger = new EventEmitter().on('log', (entry: LogEntry) => this.#log.push(entry));
  #flow: Saved[] = [];
  #credentials: object = {};

  constructor(private readonly types: readonly Register[]) {
    helper.init(requireUntyped.resolve('node-red'), { userDir: this.folder });
    runtime.log.addHandler(this.#logger);
    events.on('node-status', this.#onStatus);
  }

  // ---- any flow

  /** Starts a flow. */
  async run(flow: Saved[], credentials: object = {}): Promise<void> {
    this.#flow = [{ id: 'f', type: 'tab' }, ...flow];
    this.#credentials = credentials;
    await this.again();
  }

  /** The flow that runs, tab and all. */
  get flow(): Saved[] {
    return this.#flow;
  }

  /** Starts the flow that was stopped. */
  async again(): Promise<void> {
    const types = [...this.types, (RED: Red) => this.#registerProbe(RED)];
    await helper.load(
      types.map((register) => (RED) => register(complete(RED))),
      this.#flow,
      this.#credentials,
    );
  }

  /** Stops the flow as Node-RED does, cleanly. */
  async stop(): Promise<void> {
    await helper.unload();
  }

  /** Deploys what has changed: other properties of a node, or null to remove it. */
  async deploy(id: string, change: Saved | null, type: 'nodes' | 'flows' | 'full' = 'nodes'): Promise<void> {
    const flow = this.#flow.map((each) => (each.id === id ? { ...each, ...change } : each));
    await this.deployFlow(
      flow.filter((each) => each.id !== id || change !== null),
      type,
    );
  }

  async deployFlow(flow: Saved[], type: 'nodes' | 'flows' | 'full'): Promise<void> {
    this.#flow = flow;
    const started = once(events as unknown as EventEmitter, 'flows:started');
    // The helper itself waits 300 ms for the start, which a busy machine may exceed.
    await helper.setFlows(flow, type).catch((thrown: unknown) => {
      if (!String(thrown).includes('timeout')) throw thrown;
    });
    await started;
  }

  async dispose(): Promise<void> {
    await helper.unload();
    events.removeListener('node-status', this.#onStatus);
    runtime.log.removeHandler(this.#logger);
    this.#folder.remove();
  }

  /** Gives a node a message, as a wire would. */
  receive(id: string, message: object): void {
    helper.getNode(id)?.receive(message);
  }

  /** Says what a probe does with messages from now on, also after a restart. */
  behave(id: string, behaviour: Behaviour): void {
    this.#behaviours.set(id, behaviour);
  }

  /** What has arrived at a probe since the test began. */
  at(id: string): Message[] {
    let messages = this.#arrived.get(id);
    if (messages === undefined) {
      messages = [];
      this.#arrived.set(id, messages);
    }
    return messages;
  }

  /** The records that have arrived at a probe, those of batches one by one. */
  recordsAt(id: string): unknown[] {
    return this.at(id).flatMap(({ payload }) => payload);
  }

  /** What a node shows; nothing if it has not shown anything. */
  status(id: string): NodeStatus {
    return this.statuses(id).at(-1) ?? {};
  }

  /** Everything a node has shown. */
  statuses(id: string): NodeStatus[] {
    return this.#statuses.get(id) ?? [];
  }

  /** What a node has written to the log, where no Catch node took it up. */
  logged(id: string, level: number): string[] {
    return this.#log.filter((entry) => entry.id === id && entry.level === level).map(({ msg }) => words(msg));
  }

  /** Where the readers of a group have got to, as it is committed: the sum over all partitions of their topics. */
  position(group: string, cluster = 'c'): number {
    const db = new DatabaseSync(storeFile(this.folder), { readOnly: true });
    const query = db.prepare('SELECT SUM(position) AS sum FROM positions WHERE source LIKE ?');
    const { sum } = query.get(`kafka/${cluster}/${group}/%`) as { sum: number | null };
    db.close();
    return sum ?? 0;
  }

  // ---- one node, with all that can come of a message

  /** Starts a flow of one node, `node`, with probes at its outputs (`ok`, `bad`), behind Complete and behind Catch. */
  async start(one: Saved, ...others: Saved[]): Promise<void> {
    await this.run([
      ...['ok', 'bad', 'done', 'caught'].map((id) => node(id, 'probe')),
      node('whenDone', 'complete', { scope: ['node'] }, ['done']),
      node('whenFailed', 'catch', { scope: ['node'] }, ['caught']),
      ...others,
      { id: 'node', z: 'f', x: 0, y: 0, wires: [['ok'], ['bad']], ...one },
    ]);
  }

  /** Sends a payload. @returns what comes of it at an end */
  async send(payload: unknown, end: 'ok' | 'bad' = 'ok'): Promise<unknown> {
    const before = this.at(end).length;
    this.receive('node', { payload });
    await until(() => this.at(end).length > before, `a message at ${end}`);
    return this.at(end)[before]?.payload;
  }

  /** Sends a payload that fails. @returns the error's words */
  async fail(payload: unknown): Promise<string> {
    return (await this.exchange({ payload })).error ?? 'it did not fail';
  }

  /** Sends a message and waits until the node is done with it; that it is done only once is part of the deal. */
  async exchange(message: Message): Promise<Exchange> {
    const ends = ['ok', 'bad', 'done', 'caught'] as const;
    const before = ends.map((end) => this.at(end).length);
    const since = (end: (typeof ends)[number]): Message[] => this.at(end).slice(before[ends.indexOf(end)]);
    this.receive('node', message);
    await until(() => since('done').length + since('caught').length > 0, 'the node to be done');
    await settle();
    const done = since('done').length + since('caught').length;
    if (done !== 1) throw new Error(`the node was done ${done} times`);
    const payloads = (end: 'ok' | 'bad'): unknown[] => since(end).map(({ payload }) => payload);
    const [caught] = since('caught') as { error?: { message?: unknown } }[];
    return {
      ok: payloads('ok'),
      bad: payloads('bad'),
      messages: [...since('ok'), ...since('bad')],
      error: caught === undefined ? undefined : words(caught.error?.message),
    };
  }

  readonly #onStatus = (detail: unknown): void => {
    const { id, status } = detail as { id: string; status: NodeStatus };
    this.#statuses.set(id, [...this.statuses(id), status]);
  };

  #registerProbe(RED: Red): void {
    const arrive = (id: string, message: Message, send: Send, done: Done): void => {
      this.at(id).push(message);
      const behaviour = this.#behaviours.get(id);
      if (behaviour === undefined) done();
      else behaviour(message, send, done);
    };
    RED.nodes.registerType('probe', function (this: RedNode, saved: SavedNode): void {
      RED.nodes.createNode(this, saved);
      this.on('input', (message, send, done) => arrive(this.id, message, send, done));
    });
  }
}

/** What the helper leaves out of the API that nodes are given. */
function complete(RED: Red): Red {
  return Object.create(RED, { hooks: { value: runtime.hooks }, _: { value: text } }) as Red;
}

function words(said: unknown): string {
  return said instanceof Error ? said.message : String(said);
}

const catalogues = new Map<string, Record<string, unknown>>();

/** A text of the English catalogue, filled in as Node-RED's i18n does; the key of a core node's text is left as it is. */
function text(key: string, values: Record<string, string | number> = {}): string {
  const [scope = '', ...path] = key.split('.');
  const file = join(process.cwd(), 'nodes', scope, 'locales', 'en-US.json');
  if (!catalogues.has(scope)) {
    catalogues.set(scope, existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>) : {});
  }
  let found: unknown = catalogues.get(scope);
  for (const part of path) found = (found as Record<string, unknown> | undefined)?.[part];
  if (typeof found !== 'string') {
    if (existsSync(file)) throw new Error(`there is no text "${key}"`);
    return key;
  }
  return found.replace(/__(\w+)__/gu, (_, name: string) => String(values[name] ?? ''));
}
