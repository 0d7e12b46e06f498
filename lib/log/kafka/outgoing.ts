import type { Message } from 'kafkajs';
import { RecordError, messageOf } from '../../core/errors';
import type { Datum, Headers, NewRecord } from '../log';
import { partitionOf } from '../partitioner';
import { typeOf } from './errors';
import { isRefusal } from './producer';
import { unstamped } from './stamps';

/** A record on its way to a partition. */
export interface Outgoing {
  readonly topic: string;
  readonly partition: number;
  /** About what it takes of a request. */
  readonly bytes: number;
  readonly message: Message & { readonly key: Buffer | null; readonly headers: Headers; readonly timestamp: string };
}

/** The most bytes of one request: what a broker takes by default (message.max.bytes, 1 MB), less what lies around it. */
const REQUEST_BYTES = 1_000_000;
/** What a record takes beside key, value and headers, in bytes, at most. */
const OVERHEAD = 36;
/** Kafka 4 refuses records from further ahead (message.timestamp.after.max.ms), in ms. */
const AHEAD = 3_600_000;

/** Records with their partitions, and what became of those that have none. */
export interface Placed {
  readonly rows: readonly Outgoing[];
  /** Of each row, which of the records it is. */
  readonly places: readonly number[];
  /** As long as the records: an error at the place of each that cannot be written. */
  readonly results: (RecordError | undefined)[];
}

/**
 * Finds the partition of each record: its own, that of its key, or `sticky` (KIP-480: without a key a batch goes to one
 * partition as a whole, the next batch to the next).
 * @param stamps headers to add to each record
 */
export function place(
  topic: string,
  records: readonly NewRecord[],
  { partitions, sticky, stamps }: { partitions: number; sticky: number; stamps?: readonly Headers[] | undefined },
): Placed {
  const results: (RecordError | undefined)[] = new Array<undefined>(records.length).fill(undefined);
  const rows: Outgoing[] = [];
  const places: number[] = [];
  records.forEach((record, index) => {
    const partition = record.partition ?? (record.key === null ? sticky : partitionOf(record.key, partitions));
    if (!Number.isInteger(partition) || partition < 0 || partition >= partitions) {
      results[index] = new RecordError(`Topic ${topic} has no partition ${partition}, only 0 to ${partitions - 1}.`, {
        setting: 'partition',
      });
      return;
    }
    rows.push(outgoing(topic, partition, record, stamps?.[index]));
    places.push(index);
  });
  return { rows, places, results };
}

function outgoing(topic: string, partition: number, record: NewRecord, stamp: Headers | undefined): Outgoing {
  const headers = { ...unstamped(record.headers), ...stamp };
  const message = {
    key: asBuffer(record.key),
    value: asBuffer(record.value),
    headers,
    timestamp: String(timeOf(record.timestamp, Date.now())),
  };
  return { topic, partition, bytes: bytesOf(message), message };
}

/** About how many bytes a record takes of a request. */
export function bytesOf({ key, value, headers }: Pick<Outgoing['message'], 'key' | 'value' | 'headers'>): number {
  let bytes = OVERHEAD + (key?.length ?? 0) + (value?.length ?? 0);
  for (const [name, text] of Object.entries(headers)) bytes += name.length + text.length + 4;
  return bytes;
}

/** A record's own time, unless a broker would refuse the record for it. */
function timeOf(own: number | undefined, now: number): number {
  return own === undefined || !Number.isInteger(own) || own < 0 || own > now + AHEAD ? now : own;
}

function asBuffer(datum: Datum): Buffer | null {
  if (datum === null) return null;
  return typeof datum === 'string' ? Buffer.from(datum) : Buffer.from(datum.buffer, datum.byteOffset, datum.length);
}

/**
 * Sends rows of one partition, in order, in as many requests as their size asks for. What the broker refuses is divided
 * until it is known which records it refuses.
 * @param send sends one request; throws what kafkajs throws
 * @param refused is told of each row that can never be written
 * @param most the most rows of a request
 * @throws what `send` has thrown, if it was not the refusal of records
 */
export async function sendAll<Row extends Outgoing>(
  rows: readonly Row[],
  send: (rows: readonly Row[]) => Promise<void>,
  refused: (row: Row, error: RecordError) => void,
  most = Infinity,
): Promise<void> {
  for (const request of requestsOf(rows, most)) await sendOrDivide(request, send, refused);
}

async function sendOrDivide<Row extends Outgoing>(
  rows: readonly Row[],
  send: (rows: readonly Row[]) => Promise<void>,
  refused: (row: Row, error: RecordError) => void,
): Promise<void> {
  try {
    await send(rows);
  } catch (thrown) {
    if (!isRefusal(thrown)) throw thrown;
    const [first] = rows;
    if (first === undefined) return;
    if (rows.length === 1) {
      refused(first, refusalOf(first, thrown));
      return;
    }
    const middle = Math.ceil(rows.length / 2);
    await sendOrDivide(rows.slice(0, middle), send, refused);
    await sendOrDivide(rows.slice(middle), send, refused);
  }
}

function* requestsOf<Row extends Outgoing>(rows: readonly Row[], most: number): Generator<Row[]> {
  let request: Row[] = [];
  let size = 0;
  for (const row of rows) {
    if ((size + row.bytes > REQUEST_BYTES && request.length > 0) || request.length >= most) {
      yield request;
      request = [];
      size = 0;
    }
    request.push(row);
    size += row.bytes;
  }
  if (request.length > 0) yield request;
}

/** Rows in groups that go to one partition each, in order. */
export function byPartition<Row extends Outgoing>(rows: readonly Row[]): Row[][] {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = `${row.topic} ${row.partition}`;
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [row]);
    else known.push(row);
  }
  return [...groups.values()];
}

function refusalOf({ topic, bytes }: Outgoing, thrown: unknown): RecordError {
  switch (typeOf(thrown) ?? '') {
    case 'MESSAGE_TOO_LARGE':
    case 'RECORD_LIST_TOO_LARGE':
      return new RecordError(`The record has ${bytes} bytes, more than topic ${topic} takes.`, {
        remedy: 'Make it smaller, compress it, or raise max.message.bytes of the topic.',
      });
    case 'INVALID_RECORD':
      return new RecordError(`Topic ${topic} does not take the record.`, {
        remedy: 'A compacted topic takes none without a key.',
      });
    default:
      return new RecordError(messageOf(thrown));
  }
}
