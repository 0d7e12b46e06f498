import { PulseflowError, SettingError, messageOf } from '../../lib/core/errors';
import { FieldsSeen, offerFieldsSeen } from './fieldsSeen';
import type { Done, Message, Red, RedNode, SavedNode, Send } from './red';
import { offerReset, withdrawReset } from './reset';
import { giveUpServices } from './services';
import { readSettings } from './settings';
import type { NodeSpec, Settings } from './spec';
import { Status } from './status';
import { savedVersion, upgraded, versionOf } from './versions';
import { faultWords } from './words';

type Values = Record<string, string | number>;

/** What a node is given when it starts. */
export interface NodeContext<Spec extends NodeSpec> {
  readonly RED: Red;
  readonly node: RedNode;
  readonly settings: Settings<Spec>;
  readonly status: Status;
  /** Notes what passes, for the dialogs to offer its fields. */
  readonly seen: FieldsSeen;
  /** Sends by itself, as a source does. */
  readonly emit: Send;
  /** A text of the node's catalogue, by its key below the node's type. */
  readonly text: (key: string, values?: Values) => string;
  /** A text that all nodes share. */
  readonly common: (key: string, values?: Values) => string;
}

/** What a started node does until it is closed. */
export interface Running {
  input?(message: Message, send: Send, done: Done): void;
  /** Ends; `removed` if the node was deleted from the flow, not if it is disabled, by itself or with its tab. */
  close?(removed: boolean): Promise<void> | void;
  /** Forgets what the node has kept; it goes on as if it were new. */
  reset?(): Promise<void> | void;
}

/**
 * Registers a palette node: settings are checked once, at deploy, and a node that cannot start says why, on itself and
 * to every message, instead of taking the runtime down.
 */
export function registerNode<const Spec extends NodeSpec>(
  RED: Red,
  spec: Spec,
  start: (context: NodeContext<Spec>) => Running,
): void {
  function PulseflowNode(this: RedNode, saved: SavedNode): void {
    RED.nodes.createNode(this, saved);
    const status = new Status(this);
    const seen = new FieldsSeen(this.id);
    const running = tryStart(this, saved, status, seen);
    if (spec.keepsState === true) offerReset(RED, this.id, running);
    const input = running.input?.bind(running);
    if (input !== undefined) {
      this.on('input', (message, send, done) => {
        seen.received(message.payload);
        input(message, send, done);
      });
    }
    this.on('close', (removed, done) => {
      status.close();
      seen.close();
      withdrawReset(this.id, running);
      void Promise.resolve()
        .then(() => running.close?.(removed && !isInFlow(RED, this)))
        .catch((thrown: unknown) => this.warn(messageOf(thrown)))
        .then(() => giveUpServices(this))
        .then(done);
    });
  }

  function tryStart(node: RedNode, saved: SavedNode, status: Status, seen: FieldsSeen): Running {
    const text = (key: string, values?: Values): string => RED._(`${spec.type}.${key}`, values);
    const common = (key: string, values?: Values): string => RED._(`common.${key}`, values);
    const emit: Send = (outputs) => {
      if (Array.isArray(outputs)) seen.sent(outputs);
      node.send(outputs);
    };
    try {
      const version = savedVersion(saved);
      if (version > versionOf(spec)) node.warn(common('version.newer', { version, known: versionOf(spec) }));
      const settings = readSettings(spec, upgraded(spec, saved), node.credentials, faultWords(RED, spec));
      return start({ RED, node, settings, status, seen, emit, text, common });
    } catch (thrown) {
      const words = messageOf(thrown);
      node.error(thrown instanceof PulseflowError ? words : (thrown as Error));
      status.show(() => ({ fill: 'red', shape: 'ring', text: words }));
      const refusal = new SettingError(words);
      return spec.inputs === 1 ? { input: (_message, _send, done) => done(refusal) } : {};
    }
  }

  offerFieldsSeen(RED);
  RED.nodes.registerType(spec.type, PulseflowNode, { credentials: credentialsOf(spec) });
}

/** Node-RED says of disabled nodes, too, that they are removed; they are still in the flow that was deployed. */
function isInFlow(RED: Red, { id, type }: RedNode): boolean {
  let found = false;
  RED.nodes.eachNode((saved) => {
    if (saved.id === id && saved.type === type) found = true;
  });
  return found;
}

function credentialsOf(spec: NodeSpec): Record<string, { type: 'text' | 'password' }> {
  const credentials: Record<string, { type: 'text' | 'password' }> = {};
  for (const [name, property] of Object.entries(spec.properties)) {
    if (property.kind === 'credential') credentials[name] = { type: property.secret ? 'password' : 'text' };
  }
  return credentials;
}
