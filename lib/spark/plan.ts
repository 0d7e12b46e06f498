import type { HashtagSettings } from '../text/hashtagStep';
import type { CleanSettings } from '../posts/clean';
import type { CountSettings } from '../windows/contribution';
import type { ResultSettings } from '../windows/result';
import type { WindowShape } from '../windows/shape';
import type { ChangeSettings } from './changeRules';
import type { SwitchSettings } from './switchRules';

/** The version of the plan's form; whoever runs a plan refuses others. */
export const PLAN_VERSION = 1;

/**
 * A stretch of a flow as Spark runs it: a graph without cycles, from one topic to one or several. It is JSON, and holds
 * no secrets. docs/spark-plan.md describes it for whoever runs it.
 */
export interface Plan {
  readonly version: typeof PLAN_VERSION;
  /** The node that runs it. */
  readonly job: { readonly id: string; readonly name: string };
  /** By the id of the kafka-cluster node. */
  readonly connections: Readonly<Record<string, KafkaConnection>>;
  readonly source: SourceStep;
  /** What one worker does at a time: everything between places at which Spark itself has the records. */
  readonly stages: readonly Stage[];
  /** In an order in which each follows those it reads from. */
  readonly steps: readonly PlanStep[];
}

/** How the brokers of a cluster are reached, but for user and password. */
export interface KafkaConnection {
  /** `host:port`, several separated by commas. */
  readonly brokers: string;
  readonly clientId: string;
  /** Topics that are missing may be made, with so many partitions. */
  readonly createTopics: boolean;
  readonly partitions: number;
  /** Kafka's `security.protocol`. */
  readonly security: 'PLAINTEXT' | 'SSL' | 'SASL_PLAINTEXT' | 'SASL_SSL';
  /** Kafka's `sasl.mechanism`; left out without a login. */
  readonly mechanism?: 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512';
  readonly tls?: TlsFiles;
}

/**
 * Paths of a tls-config's PEM files; what was uploaded into Node-RED or lies in its environment instead is a secret and
 * left out. Certificates are always verified.
 */
export interface TlsFiles {
  /** The tls-config node. */
  readonly id: string;
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

/** Where the records come from. */
export interface SourceStep {
  readonly id: string;
  readonly name: string;
  readonly connection: string;
  /** Names, or a regular expression of Java that the whole name has to fit (Spark's `subscribePattern`). */
  readonly topics: readonly string[] | { readonly pattern: string };
  readonly group: string;
  /** The oldest record, what comes from now on, or the first record of that time (ms since the epoch) or a later one. */
  readonly from: 'earliest' | 'latest' | { readonly time: number };
  readonly decode: 'json' | 'text';
  /** In Node-RED messages would be batches: some nodes do a little less then. */
  readonly batch: boolean;
}

/** All ways from an entry (the source, or a windows step) to where records leave the worker. */
export interface Stage {
  readonly from: string;
  /** Windows and kafka steps. */
  readonly to: readonly string[];
}

/** An output, counted from 1, of a step or of the source. */
export interface StepOutput {
  readonly step: string;
  readonly output: number;
}

interface Base {
  /** The node's id. */
  readonly id: string;
  /** What a person calls the node. */
  readonly name: string;
  readonly from: readonly StepOutput[];
}

/** A node that does something with each record by itself; the worker runs it. */
export type RecordsStep = Base & { readonly kind: 'records' } & RecordsWork;

/** What such a node does. */
export type RecordsWork =
  | { readonly type: 'tweet-clean'; readonly settings: CleanSettings }
  | { readonly type: 'hashtag-extract'; readonly settings: HashtagSettings }
  | { readonly type: 'sentiment'; readonly settings: SentimentPlan }
  | { readonly type: 'switch'; readonly settings: SwitchSettings }
  | { readonly type: 'change'; readonly settings: ChangeSettings };

/** Path of the text, name of the engine, path of the judgement. */
export interface SentimentPlan {
  readonly property: string;
  readonly engine: string;
  readonly to: string;
}

/** Windows, which are Spark's own; the worker reads keys and times before, and makes results after. */
export interface WindowsStep extends Base {
  readonly kind: 'windows';
  readonly settings: WindowsPlan;
}

/** What a window-count is set to, as far as it means something on Spark. Durations are in ms. */
export interface WindowsPlan extends CountSettings, ResultSettings {
  /** Without a time zone. */
  readonly shape: WindowShape;
  readonly delay: number;
  readonly emit: 'close' | 'update';
  /** How often updates are wanted. */
  readonly every: number;
  readonly output: 'windows' | 'rows';
}

/** A topic that records are written to. */
export interface KafkaStep extends Base {
  readonly kind: 'kafka';
  readonly connection: string;
  /** Empty: each record's own, which the worker names. */
  readonly topic: string;
  /** Path of the key; empty: the record keeps the key that it came with. */
  readonly key: string;
  readonly encode: 'json' | 'text';
  readonly compression: 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd';
  readonly acks: 'all' | 'leader' | 'none';
  /** How long a record waits for others, in ms. */
  readonly linger: number;
  /** What comes are records of the source that could not be decoded: they are written as they were read. */
  readonly letters?: true;
}

export type PlanStep = RecordsStep | WindowsStep | KafkaStep;
