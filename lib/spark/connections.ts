import { brokersOf, type Mechanism } from '../log/kafka/client';
import type { FlowNode } from './flow';
import type { ClusterSettings } from './nodeSettings';
import type { Objection } from './obstacles';
import type { KafkaConnection, TlsFiles } from './plan';

const MECHANISMS: Readonly<Record<Exclude<Mechanism, 'none'>, NonNullable<KafkaConnection['mechanism']>>> = {
  plain: 'PLAIN',
  'scram-sha-256': 'SCRAM-SHA-256',
  'scram-sha-512': 'SCRAM-SHA-512',
};

/**
 * How Spark reaches the cluster that a kafka-cluster node stands for.
 * @param tlsConfig the node that its setting leads to, if there is one
 * @param object takes what Spark cannot do
 * @throws {SettingError} if the brokers cannot be read
 */
export function connectionOf(
  settings: ClusterSettings,
  tlsConfig: FlowNode | undefined,
  object: (objection: Objection) => void,
): KafkaConnection | undefined {
  const { mode, clientId, createTopics, partitions, saslMechanism } = settings;
  if (mode === 'embedded') {
    object({
      setting: 'mode',
      reason: 'Its topics lie in Node-RED’s own store, which Spark cannot read.',
      remedy: 'Set its mode to Apache Kafka and name the brokers.',
    });
    return undefined;
  }
  const brokers = brokersOf(settings.brokers).join(',');
  const secured = settings.tls !== '';
  if (secured && tlsConfig === undefined) {
    object({ setting: 'tls', reason: 'The tls-config that it names is not there.', remedy: 'Choose another one.' });
  }
  const login = saslMechanism === 'none' ? undefined : MECHANISMS[saslMechanism];
  const security = login === undefined ? (secured ? 'SSL' : 'PLAINTEXT') : secured ? 'SASL_SSL' : 'SASL_PLAINTEXT';
  return {
    ...{ brokers, clientId, createTopics, partitions, security },
    ...(login === undefined ? {} : { mechanism: login }),
    ...(tlsConfig === undefined ? {} : { tls: tlsFiles(tlsConfig, object) }),
  };
}

function tlsFiles(node: FlowNode, object: (objection: Objection) => void): TlsFiles {
  const { id, certType = 'files', verifyservercert } = node;
  if (certType === 'pfx') {
    object({
      setting: 'tls',
      reason: 'The tls-config has its certificate as PFX, and Spark is given PEM files.',
      remedy: 'Give certificate and key as PEM files.',
    });
  }
  if (verifyservercert === false) {
    object({
      setting: 'tls',
      reason: 'The tls-config does not verify the server’s certificate; Kafka’s client in Spark always does.',
      remedy: 'Name the CA certificate, and verify.',
    });
  }
  const [ca, cert, key] = certType === 'files' ? [pathOf(node.ca), pathOf(node.cert), pathOf(node.key)] : [];
  return {
    id,
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
}

function pathOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}
