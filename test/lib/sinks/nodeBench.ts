import { once } from 'node:events';
import type { EventEmitter } from 'node:events';
import { createRequire } from 'node:module';
import type { Red } from '../../../nodes/common/red';
import { temporaryDirectory } from './commits';

type Register = (RED: Red) => void;

interface TestNode extends EventEmitter {
  receive(message: object): void;
}

interface Helper {
  init(runtime: string, settings: object): void;
  load(nodes: unknown[], flow: object[]): Promise<void>;
  getNode(id: string): TestNode;
  unload(): Promise<void>;
}

const requireUntyped = createRequire(__filename);
const helper = requireUntyped('node-red-node-test-helper') as Helper;

/** A flow in Node-RED, with a user directory of its own: one sink `sink`, its outputs at `ok` and `bad`. */
export class NodeBench {
  readonly #directory = temporaryDirectory();
  readonly folder = this.#directory.path;

  constructor(private readonly nodes: readonly Register[]) {
    helper.init(requireUntyped.resolve('node-red'), { userDir: this.folder });
  }

  /** Starts the flow. @param sink the sink's properties @param others config nodes */
  start(sink: object, ...others: object[]): Promise<void> {
    const ends = ['ok', 'bad'].map((id) => ({ id, type: 'helper', z: 'f' }));
    const node = { id: 'sink', z: 'f', wires: [['ok'], ['bad']], ...sink };
    return helper.load(this.nodes.map(withHooks), [{ id: 'f', type: 'tab' }, ...ends, ...others, node]);
  }

  /** Sends a payload. @returns what comes of it at an end */
  async send(payload: unknown, end: 'ok' | 'bad' = 'ok'): Promise<unknown> {
    const arrived = once(helper.getNode(end), 'input') as Promise<[{ payload: unknown }]>;
    helper.getNode('sink').receive({ payload });
    return (await arrived)[0].payload;
  }

  /** Sends a payload that fails. @returns the error's words */
  async fail(payload: unknown): Promise<string> {
    const failed = once(helper.getNode('sink'), 'call:error') as Promise<[{ args: unknown[] }]>;
    helper.getNode('sink').receive({ payload });
    return String((await failed)[0].args[0]);
  }

  /** Stops the flow as Node-RED does, cleanly. */
  stop(): Promise<void> {
    return helper.unload();
  }

  async dispose(): Promise<void> {
    await helper.unload();
    this.#directory.remove();
  }
}

/** The helper gives nodes no `RED.hooks`; this gives them Node-RED's own. */
function withHooks(register: Register): Register {
  const { hooks } = requireUntyped('node-red') as Pick<Red, 'hooks'>;
  return (RED) => register(Object.create(RED, { hooks: { value: hooks } }) as Red);
}
