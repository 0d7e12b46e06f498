import type { Encoding } from '../log/codec';
import type { Mechanism } from '../log/kafka/client';
import type { FlatCleanSettings } from '../posts/cleanSettings';
import type { HashtagSettings } from '../text/hashtagStep';
import type { ShapeSettings } from '../windows/shape';
import type { FlowNode } from './flow';
import type { KafkaStep, SentimentPlan, WindowsPlan } from './plan';

/** The settings of the palette's nodes, checked and typed, as far as they matter on Spark. Durations are in ms. */
export interface NodeSettings {
  readonly 'kafka-cluster': ClusterSettings;
  readonly 'kafka-in': SourceSettings;
  readonly 'kafka-out': SinkSettings;
  readonly 'tweet-clean': FlatCleanSettings;
  readonly 'hashtag-extract': HashtagSettings;
  readonly sentiment: SentimentPlan;
  readonly 'window-count': WindowNodeSettings;
}

/**
 * Reads the settings of a node of the palette, brought up to date and checked.
 * @throws {SettingError} if they cannot be used
 */
export type SettingsOf = (node: FlowNode, type: keyof NodeSettings) => unknown;

export interface ClusterSettings {
  readonly mode: 'embedded' | 'kafka';
  readonly brokers: string;
  readonly clientId: string;
  /** The id of a tls-config; empty for none. */
  readonly tls: string;
  readonly saslMechanism: Mechanism;
  readonly createTopics: boolean;
  readonly partitions: number;
}

export interface SourceSettings {
  readonly cluster: string;
  readonly topic: string;
  readonly group: string;
  readonly from: 'earliest' | 'latest' | 'time';
  readonly fromTime: string;
  readonly batch: boolean;
  readonly decode: Encoding;
  readonly commit: 'flow' | 'receipt' | 'manual';
  readonly deadLetterTopic: string;
}

export interface SinkSettings extends Pick<KafkaStep, 'topic' | 'key' | 'compression' | 'acks' | 'linger'> {
  readonly cluster: string;
  readonly encode: Encoding;
  readonly transactions: boolean;
}

export interface WindowNodeSettings
  extends ShapeSettings, Pick<WindowsPlan, 'time' | 'value' | 'distinct' | 'top' | 'maxKeys' | 'details'> {
  readonly key: readonly string[];
  readonly delay: number;
  readonly watermark: 'partition' | 'stream';
  readonly emit: 'close' | 'update';
  readonly every: number;
  readonly output: 'windows' | 'rows';
}
