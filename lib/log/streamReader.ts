import { SettingError } from '../core/errors';
import { type Rejection, reject } from '../core/records';
import { type Carrier, type Lane, type Outputs, messagesOf } from '../delivery/lane';
import { type Ledger, TOKEN, type Unfinished, untie } from '../delivery/ledger';
import { reportOf } from '../delivery/report';
import { type Patience, subside } from '../delivery/subside';
import { beginningOf } from './beginning';
import { type Encoding, decode, readable } from './codec';
import { deadLetter } from './deadLetter';
import { Given } from './given';
import type { Assignment, Consumer, ConsumerState, LogBatch, LogRecord, PartitionReport, TopicLog } from './log';

export interface ReaderSettings {
  /** A topic, or several separated by commas. */
  readonly topic: string;
  readonly group: string;
  readonly from: 'earliest' | 'latest' | 'time';
  /** With `time`: a date, or how long ago. */
  readonly fromTime?: string;
  /** One message for many records. */
  readonly batch: boolean;
  readonly maxBatch: number;
  readonly decode: Encoding;
  /** When a record counts as done: once the flow has finished with it, at once, or when the flow calls `msg.ack()`. */
  readonly commit: 'flow' | 'receipt' | 'manual';
  readonly maxInFlight: number;
  readonly retries: number;
  /** Where records go that the flow failed on; empty for nowhere. */
  readonly deadLetterTopic: string;
}

/** How a reader reaches the flow and the person who looks at it. */
export interface ReaderHost {
  readonly node: string;
  rejectedIsWired(): boolean;
  send(outputs: Outputs): void;
  progress(state: ReaderProgress): void;
  /** How many records so far could not be decoded and were taken up by no wire, and why the latest could not. */
  rejected(count: number, reason: string): void;
  error(error: Error): void;
  /** What a person should know of without anything having gone wrong here. */
  notice?(words: string): void;
}

/** What a person who looks at a reader sees. */
export interface ReaderProgress {
  readonly read: number;
  readonly inFlight: number;
  readonly partitions: number;
  /** Left out where a log has no servers, and nothing can be between it and them. */
  readonly state?: ConsumerState;
  /** Records behind those committed, over all partitions; left out likewise. */
  readonly lag?: number;
}

/** What a person who asks is told of a reader. */
export interface ReaderReport {
  readonly read: number;
  readonly inFlight: number;
  /** How it stands with the servers of the log, where there are some. */
  readonly state?: ConsumerState;
  readonly partitions: readonly (Partial<PartitionReport> & {
    readonly topic: string;
    readonly partition: number;
    readonly inFlight: number;
    readonly atEnd: boolean;
  })[];
  /** The oldest first. */
  readonly unfinished: readonly UnfinishedRecords[];
  /** How many messages are unfinished beyond those listed. */
  readonly more: number;
}

/** A message of a partition that the flow has not finished with. */
export interface UnfinishedRecords extends Unfinished {
  readonly topic: string;
  readonly partition: number;
  /** Of its first record. */
  readonly offset: number;
  /** Of its last record: the same, unless the message is a batch. */
  readonly lastOffset: number;
}

interface Reading {
  readonly assignment: Assignment;
  readonly lane: Lane<number>;
  readonly given: Given;
  /** What waits for `msg.ack()`, with the offset of its last record. */
  readonly acks: Map<Carrier, number>;
}

/** Brings the records of topics into a flow: a lane of the ledger for each partition. */
export class StreamReader {
  readonly #readings = new Map<string, Reading>();
  readonly #consumer: Consumer;
  #read = 0;
  #rejected = 0;
  #warned = 0;
  #closing = false;

