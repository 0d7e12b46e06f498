/** A cluster to be: what is said of it when it is asked for. */
export interface KafkaOptions {
  readonly brokers: 1 | 3;
  /** Kafka 3.9 with ZooKeeper, in place of Kafka 4. */
  readonly zookeeper?: boolean;
  /** The TLS listeners show a certificate that is a while past its end. */
  readonly expiredCertificate?: boolean;
  /** Settings of every broker, over those given here. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** What brokers of all kinds are told: to be durable as far as their number allows, and not to keep anyone waiting. */
export function commonSettings(brokers: number): Record<string, string> {
  const replicas = String(Math.min(3, brokers));
  const inSync = brokers >= 3 ? '2' : '1';
  return {
    'default.replication.factor': replicas,
    'min.insync.replicas': inSync,
    'offsets.topic.replication.factor': replicas,
    'offsets.topic.num.partitions': '5',
    'transaction.state.log.replication.factor': replicas,
    'transaction.state.log.min.isr': inSync,
    'transaction.state.log.num.partitions': '5',
    'group.initial.rebalance.delay.ms': '0',
    'group.min.session.timeout.ms': '1000',
    'controlled.shutdown.enable': 'false',
    'num.network.threads': '2',
    'num.io.threads': '4',
    'log.cleaner.dedupe.buffer.size': '16777216',
  };
}
