import { beginningOf } from '../log/beginning';
import { isPattern, subscribe } from '../log/kafka/subscription';
import { topicsOf } from '../log/streamReader';
import type { SourceSettings } from './nodeSettings';
import type { Objection } from './obstacles';
import type { SourceStep } from './plan';

/**
 * What a kafka-in means on Spark.
 * @param now ms since the epoch
 * @param object takes what it cannot mean there
 * @throws {SettingError} if a setting cannot be used at all
 */
export function sourceMeaning(
  settings: SourceSettings,
  now: number,
  object: (objection: Objection) => void,
): Omit<SourceStep, 'id' | 'name'> {
  const { cluster: connection, topic, group, from, fromTime, batch, commit } = settings;
  if (settings.decode === 'buffer') {
    object({
      setting: 'decode',
      reason: 'It gives records as buffers, and what Spark hands on is text.',
      remedy: 'Decode them as JSON or as text.',
    });
  }
  if (commit === 'manual') {
    object({
      setting: 'commit',
      reason: 'It waits for msg.ack(), which nobody calls on Spark: there a checkpoint says what is done.',
      remedy: 'Set commit to flow.',
    });
  }
  const decode = settings.decode === 'text' ? 'text' : 'json';
  const topics = topicsOf(topic);
  // A pattern that is none is objected to here already.
  subscribe(topics);
  return { connection, topics: subscription(topics), group, from: beginningOf(from, fromTime, now), decode, batch };
}

/** Kafka's own client takes names or one pattern, which the whole name has to fit. */
function subscription(topics: readonly string[]): SourceStep['topics'] {
  if (!topics.some(isPattern)) return topics;
  const patterns = topics.map((topic) =>
    isPattern(topic) ? `.*(?:${topic.slice(1, -1)}).*` : topic.replaceAll('.', '\\.'),
  );
  return { pattern: patterns.join('|') };
}
