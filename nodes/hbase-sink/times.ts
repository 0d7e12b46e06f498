import { isFields } from '../../lib/core/records';
import type { Message } from '../common/red';

/**
 * The times that *kafka in* gives with records, which a redelivery brings again: `msg.kafka.timestamp` of one record,
 * `msg.timestamp` of a batch, in milliseconds since 1970. Empty where a message has none that fit its records.
 */
export function timesOf({ kafka, timestamp }: Message, records: number): readonly (number | undefined)[] {
  if (!isFields(kafka)) return [];
  const times = Array.isArray(timestamp) ? (timestamp as readonly unknown[]) : [kafka.timestamp];
  return times.length === records ? times.map((time) => (isTime(time) ? time : undefined)) : [];
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