  constructor(
    private readonly log: TopicLog,
    private readonly ledger: Ledger,
    private readonly settings: ReaderSettings,
    private readonly host: ReaderHost,
  ) {
    const { group, maxBatch, batch } = settings;
    const topics = topicsOf(settings.topic);
    const from = beginningOf(settings.from, settings.fromTime ?? '', Date.now());
    this.#consumer = log.consume(
      { topics, group, from, maxBatch, batch },
      {
        assigned: (assignment) => this.#assigned(assignment),
        revoked: (assignment) => this.#revoked(assignment),
        room: (assignment) => this.#room(assignment),
        batch: (assignment, batch) => this.#take(assignment, batch),
        atEnd: (assignment, atEnd) => this.#readings.get(assignment.name)?.lane.reachedEnd(atEnd),
        commit: () => void ledger.commit(),
        changed: () => this.#show(),
        error: (error) => host.error(error),
        notice: (words) => host.notice?.(words),
      },
    );
    this.#show();
  }

  /** What is read, and what of it the flow has not finished with. */
  report(): ReaderReport {
    const servers = this.#consumer.report?.();
    const partitions = [...this.#readings.values()].map(({ assignment: { topic, partition }, lane }) => {
      const { inFlight, atEnd } = lane;
      const beyond = servers?.partitions.find((each) => each.topic === topic && each.partition === partition);
      return { ...beyond, topic, partition, inFlight, atEnd };
    });
    const { unfinished, more } = reportOf(this.ledger, this.host.node);
    return {
      read: this.#read,
      inFlight: this.#inFlight,
      ...(servers === undefined ? {} : { state: servers.state }),
      partitions,
      unfinished: unfinished.flatMap(this.#placed),
      more,
    };
  }

  readonly #placed = (each: Unfinished): UnfinishedRecords[] => {
    const reading = this.#readings.get(each.lane);
    const offsets = reading?.given.offsetsOf(each.sequence);
    if (reading === undefined || offsets === undefined) return [];
    const { topic, partition } = reading.assignment;
    return [{ ...each, topic, partition, ...offsets }];
  };

  /** Gives out nothing more, waits while what is in flight is being finished, and leaves the rest to the next reader. */
  async close(patience?: Patience): Promise<void> {
    this.#closing = true;
    await subside(() => this.#inFlight, patience);
    // Only now: once it has left its group, others begin at the positions committed so far.
    await this.#consumer.close();
    for (const { assignment } of [...this.#readings.values()]) this.#revoked(assignment);
  }

  /**
   * Does what `msg.ack()` does, for all messages of a partition up to an offset.
   * @param place what such a message has as `msg.kafka`
   * @returns how many messages that were
   */
  acknowledge(place: { topic?: unknown; partition?: unknown; offset?: unknown; lastOffset?: unknown }): number {
    const upTo = Number(place.lastOffset ?? place.offset);
    const reading = [...this.#readings.values()].find(
      ({ assignment: { topic, partition } }) => topic === place.topic && partition === place.partition,
    );
    const acks = [...(reading?.acks ?? [])].filter(([, offset]) => offset <= upTo);
    for (const [waiting] of acks) this.#acknowledged(reading, waiting);
    return acks.length;
  }

  #assigned(assignment: Assignment): void {
    const { settings, host } = this;
    const given = new Given(settings.batch);
    const lane = this.ledger.lane<number>({
      name: assignment.name,
      epoch: assignment.epoch,
      origin: host.node,
      maxInFlight: settings.maxInFlight,
      retries: settings.retries,
      send: (outputs) => host.send(this.#prepared(outputs)),
      save: (next) => assignment.save(next),
      committed: (next) => {
        given.committed(next);
        assignment.committed?.(next);
        this.#show();
      },
      mayCommit: () => assignment.mayCommit?.() ?? true,
      rangeOf: (sequence) => given.offsetsOf(sequence),
      giveUp: (outputs, failure, contributor) => {
        if (settings.deadLetterTopic === '') return undefined;
        const records = messagesOf(outputs).flatMap(rawOf);
        const letters = records.map((record) => deadLetter(record, assignment, failure));
        return this.log.append(settings.deadLetterTopic, letters, contributor);
      },
    });
    this.#readings.set(assignment.name, { assignment, lane, given, acks: new Map() });
    this.#show();
  }

  #revoked(assignment: Assignment): void {
    this.#readings.get(assignment.name)?.lane.close();
    this.#readings.delete(assignment.name);
  }

  #room(assignment: Assignment): Promise<number> {
    const lane = this.#closing ? undefined : this.#readings.get(assignment.name)?.lane;
    return lane?.room() ?? Promise.resolve(0);
  }

  #take(assignment: Assignment, batch: LogBatch): void {
    const reading = this.#readings.get(assignment.name);
    const { records } = batch;
    const last = records.at(-1);
    const next = batch.next ?? (last === undefined ? undefined : last.offset + 1);
    if (reading === undefined || next === undefined || this.#closing) return;
    const { lane, given } = reading;
    this.#read += records.length;
    given.add(records, next);
    if (last === undefined) {
      lane.dispatch(0, next, () => []);
    } else if (this.settings.batch) {
      lane.dispatch(records.length, next, () => this.#outputs(batch, records));
    } else {
      for (const record of records) {
        lane.dispatch(1, record === last ? next : record.offset + 1, () => this.#outputs(batch, [record]));
      }
    }
    this.#show();
  }

  get #inFlight(): number {
    let inFlight = 0;
    for (const { lane } of this.#readings.values()) inFlight += lane.inFlight;
    return inFlight;
  }

  #show(): void {
    // A consumer may tell of itself before it is known here.
    const servers = (this.#consumer as Consumer | undefined)?.report?.();
    const lag = servers?.partitions.reduce((sum, each) => sum + each.lag, 0);
    this.host.progress({
      read: this.#read,
      inFlight: this.#inFlight,
      partitions: this.#readings.size,
      ...(servers === undefined ? {} : { state: servers.state }),
      ...(lag === undefined ? {} : { lag }),
    });
  }

  #outputs(batch: LogBatch, records: readonly LogRecord[]): Outputs {
    const { settings } = this;
    const payloads: unknown[] = [];
    const decoded: LogRecord[] = [];
    const rejections: Rejection[] = [];
    const refused: LogRecord[] = [];
    for (const record of records) {
      try {
        payloads.push(decode(record.value, settings.decode));
        decoded.push(record);
      } catch (thrown) {
        rejections.push(reject(this.#described(batch, record), thrown));
        refused.push(record);
      }
    }
    const good = decoded.length === 0 ? null : this.#message(batch, decoded, payloads);
    return [good, rejections.length === 0 ? null : this.#refusal(batch, rejections, refused)];
  }

  #message({ topic, partition }: LogBatch, records: readonly LogRecord[], payloads: unknown[]): Carrier {
    const first = records[0];
    const last = records.at(-1);
    if (first === undefined || last === undefined) return {};
    const raw = { [RAW]: records };
    if (!this.settings.batch) {
      const { key, headers, timestamp, offset } = first;
      return {
        ...raw,
        topic,
        key: readable(key),
        headers,
        payload: payloads[0],
        kafka: { topic, partition, offset, timestamp },
      };
    }
    return {
      ...raw,
      topic,
      key: records.map(({ key }) => readable(key)),
      headers: records.map(({ headers }) => headers),
      timestamp: records.map(({ timestamp }) => timestamp),
      payload: payloads,
      kafka: { topic, partition, firstOffset: first.offset, lastOffset: last.offset },
    };
  }

  #refusal({ topic, partition }: LogBatch, rejections: Rejection[], records: LogRecord[]): Carrier {
    const payload = this.settings.batch ? rejections : rejections[0];
    return { [RAW]: records, topic, payload, kafka: { topic, partition } };
  }

  #described({ topic, partition }: LogBatch, { offset, key, value, headers, timestamp }: LogRecord): unknown {
    return { topic, partition, offset, key: readable(key), value: readable(value), headers, timestamp };
  }

  // The raw records stay out of what the flow sees and clones; they are only wanted when a message is given up.
  #prepared([good = null, refusal = null]: Outputs): Outputs {
    const wired = this.host.rejectedIsWired();
    if (!wired) for (const each of messagesOf([refusal])) this.#keep(each);
    const sent = wired ? [good, refusal] : [good, null];
    for (const message of messagesOf(sent)) {
      Reflect.deleteProperty(message, RAW);
      if (this.settings.commit === 'receipt') untie(message);
      if (this.settings.commit === 'manual') this.#waitForAck(message);
    }
    return sent;
  }

  /** Records that could not be decoded and that no wire takes up: dead letters, where there is a topic for them. */
  #keep(refusal: Carrier): void {
    const rejections = [refusal.payload].flat() as Rejection[];
    const { deadLetterTopic } = this.settings;
    if (deadLetterTopic !== '') {
      const from = refusal.kafka as { topic: string; partition: number };
      const letters = rawOf(refusal).map((record, index) => {
        const error = rejections[index]?.error.message;
        return deadLetter(record, from, { lane: '', node: this.host.node, error, attempts: 1 });
      });
      const kept = this.log.append(deadLetterTopic, letters, this.ledger.contributor(refusal));
      if (kept !== undefined) this.#waitFor(kept, refusal);
    }
    // The first few are told, then each doubling, so that a stream of bad records cannot flood the log.
    this.#rejected += rejections.length;
    if (this.#warned > 0 && this.#rejected < this.#warned * 2) return;
    this.#warned = this.#rejected;
    this.host.rejected(this.#rejected, rejections[0]?.error.message ?? '');
  }

  /** The message is not finished before something else is; it fails with it. */
  #waitFor(work: Promise<void>, message: Carrier): void {
    const waiting: Carrier = { [TOKEN]: message[TOKEN] };
    const name = `${this.host.node} (dead letters)`;
    this.ledger.delivered(name, waiting);
    work.then(
      () => this.ledger.completed(name, waiting),
      (thrown: unknown) => this.ledger.completed(name, waiting, thrown),
    );
  }

  #waitForAck(message: Carrier): void {
    const waiting: Carrier = { [TOKEN]: message[TOKEN] };
    const { topic, partition, offset, lastOffset } = message.kafka as Place;
    const reading = [...this.#readings.values()].find(
      ({ assignment }) => assignment.topic === topic && assignment.partition === partition,
    );
    this.ledger.delivered(this.#waitingForAck, waiting);
    reading?.acks.set(waiting, lastOffset ?? offset ?? Infinity);
    message.ack = (error?: unknown) => this.#acknowledged(reading, waiting, error);
  }

  #acknowledged(reading: Reading | undefined, waiting: Carrier, error?: unknown): void {
    reading?.acks.delete(waiting);
    this.ledger.completed(this.#waitingForAck, waiting, error);
  }

  get #waitingForAck(): string {
    return `${this.host.node} (msg.ack)`;
  }
}

interface Place {
  readonly topic: string;
  readonly partition: number;
  readonly offset?: number;
  readonly lastOffset?: number;
}

const RAW = '_raw';

function rawOf(message: Carrier): LogRecord[] {
  return (message[RAW] as LogRecord[] | undefined) ?? [];
}

/** The topics and patterns of a setting. @throws {SettingError} if there are none */
export function topicsOf(list: string): string[] {
  // A pattern between slashes may have commas of its own.
  const topics = (list.match(/\s*\/(?:\\.|[^/\\])+\/\s*(?=,|$)|[^,]+/gu) ?? []).map((topic) => topic.trim());
  const named = topics.filter((topic) => topic !== '');
  if (named.length === 0) {
    throw new SettingError(`There is no topic in "${list}".`, {
      setting: 'topic',
      remedy: 'Name one, or several separated by commas.',
    });
  }
  return [...new Set(named)];
}
