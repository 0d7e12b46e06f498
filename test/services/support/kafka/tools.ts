import { compiledJar } from '../compiled';
import { runTool } from '../java';
import { log4j2Flag } from '../logging';
import { kafkaJars } from './artifacts';

/** A record as Kafka's own consumer reads it. */
export interface KafkaRecord {
  readonly partition: number;
  readonly offset: number;
  /** Milliseconds of the epoch. */
  readonly timestamp: number;
  readonly key: string | null;
  /** `null` is a tombstone. */
  readonly value: string | null;
  readonly headers: Readonly<Record<string, string>>;
  /** The value's bytes. */
  readonly bytes: Buffer | null;
}

/** A record to be produced by Kafka's console producer. */
export interface NewRecord {
  readonly key?: string | null;
  readonly value: string | null;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One partition as Kafka's own tool describes it. */
export interface PartitionState {
  readonly partition: number;
  /** The id of its leader; undefined if it has none. */
  readonly leader: number | undefined;
  readonly replicas: readonly number[];
  readonly inSync: readonly number[];
}

/** What a group has read of one partition, as Kafka's own tool describes it. */
export interface GroupState {
  readonly topic: string;
  readonly partition: number;
  /** The committed offset; undefined if there is none. */
  readonly committed: number | undefined;
  readonly end: number;
  readonly lag: number | undefined;
  /** The member that the partition is assigned to. */
  readonly member: string | undefined;
}

const NO_VALUE = '\u0001null';

/** Kafka's own command line tools and clients, at one cluster's brokers. */
export class KafkaTools {
  /**
   * @param servers `host:port` of each broker, plain
   * @param folder for what the tools write beside
   */
  constructor(
    private readonly servers: readonly string[],
    private readonly folder: string,
  ) {}

  /**
   * Runs any of Kafka's command line tools that takes `--bootstrap-server`, by the name of its class, for example
   * `org.apache.kafka.tools.AclCommand`.
   * @returns the lines of its standard output
   * @throws Error with all it said, if it fails
   */
  run(main: string, args: readonly string[], input = ''): Promise<string[]> {
    const all = ['--bootstrap-server', this.servers.join(','), ...args];
    const flags = [log4j2Flag(this.folder)];
    return runTool({ classPath: [kafkaJars()], main, args: all, flags, input, folder: this.folder });
  }

  async createTopic(
    topic: string,
    options: { partitions?: number; replication?: number; settings?: Readonly<Record<string, string>> } = {},
  ): Promise<void> {
    const args = ['--create', '--topic', topic, '--partitions', String(options.partitions ?? 1)];
    if (options.replication !== undefined) args.push('--replication-factor', String(options.replication));
    for (const [name, value] of Object.entries(options.settings ?? {})) args.push('--config', `${name}=${value}`);
    await this.run('org.apache.kafka.tools.TopicCommand', args);
  }

  async deleteTopic(topic: string): Promise<void> {
    await this.run('org.apache.kafka.tools.TopicCommand', ['--delete', '--topic', topic]);
  }

  /** The partitions of a topic, in order. */
  async describeTopic(topic: string): Promise<PartitionState[]> {
    const lines = await this.run('org.apache.kafka.tools.TopicCommand', ['--describe', '--topic', topic]);
    return lines.flatMap((line) => {
      const found = /Partition: (\d+)\s+Leader: (\S+)\s+Replicas: (\S*)\s+Isr: (\S*)/.exec(line);
      if (found === null) return [];
      const [, partition, leader, replicas = '', inSync = ''] = found;
      return { partition: Number(partition), leader: number(leader), replicas: ids(replicas), inSync: ids(inSync) };
    });
  }

  /** What a group has committed of each partition; nothing if there is no such group. */
  async describeGroup(group: string): Promise<GroupState[]> {
    const main = 'org.apache.kafka.tools.consumer.group.ConsumerGroupCommand';
    const [head, ...rows] = (await this.run(main, ['--describe', '--offsets', '--group', group]))
      .filter((line) => line.trim() !== '')
      .map((line) => line.trim().split(/\s+/));
    if (head === undefined) return [];
    const at = (row: readonly string[], column: string): string | undefined => row[head.indexOf(column)];
    return rows.map((row) => ({
      topic: at(row, 'TOPIC') ?? '',
      partition: Number(at(row, 'PARTITION')),
      committed: number(at(row, 'CURRENT-OFFSET')),
      end: Number(at(row, 'LOG-END-OFFSET')),
      lag: number(at(row, 'LAG')),
      member: at(row, 'CONSUMER-ID') === '-' ? undefined : at(row, 'CONSUMER-ID'),
    }));
  }

  /**
   * Produces records by Kafka's console producer, acknowledged by all replicas in sync. Keys, values and headers are text
   * without tabs and line breaks; headers also without `,` and `:`.
   */
  async produce(topic: string, records: readonly NewRecord[]): Promise<void> {
    const options = ['parse.key=true', 'parse.headers=true', `null.marker=${NO_VALUE}`];
    const properties = options.flatMap((each) => ['--reader-property', each]);
    const input = records.map((record) => `${lineOf(record)}\n`).join('');
    const args = ['--topic', topic, '--sync', '--timeout', '0', ...properties];
    await this.run('org.apache.kafka.tools.ConsoleProducer', args, input);
  }

  /**
   * Reads what a topic holds now, by Kafka's own consumer.
   * @param isolation `read_uncommitted` gives what aborted and open transactions wrote as well
   * @returns by partition, then offset
   */
  async read(
    topic: string,
    isolation: 'read_committed' | 'read_uncommitted' = 'read_committed',
  ): Promise<KafkaRecord[]> {
    const lines = await runTool({
      classPath: [compiledJar('kafka/ReadTopic.java', kafkaJars()), kafkaJars()],
      main: 'ReadTopic',
      args: [this.servers.join(','), topic, isolation],
      flags: [log4j2Flag(this.folder)],
      folder: this.folder,
    });
    const records = lines.map((line) => recordOf(JSON.parse(line) as Line));
    return records.sort((a, b) => a.partition - b.partition || a.offset - b.offset);
  }
}

interface Line {
  partition: number;
  offset: number;
  timestamp: number;
  key: string | null;
  value: string | null;
  headers: [name: string, value: string | null][];
}

function recordOf({ partition, offset, timestamp, key, value, headers }: Line): KafkaRecord {
  const bytes = value === null ? null : Buffer.from(value, 'base64');
  return {
    partition,
    offset,
    timestamp,
    key: key === null ? null : decoded(key),
    value: bytes === null ? null : bytes.toString(),
    headers: Object.fromEntries(headers.map(([name, content]) => [decoded(name), decoded(content ?? '')])),
    bytes,
  };
}

function lineOf({ key, value, headers }: NewRecord): string {
  const pairs = Object.entries(headers ?? {}).map(([name, content]) => `${name}:${content}`);
  if (pairs.some((pair) => pair.includes(',') || pair.split(':').length !== 2))
    throw new Error(`The console producer takes no header with "," or ":": ${pairs.join(' ')}`);
  const parts = [pairs.length === 0 ? NO_VALUE : pairs.join(','), key ?? NO_VALUE, value ?? NO_VALUE];
  if (parts.some((part) => /[\t\n\r]/.test(part)))
    throw new Error(`The console producer takes no tabs and line breaks: ${JSON.stringify(parts)}`);
  return parts.join('\t');
}

function decoded(base64: string): string {
  return Buffer.from(base64, 'base64').toString();
}

/** A number of a table; undefined where it has "-" or "none". */
function number(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

function ids(list: string): number[] {
  return list === '' ? [] : list.split(',').map(Number);
}
