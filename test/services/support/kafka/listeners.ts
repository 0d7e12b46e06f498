import type { Certificates } from '../certificates';
import { freePorts } from '../ports';

/** The user that every SASL listener knows, with PLAIN, SCRAM-SHA-256 and SCRAM-SHA-512. */
export const USER = 'pulseflow';
export const PASSWORD = 'pulseflow-secret';

/** One broker (ids begin at 1) and the ports of its listeners. */
export interface BrokerPorts {
  readonly id: number;
  readonly PLAINTEXT: number;
  readonly SSL: number;
  readonly SASL_PLAINTEXT: number;
  readonly SASL_SSL: number;
  /** KRaft's own. */
  readonly CONTROLLER: number;
}

/** A listener that clients may use, named as Kafka names its protocol. */
export type Listener = 'PLAINTEXT' | 'SSL' | 'SASL_PLAINTEXT' | 'SASL_SSL';

const LISTENERS: readonly Listener[] = ['PLAINTEXT', 'SSL', 'SASL_PLAINTEXT', 'SASL_SSL'];
const DISTANCE = 100;

/** Chooses ports: those of the first broker from `from` on, the next broker's 100 later. */
export async function chooseBrokerPorts(brokers: number, from: number): Promise<BrokerPorts[]> {
  const chosen: BrokerPorts[] = [];
  for (let index = 0; index < brokers; index++) {
    const [plain = 0, controller = 0, ssl = 0, sasl = 0, saslSsl = 0] = await freePorts(5, from + index * DISTANCE);
    chosen.push({
      id: index + 1,
      PLAINTEXT: plain,
      SSL: ssl,
      SASL_PLAINTEXT: sasl,
      SASL_SSL: saslSsl,
      CONTROLLER: controller,
    });
  }
  return chosen;
}

/** `host:port` of each broker. */
export function bootstrapOf(brokers: readonly BrokerPorts[], listener: Listener): string[] {
  return brokers.map((broker) => `127.0.0.1:${broker[listener]}`);
}

/** `listeners` of Kafka's configuration: those for clients. */
export function clientListeners(broker: BrokerPorts): string {
  return LISTENERS.map((listener) => `${listener}://127.0.0.1:${broker[listener]}`).join(',');
}

/** Encryption and users of all listeners, as Kafka's configuration says it. */
export function securitySettings(certificates: Certificates, expired: boolean): Record<string, string> {
  const settings: Record<string, string> = {
    'listener.security.protocol.map': [...LISTENERS.map((each) => `${each}:${each}`), 'CONTROLLER:PLAINTEXT'].join(','),
    'inter.broker.listener.name': 'PLAINTEXT',
    'ssl.keystore.type': 'PKCS12',
    'ssl.keystore.location': expired ? certificates.expired : certificates.valid,
    'ssl.keystore.password': certificates.password,
    'ssl.truststore.type': 'PEM',
    'ssl.truststore.location': certificates.caFile,
    'ssl.client.auth': 'requested',
    'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
    'allow.everyone.if.no.acl.found': 'true',
    'super.users': 'User:ANONYMOUS',
  };
  const modules = {
    plain: `org.apache.kafka.common.security.plain.PlainLoginModule required user_${USER}="${PASSWORD}";`,
    'scram-sha-256': 'org.apache.kafka.common.security.scram.ScramLoginModule required;',
    'scram-sha-512': 'org.apache.kafka.common.security.scram.ScramLoginModule required;',
  };
  for (const listener of ['sasl_plaintext', 'sasl_ssl'])
    for (const [mechanism, module] of Object.entries(modules))
      settings[`listener.name.${listener}.${mechanism}.sasl.jaas.config`] = module;
  return settings;
}
