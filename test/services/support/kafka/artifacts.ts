import { fetchJars, jarsFolder } from '../maven';

/** The last release whose command line tools are on Maven Central as well. */
const KAFKA = '4.3.1';
/** The last line that runs with ZooKeeper. */
const KAFKA_OF_ZOOKEEPER = '3.9.1';

const NAME = `kafka-${KAFKA}`;
const NAME_OF_ZOOKEEPER = `kafka-${KAFKA_OF_ZOOKEEPER}`;

/** Brings Kafka 4 onto this machine, broker and command line tools. */
export function fetchKafka(): void {
  fetchJars(NAME, [
    `org.apache.kafka:kafka_2.13:${KAFKA}`,
    `org.apache.kafka:kafka-tools:${KAFKA}`,
    'org.apache.logging.log4j:log4j-core:2.25.4',
    'org.apache.logging.log4j:log4j-slf4j-impl:2.25.4',
  ]);
}

/** Brings Kafka 3.9 with its ZooKeeper onto this machine. */
export function fetchKafkaOfZooKeeper(): void {
  fetchJars(NAME_OF_ZOOKEEPER, [
    `org.apache.kafka:kafka_2.13:${KAFKA_OF_ZOOKEEPER}`,
    'org.slf4j:slf4j-reload4j:1.7.36',
  ]);
}

/** Class path of Kafka 4. */
export const kafkaJars = (): string => `${jarsFolder(NAME)}/*`;

/** Class path of Kafka 3.9 and its ZooKeeper. */
export const kafkaOfZooKeeperJars = (): string => `${jarsFolder(NAME_OF_ZOOKEEPER)}/*`;
