import { setTimeout as pause } from 'node:timers/promises';
import { SettingError } from '../../lib/core/errors';
import type { Red, RedNode } from './red';
import type { NodeContext } from './register';
import type { NodeSpec } from './spec';

/** A config node offers its users a service under this property. */
interface Serving extends RedNode {
  service?: unknown;
}

/** Node-RED waits 15 s for a node to close, and stops them all at once. */
const USERS_WITHIN = 12_000;

/** The nodes that use the service of a config node and have not closed yet. */
const users = new WeakMap<RedNode, Set<RedNode>>();
/** The config nodes whose services a node uses. */
const used = new WeakMap<RedNode, Set<RedNode>>();
/** Told when the last user of a config node's service has closed. */
const unused = new WeakMap<RedNode, () => void>();

/** Offers a config node's service to the nodes that refer to it. */
export function offer(node: RedNode, service: unknown): void {
  (node as Serving).service = service;
}

/** The service of a config node; undefined if it is not deployed or could not start. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- see `serviceOf`
export function offeredBy<Service>(RED: Red, id: string): Service | undefined {
  const node: Serving | null = RED.nodes.getNode(id);
  return node?.service as Service | undefined;
}

/**
 * The service of the config node that a setting refers to; the node counts as its user until it has closed.
 * @throws {SettingError} if the config node is missing, disabled, or could not start
 */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- Node-RED knows config nodes by id only: the caller says what it refers to
export function serviceOf<Service>({ RED, node }: ServiceUser, id: string, setting: string): Service {
  const serving: Serving | null = id === '' ? null : RED.nodes.getNode(id);
  if (serving?.service === undefined) {
    throw new SettingError(RED._('common.errors.config', { setting }), { setting });
  }
  addTo(users, serving, node);
  addTo(used, node, serving);
  return serving.service as Service;
}

/** What `serviceOf` needs to know of a node. */
export type ServiceUser = Pick<NodeContext<NodeSpec>, 'RED' | 'node'>;

/** A node that has closed uses no service any more. */
export function giveUpServices(node: RedNode): void {
  for (const serving of used.get(node) ?? []) {
    const others = users.get(serving);
    others?.delete(node);
    if (others?.size === 0) unused.get(serving)?.();
  }
  used.delete(node);
}

/**
 * For a config node that closes: waits until its users have finished what they hold. Node-RED closes all nodes at once,
 * and what a sink still has to write needs its connections.
 */
export async function untilUnused(node: RedNode, within = USERS_WITHIN): Promise<void> {
  if ((users.get(node)?.size ?? 0) === 0) return;
  const enough = new AbortController();
  unused.set(node, () => enough.abort());
  await pause(within, undefined, { signal: enough.signal }).catch(() => undefined);
}

function addTo(map: WeakMap<RedNode, Set<RedNode>>, key: RedNode, node: RedNode): void {
  const nodes = map.get(key);
  if (nodes === undefined) map.set(key, new Set([node]));
  else nodes.add(node);
}
