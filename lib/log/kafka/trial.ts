import { Client, type ClientOptions } from './client';
import { explain } from './errors';

/** What a cluster that was tried says of itself. */
export interface Trial {
  readonly cluster: string;
  /** `host:port` as the cluster gives it out, in order. */
  readonly brokers: readonly string[];
  readonly topics: number;
}

/**
 * Tries settings: connects, logs in, asks for the brokers and the topics, and reaches each broker.
 * @throws {PulseflowError} saying which broker did not do what, and what to do
 */
export async function tryConnection(options: ClientOptions): Promise<Trial> {
  const client = new Client(options);
  const patience = { connect: 5_000, answer: 10_000 };
  const admin = client.make(0, undefined, patience).admin();
  try {
    await admin.connect();
    const { clusterId, brokers } = await admin.describeCluster();
    const topics = await admin.listTopics();
    const addresses = brokers.map(({ host, port }) => `${host}:${port}`).sort();
    for (const address of addresses) await reach(options, address);
    return { cluster: clusterId, brokers: addresses, topics: topics.filter((name) => !name.startsWith('__')).length };
  } catch (thrown) {
    throw explain(thrown, 'The cluster cannot be used', client.address);
  } finally {
    await admin.disconnect().catch(() => undefined);
    await client.close();
  }
}

/** Connects to a broker by the address that the cluster gives out for it: clients will have to. */
async function reach(options: ClientOptions, broker: string): Promise<void> {
  const admin = new Client({ ...options, brokers: broker })
    .make(0, undefined, { connect: 5_000, answer: 10_000 })
    .admin();
  try {
    await admin.connect();
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
}
