import type { Service } from '../service';
import { USUAL_PORT, configureKafka, fetchFor } from './configure';
import type { KafkaOptions } from './settings';

function kafka(name: string, about: string, options: KafkaOptions): Service {
  return {
    name,
    about,
    needs: ['java', 'maven'],
    fetch: () => fetchFor(options),
    configure: (folder) => configureKafka(folder, options, USUAL_PORT),
  };
}

/** Apache Kafka in the ways people have it. */
export const KAFKA_SERVICES: readonly Service[] = [
  kafka('kafka', 'Apache Kafka 4, one broker', { brokers: 1 }),
  kafka('kafka:3', 'Apache Kafka 4, three brokers; replication 3, two in sync', { brokers: 3 }),
  kafka('kafka:zookeeper', 'Apache Kafka 3.9 with ZooKeeper, one broker', { brokers: 1, zookeeper: true }),
];
