import type { ConnectionOptions } from 'node:tls';
import { SettingError } from '../../lib/core/errors';
import type { Red, RedNode } from './red';

/** Node-RED's own node for TLS settings. */
interface TlsConfig extends RedNode {
  /** Whether its certificates could be read. */
  readonly valid?: boolean;
  addTLSOptions?(options: ConnectionOptions): ConnectionOptions;
}

/**
 * The TLS settings that a reference leads to; nothing for no reference.
 * @throws {SettingError} if it leads nowhere, or its certificates cannot be read
 */
export function tlsOf(RED: Red, id: string): { tls: ConnectionOptions } | undefined {
  if (id === '') return undefined;
  const node: TlsConfig | null = RED.nodes.getNode(id);
  if (node?.addTLSOptions === undefined || node.valid === false) {
    throw new SettingError(RED._('common.errors.config', { setting: 'tls' }), { setting: 'tls' });
  }
  return { tls: node.addTLSOptions({}) };
}
