import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { certificates } from '../certificates';
import { runTool, serverJvm } from '../java';
import { log4j2Flag } from '../logging';
import { properties } from '../properties';
import type { ProcessPlan } from '../service';
import { kafkaJars } from './artifacts';
import { type BrokerPorts, PASSWORD, USER, clientListeners, securitySettings } from './listeners';
import { type KafkaOptions, commonSettings } from './settings';

/** Brokers of Kafka 4, each of which is a controller of the quorum too. */
export function kraftBrokers(folder: string, brokers: readonly BrokerPorts[], options: KafkaOptions): ProcessPlan[] {
  const voters = brokers.map(({ id, CONTROLLER }) => `${id}@127.0.0.1:${CONTROLLER}`).join(',');
  return brokers.map((broker) => {
    const file = settingsFile(folder, broker);
    const settings = {
      'process.roles': 'broker,controller',
      'node.id': String(broker.id),
      listeners: `${clientListeners(broker)},CONTROLLER://127.0.0.1:${broker.CONTROLLER}`,
      'advertised.listeners': clientListeners(broker),
      'controller.listener.names': 'CONTROLLER',
      'controller.quorum.voters': voters,
      'broker.session.timeout.ms': '6000',
      'log.dirs': join(folder, `data-${broker.id}`),
      'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
      ...commonSettings(brokers.length),
      'share.coordinator.state.topic.replication.factor': String(brokers.length),
      'share.coordinator.state.topic.min.isr': brokers.length === 3 ? '2' : '1',
      ...securitySettings(certificates(), options.expiredCertificate === true),
      ...options.settings,
    };
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, properties(settings));
    return serverJvm(`broker-${broker.id}`, {
      classPath: [kafkaJars()],
      main: 'kafka.Kafka',
      args: [file],
      flags: [log4j2Flag(folder)],
      folder,
      heap: '512m',
    });
  });
}

/** Formats the data folders of a new cluster, with its user. */
export async function formatKraft(folder: string, brokers: readonly BrokerPorts[]): Promise<void> {
  // One that begins with a dash would be taken for an option.
  const cluster = `P${randomBytes(16).toString('base64url').slice(1)}`;
  const users = ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((each) => [
    '--add-scram',
    `${each}=[name=${USER},password=${PASSWORD}]`,
  ]);
  const format = (broker: BrokerPorts): Promise<unknown> =>
    runTool({
      classPath: [kafkaJars()],
      main: 'kafka.tools.StorageTool',
      args: ['format', '--cluster-id', cluster, '--config', settingsFile(folder, broker), ...users],
      flags: [log4j2Flag(folder)],
      folder,
    });
  await Promise.all(brokers.map(format));
}

function settingsFile(folder: string, { id }: BrokerPorts): string {
  return join(folder, `broker-${id}.properties`);
}
