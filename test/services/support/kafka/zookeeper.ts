import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { certificates } from '../certificates';
import { runTool, serverJvm } from '../java';
import { log4j1Flag, log4j2Flag } from '../logging';
import { properties } from '../properties';
import type { ProcessPlan } from '../service';
import { kafkaJars, kafkaOfZooKeeperJars } from './artifacts';
import { type BrokerPorts, PASSWORD, USER, bootstrapOf, clientListeners, securitySettings } from './listeners';
import { type KafkaOptions, commonSettings } from './settings';

/** A ZooKeeper and brokers of Kafka 3.9 that keep their metadata in it. */
export function zooKeeperBrokers(
  folder: string,
  zooKeeperPort: number,
  brokers: readonly BrokerPorts[],
  options: KafkaOptions,
): ProcessPlan[] {
  mkdirSync(folder, { recursive: true });
  const jvm = { classPath: [kafkaOfZooKeeperJars()], flags: [log4j1Flag(folder)], folder };
  const zooKeeper = join(folder, 'zookeeper.properties');
  writeFileSync(
    zooKeeper,
    properties({
      dataDir: join(folder, 'zookeeper-data'),
      clientPort: String(zooKeeperPort),
      clientPortAddress: '127.0.0.1',
      maxClientCnxns: '0',
      'admin.enableServer': 'false',
    }),
  );
  const main = 'org.apache.zookeeper.server.ZooKeeperServerMain';
  const processes = [serverJvm('zookeeper', { ...jvm, main, args: [zooKeeper], heap: '256m' })];
  for (const broker of brokers) {
    const file = join(folder, `broker-${broker.id}.properties`);
    const settings = {
      'broker.id': String(broker.id),
      listeners: clientListeners(broker),
      'zookeeper.connect': `127.0.0.1:${zooKeeperPort}`,
      'zookeeper.session.timeout.ms': '6000',
      'log.dirs': join(folder, `data-${broker.id}`),
      'authorizer.class.name': 'kafka.security.authorizer.AclAuthorizer',
      ...commonSettings(brokers.length),
      ...securitySettings(certificates(), options.expiredCertificate === true),
      ...options.settings,
    };
    writeFileSync(file, properties(settings));
    processes.push(serverJvm(`broker-${broker.id}`, { ...jvm, main: 'kafka.Kafka', args: [file], heap: '512m' }));
  }
  return processes;
}

/** Creates the user for SCRAM; KRaft has it from its format. */
export async function createScramUser(folder: string, brokers: readonly BrokerPorts[]): Promise<void> {
  const secrets = ['SCRAM-SHA-256', 'SCRAM-SHA-512'].map((each) => `${each}=[password=${PASSWORD}]`).join(',');
  const servers = ['--bootstrap-server', bootstrapOf(brokers, 'PLAINTEXT').join(',')];
  await runTool({
    classPath: [kafkaJars()],
    main: 'kafka.admin.ConfigCommand',
    args: [...servers, '--alter', '--add-config', secrets, '--entity-type', 'users', '--entity-name', USER],
    flags: [log4j2Flag(folder)],
    folder,
  });
}
