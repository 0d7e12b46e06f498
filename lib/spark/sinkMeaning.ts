import type { SinkSettings, SourceSettings } from './nodeSettings';
import type { Objection } from './obstacles';
import type { KafkaStep } from './plan';

/**
 * What a kafka-out means on Spark.
 * @param object takes what it cannot mean there
 */
export function sinkMeaning(
  settings: SinkSettings,
  object: (objection: Objection) => void,
): Omit<KafkaStep, 'id' | 'name' | 'from' | 'kind'> {
  const { cluster: connection, topic, key, compression, acks, linger } = settings;
  if (settings.encode === 'buffer') {
    object({
      setting: 'encode',
      reason: 'It writes buffers, and what Spark hands on is text.',
      remedy: 'Encode records as JSON or as text.',
    });
  }
  if (settings.transactions) {
    object({
      setting: 'transactions',
      reason: 'It writes in transactions, and Spark writes to Kafka without any.',
      remedy: 'Turn transactions off: records that Spark writes again are stamped, and kafka-in drops them.',
    });
  }
  const encode = settings.encode === 'text' ? 'text' : 'json';
  return { connection, topic, key, encode, compression, acks, linger };
}

/** Writes what a source cannot decode to its dead-letter topic. */
export function lettersOf(source: string, { cluster: connection, deadLetterTopic: topic }: SourceSettings): KafkaStep {
  return {
    ...{ id: `${source}:dead-letters`, name: `dead letters to "${topic}"`, kind: 'kafka' },
    from: [{ step: source, output: 2 }],
    ...{ connection, topic, key: '', encode: 'json', compression: 'none', acks: 'all', linger: 5, letters: true },
  };
}
