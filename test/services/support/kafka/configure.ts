import { freePorts } from '../ports';
import type { Plan } from '../service';
import { certificates } from '../certificates';
import { fetchKafka, fetchKafkaOfZooKeeper } from './artifacts';
import { formatKraft, kraftBrokers } from './kraft';
import { type BrokerPorts, PASSWORD, USER, bootstrapOf, chooseBrokerPorts } from './listeners';
import { brokersKnownTo } from './metadata';
import type { KafkaOptions } from './settings';
import { createScramUser, zooKeeperBrokers } from './zookeeper';

/** A plan of a Kafka cluster, with what its clients have to know. */
export interface KafkaPlan extends Plan {
  readonly brokers: readonly BrokerPorts[];
}

/** Brings what such a cluster consists of onto this machine. */
export function fetchFor({ zookeeper }: Pick<KafkaOptions, 'zookeeper'>): void {
  fetchKafka();
  if (zookeeper === true) fetchKafkaOfZooKeeper();
}

/**
 * Configures a cluster in an empty folder.
 * @param from the number from which free ports are looked for
 */
export async function configureKafka(folder: string, options: KafkaOptions, from: number): Promise<KafkaPlan> {
  const brokers = await chooseBrokerPorts(options.brokers, from);
  const common = {
    folder,
    brokers,
    addresses: addressesOf(brokers),
    ready: () => allKnowEachOther(brokers),
  };
  if (options.zookeeper !== true)
    return {
      ...common,
      processes: kraftBrokers(folder, brokers, options),
      prepare: () => formatKraft(folder, brokers),
    };
  const [zooKeeperPort = 0] = await freePorts(1, from === USUAL_PORT ? ZOOKEEPERS_USUAL_PORT : from);
  return {
    ...common,
    addresses: [...common.addresses, { label: 'ZooKeeper', value: `127.0.0.1:${zooKeeperPort}` }],
    processes: zooKeeperBrokers(folder, zooKeeperPort, brokers, options),
    complete: () => createScramUser(folder, brokers),
  };
}

/** The port that people expect a Kafka at. */
export const USUAL_PORT = 9092;
const ZOOKEEPERS_USUAL_PORT = 2181;

/** Whether each of these brokers answers and knows all of them to be alive. */
export async function allKnowEachOther(brokers: readonly BrokerPorts[]): Promise<boolean> {
  const known = await Promise.all(brokers.map(({ PLAINTEXT }) => brokersKnownTo(PLAINTEXT)));
  return known.every((ids) => brokers.every(({ id }) => ids.includes(id)));
}

function addressesOf(brokers: readonly BrokerPorts[]): Plan['addresses'] {
  const list = (listener: Parameters<typeof bootstrapOf>[1]): string => bootstrapOf(brokers, listener).join(',');
  return [
    { label: 'plain', value: list('PLAINTEXT') },
    { label: 'TLS', value: list('SSL') },
    { label: 'SASL', value: list('SASL_PLAINTEXT') },
    { label: 'SASL over TLS', value: list('SASL_SSL') },
    { label: 'CA certificate', value: certificates().caFile },
    { label: 'user, password', value: `${USER}, ${PASSWORD} (PLAIN, SCRAM-SHA-256, SCRAM-SHA-512)` },
  ];
}
