import type { EventEmitter } from 'node:events';
import { createRequire } from 'node:module';
import type { Red } from '../../nodes/common/red';

/** A node of a flow under test, as far as a test uses it. */
export interface TestNode extends EventEmitter {
  receive(message: object): void;
}

type Register = (RED: Red) => void;

interface Helper {
  init(runtime: string, settings: object): void;
  load(nodes: Register[], flow: object[], credentials?: object): Promise<void>;
  setFlows(flow: object[], type: string): Promise<void>;
  getNode(id: string): TestNode;
  unload(): Promise<void>;
}

const requireUntyped = createRequire(__filename);

/** node-red-node-test-helper, which has no types. */
export const helper = requireUntyped('node-red-node-test-helper') as Helper;

/** Begins a test with a user directory of its own. */
export function start(userDir: string): void {
  helper.init(requireUntyped.resolve('node-red'), { userDir });
}

/** The helper gives nodes no `RED.hooks`; this gives them the real ones. */
export function withHooks(register: Register): Register {
  const { hooks } = requireUntyped('node-red') as Pick<Red, 'hooks'>;
  return (RED) => register(Object.create(RED, { hooks: { value: hooks } }) as Red);
}
