import { messageOf } from '../core/errors';
import type { GivenUp } from '../delivery/lane';
import type { Headers, LogRecord, NewRecord } from './log';

/**
 * A record as it goes to a dead-letter topic: key and value untouched, and headers that say where it came from and why,
 * named after Kafka Connect's (`DeadLetterQueueReporter`).
 */
export function deadLetter(
  record: LogRecord,
  from: { topic: string; partition: number },
  failure: GivenUp,
  now = Date.now(),
): NewRecord {
  const headers: Headers = {
    ...record.headers,
    'pulseflow.errors.topic': from.topic,
    'pulseflow.errors.partition': String(from.partition),
    'pulseflow.errors.offset': String(record.offset),
    'pulseflow.errors.node': failure.node,
    'pulseflow.errors.exception.message': messageOf(failure.error),
    'pulseflow.errors.attempts': String(failure.attempts),
    'pulseflow.errors.timestamp': new Date(now).toISOString(),
  };
  return { key: record.key, value: record.value, headers, timestamp: record.timestamp };
}
