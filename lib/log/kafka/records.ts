import type { Batch, IHeaders } from 'kafkajs';
import type { Headers, LogRecord } from '../log';

const NONE: Headers = {};

/** The records of a batch as kafkajs has it. */
export function recordsOf({ messages }: Pick<Batch, 'messages'>): LogRecord[] {
  return messages.map(({ offset, key, value, headers, timestamp }) => ({
    offset: Number(offset),
    key,
    value,
    headers: headersOf(headers),
    timestamp: Number(timestamp),
  }));
}

/** Of a header that occurs several times the last value, as Kafka's `lastHeader` has it. */
function headersOf(all: IHeaders | undefined): Headers {
  if (all === undefined) return NONE;
  const names = Object.keys(all);
  if (names.length === 0) return NONE;
  return Object.fromEntries(
    names.map((name) => {
      const value = all[name];
      const last = Array.isArray(value) ? value.at(-1) : value;
      return [name, last === undefined ? '' : last.toString()];
    }),
  );
}
