import { StoreError } from '../../core/errors';
import type { HttpAnswer } from '../../http/answer';
import type { HttpClient } from '../../http/client';
import { type RestSettings, gatewayClient } from './cluster';
import { failure } from './failures';

/** What a cluster says of itself. */
export interface Trial {
  /** Of HBase. */
  readonly version: string;
  /** How many gateways answer. */
  readonly gateways: number;
  /** How many region servers live. */
  readonly servers: number;
  readonly tables: number;
}

/** A person waits for it, in ms. */
const PATIENCE = 10_000;

/**
 * Asks each gateway for the version of its cluster, and one for region servers and tables.
 * @throws {PulseflowError} for the first gateway that does not answer so; for a cluster without region servers
 */
export async function tryGateways(settings: RestSettings): Promise<Trial> {
  const timeout = Math.min(settings.timeout, PATIENCE);
  const addresses = settings.url.split(',').filter((each) => each.trim() !== '');
  let trial: Trial | undefined;
  for (const url of addresses) {
    const client = gatewayClient({ ...settings, url, timeout });
    try {
      const version = (await ask(client, '/version/cluster', 'text/plain')).text().trim();
      trial ??= { version, gateways: addresses.length, ...(await stateOf(client)) };
    } finally {
      client.close();
    }
  }
  if (trial === undefined) throw new StoreError('No gateway was asked.', { setting: 'url' });
  return trial;
}

async function stateOf(client: HttpClient): Promise<{ servers: number; tables: number }> {
  const status = (await ask(client, '/status/cluster', 'application/json')).json();
  const { LiveNodes = [] } = (status ?? {}) as { LiveNodes?: readonly unknown[] };
  if (LiveNodes.length === 0) {
    throw new StoreError(`The HBase REST gateway at ${client.origin} answers, but no region server is there.`, {
      setting: 'url',
      remedy: "Start the cluster's region servers, or look into their logs.",
    });
  }
  const tables = (await ask(client, '/', 'application/json')).json();
  const { table = [] } = (tables ?? {}) as { table?: readonly unknown[] };
  return { servers: LiveNodes.length, tables: table.length };
}

async function ask(client: HttpClient, path: string, accept: string): Promise<HttpAnswer> {
  const answer = await client.request({ method: 'GET', path, headers: { Accept: accept } });
  if (answer.ok) return answer;
  throw answer.status === 404
    ? new StoreError(`At ${answer.origin} there is no HBase REST gateway: ${path} is not found (HTTP 404).`, {
        setting: 'url',
        remedy: 'Write the address of the REST gateway (hbase rest start), not that of a master or region server.',
      })
    : failure(answer, '');
}
