import { PulseflowError, StoreError, messageOf } from '../../core/errors';

/** What a Kafka cluster did not do. What it was asked is not asked again by whoever catches this, unless it says so. */
export class KafkaError extends StoreError {
  /** Read by `lib/sinks/retry`: the client has tried again already. */
  readonly retriable = false;
}

/** How a cluster was addressed: what errors are told with. */
export interface Address {
  /** `host:port` of the settings. */
  readonly brokers: readonly string[];
  readonly encrypted: boolean;
  readonly mechanism: string;
  readonly user: string;
  /** `host:port` of the broker that was connected to last. */
  readonly reached?: string | undefined;
}

interface KafkajsError {
  readonly name?: string;
  readonly type?: string;
  readonly code?: unknown;
  readonly broker?: string;
  readonly host?: string;
  readonly port?: number;
  readonly topic?: string;
  readonly cause?: unknown;
}

/**
 * Tells a person what went wrong between here and a broker: which broker, what it was, what to do.
 * @param thrown what kafkajs threw, or an error of ours, which stays as it is
 * @param doing what was being done, such as `Topic tweets could not be read`
 */
export function explain(thrown: unknown, doing: string, address: Address): PulseflowError {
  if (thrown instanceof PulseflowError) return thrown;
  const chain = causesOf(thrown);
  const root = chain.at(-1) ?? {};
  const broker = chain.map(brokerOf).find((each) => each !== undefined);
  const { what, remedy } = reasonOf(chain, messageOf(root), broker, address);
  return new KafkaError(`${doing}: ${what}.`, { ...(remedy === undefined ? {} : { remedy }), cause: thrown });
}

/** The name that Kafka's protocol has for an error, such as `MESSAGE_TOO_LARGE`. */
export function typeOf(thrown: unknown): string | undefined {
  return causesOf(thrown)
    .map(({ type }) => type)
    .find((type) => typeof type === 'string');
}

/** A group's coordinator has only just begun with it, or another broker is it by now. */
const COORDINATOR_MOVES = new Set(['GROUP_LOAD_IN_PROGRESS', 'NOT_COORDINATOR_FOR_GROUP']);

/**
 * Whether a broker says that it does not coordinate a group yet, or any more, as in the seconds after a broker's start:
 * nothing that a person need hear of, if it passes.
 */
export function isCoordinatorMoving(thrown: unknown): boolean {
  return COORDINATOR_MOVES.has(typeOf(thrown) ?? '');
}

interface Reason {
  readonly what: string;
  readonly remedy?: string;
}

function reasonOf(chain: readonly KafkajsError[], text: string, broker: string | undefined, address: Address): Reason {
  const at = broker === undefined ? `the brokers ${address.brokers.join(', ')}` : `broker ${broker}`;
  const where = advertised(broker, address);
  const connection = connectionReason(`${codeOf(chain)} ${text}`, at, where, address);
  if (connection !== undefined) return connection;
  const names = chain.map(({ name }) => name);
  if (names.includes('KafkaJSSASLAuthenticationError')) return saslReason(text, address);
  const type = typeOf({ cause: chain[0] });
  const known = type === undefined ? undefined : PROTOCOL[type];
  if (known !== undefined) return known(address, topicOf(chain));
  if (names.includes('KafkaJSConnectionClosedError') || /closed connection|connection closed/iu.test(text)) {
    return {
      what: `${at} closed the connection${where}`,
      remedy: address.encrypted
        ? 'Make sure that the port is a listener of Kafka for SSL or SASL_SSL.'
        : 'Make sure that the port is a listener of Kafka; one with TLS needs the setting tls, one with users saslMechanism.',
    };
  }
  if (names.includes('KafkaJSNoBrokerAvailableError') || names.includes('KafkaJSBrokerNotFound')) {
    return { what: `none of ${at} is there just now`, remedy: 'Make sure that Kafka runs.' };
  }
  return { what: text.replace(/\.$/u, '') };
}

function connectionReason(text: string, at: string, where: string, address: Address): Reason | undefined {
  if (text.includes('ECONNREFUSED')) {
    return {
      what: `nothing listens at ${at}${where}`,
      remedy: 'Make sure that Kafka runs, and that host and port are those of its listener.',
    };
  }
  if (/ENOTFOUND|EAI_AGAIN/u.test(text)) {
    return {
      what: `the name of ${at} is unknown${where}`,
      remedy: 'Look at its spelling, and at the DNS of this machine.',
    };
  }
  if (/CERT_HAS_EXPIRED|certificate has expired/iu.test(text)) {
    return { what: `the certificate of ${at} has expired`, remedy: 'Renew it on the broker.' };
  }
  if (/ALTNAME|altnames/iu.test(text)) {
    return {
      what: `the certificate of ${at} is for another name: ${text.trim()}`,
      remedy: 'Name the broker as its certificate does, or give the name under Server Name in the TLS settings.',
    };
  }
  if (/SELF_SIGNED|self[- ]signed|UNABLE_TO|unable to (verify|get)/iu.test(text)) {
    return {
      what: `the certificate of ${at} was signed by nobody that is trusted here`,
      remedy: 'Give the certificate of its authority (CA) in the TLS settings.',
    };
  }
  if (/certificate (required|unknown)|bad certificate|handshake failure|ALERT_CERTIFICATE/iu.test(text)) {
    return {
      what: `${at} does not accept the certificate that it was shown, or wants to see one`,
      remedy: 'Give certificate and private key in the TLS settings.',
    };
  }
  if (
    /WRONG_VERSION_NUMBER|wrong version number|EPROTO|packet length too long|disconnected before secure/iu.test(text)
  ) {
    return {
      what: `${at} does not speak TLS${where}`,
      remedy: 'Leave the setting tls empty, or name a listener with TLS.',
    };
  }
  if (/ECONNRESET|EPIPE/u.test(text)) {
    return {
      what: `${at} has broken off the connection${where}`,
      remedy: address.encrypted
        ? 'Make sure that it runs.'
        : 'Make sure that it runs; a listener with TLS needs the setting tls.',
    };
  }
  if (/Connection timeout|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH/u.test(text)) {
    return { what: `${at} cannot be reached${where}`, remedy: 'Look for a firewall, or a wrong address.' };
  }
  if (/Request .* timed out/u.test(text)) {
    const name = /Request (\w+)/u.exec(text)?.[1] ?? 'a request';
    return name === 'ApiVersions' || name === 'SaslHandshake'
      ? {
          what: `what listens at ${at} does not answer as Kafka does${where}`,
          remedy: 'Make sure that host and port are those of a broker.',
        }
      : { what: `${at} has not answered ${name} in time` };
  }
  return undefined;
}

function saslReason(text: string, address: Address): Reason {
  const at = address.reached === undefined ? `a broker of ${address.brokers.join(', ')}` : `broker ${address.reached}`;
  const mechanism = address.mechanism.toUpperCase();
  if (/does not support|unsupported|UNSUPPORTED_SASL_MECHANISM|mechanism.*not/iu.test(text)) {
    return {
      what: `${at} does not take ${mechanism}: ${text}`,
      remedy: 'Choose one of its mechanisms under saslMechanism.',
    };
  }
  return {
    what: `${at} refused the user "${address.user}" (${mechanism})`,
    remedy: 'Mend user and password in the cluster node.',
  };
}

const PROTOCOL: Readonly<Record<string, (address: Address, topic: string) => Reason>> = {
  SASL_AUTHENTICATION_FAILED: (address) => saslReason('', address),
  UNSUPPORTED_SASL_MECHANISM: (address) => saslReason('unsupported', address),
  ILLEGAL_SASL_STATE: ({ reached }) => ({
    what: `broker ${reached ?? ''} takes no log-in on this port`,
    remedy: 'Choose none for saslMechanism, or name a listener for SASL.',
  }),
  UNSUPPORTED_VERSION: ({ reached }) => ({
    what: `what answers at ${reached ?? 'the brokers'} is older than Kafka 2.1, or no listener for clients`,
    remedy: 'Make sure that the port is not that of the controllers.',
  }),
  TOPIC_AUTHORIZATION_FAILED: ({ user }, topic) => ({
    what: `${personOf(user)} may not use the topic${topic}`,
    remedy: 'Give the right to it with kafka-acls.sh.',
  }),
  GROUP_AUTHORIZATION_FAILED: ({ user }) => ({
    what: `${personOf(user)} may not use the group`,
    remedy: 'Give the right to it with kafka-acls.sh.',
  }),
  CLUSTER_AUTHORIZATION_FAILED: ({ user }) => ({
    what: `${personOf(user)} may not do that in this cluster`,
    remedy: 'Give the right to it with kafka-acls.sh.',
  }),
  TRANSACTIONAL_ID_AUTHORIZATION_FAILED: ({ user }) => ({
    what: `${personOf(user)} may not write in transactions`,
    remedy:
      'Give it the rights Write and Describe to transactional ids that begin with pulseflow. (kafka-acls.sh with --resource-pattern-type prefixed), or switch transactions off in kafka out.',
  }),
  INCONSISTENT_GROUP_PROTOCOL: () => ({
    what: 'the group has members of another kind, which share out partitions in another way',
    remedy: 'Give this node a group of its own.',
  }),
  UNKNOWN_TOPIC_OR_PARTITION: (_address, topic) => ({
    what: `there is no topic${topic}`,
    remedy: 'Make it, or mend its name.',
  }),
  INVALID_TOPIC_EXCEPTION: (_address, topic) => ({
    what: `the name of the topic${topic} is not one that Kafka takes`,
    remedy: 'Use letters, digits, dots, dashes and underscores, 249 at most.',
  }),
  NOT_ENOUGH_REPLICAS: () => ({ what: 'fewer replicas are there than min.insync.replicas asks for' }),
};

function personOf(user: string): string {
  return user === '' ? 'a client without a user' : `the user "${user}"`;
}

/** kafkajs wraps errors in errors; the last one is what happened. */
function causesOf(thrown: unknown): KafkajsError[] {
  const chain: KafkajsError[] = [];
  for (let each = thrown; typeof each === 'object' && each !== null && chain.length < 10;) {
    chain.push(each);
    each = (each as KafkajsError).cause;
  }
  return chain;
}

function codeOf(chain: readonly KafkajsError[]): string {
  return chain
    .map(({ code }) => code)
    .filter((code) => typeof code === 'string')
    .join(' ');
}

function brokerOf({ broker, host, port }: KafkajsError): string | undefined {
  if (typeof broker === 'string' && broker !== '') return broker;
  return host === undefined ? undefined : `${host}:${port ?? ''}`;
}

function topicOf(chain: readonly KafkajsError[]): string {
  const topic = chain.map((each) => each.topic).find((each) => each !== undefined);
  return topic === undefined ? '' : ` ${topic}`;
}

/** A broker that is not in the settings was named by another one. */
function advertised(broker: string | undefined, { brokers }: Address): string {
  if (broker === undefined || brokers.includes(broker)) return '';
  return `, which is the address that the cluster gives out for it (advertised.listeners)`;
}
