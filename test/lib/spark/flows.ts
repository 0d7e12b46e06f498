import type { FlowNode } from '../../../lib/spark/flow';
import { type CompileOptions, type Compiled, compile } from '../../../lib/spark/compile';
import type { NodeSettings } from '../../../lib/spark/nodeSettings';
import { PlanError } from '../../../lib/spark/obstacles';
import { readSettings } from '../../../nodes/common/settings';
import type { Settings } from '../../../nodes/common/spec';
import { upgraded } from '../../../nodes/common/versions';
import { spec as hashtags } from '../../../nodes/hashtag-extract/spec';
import { spec as cluster } from '../../../nodes/kafka-cluster/spec';
import { spec as kafkaIn } from '../../../nodes/kafka-in/spec';
import { spec as kafkaOut } from '../../../nodes/kafka-out/spec';
import { spec as sentiment } from '../../../nodes/sentiment/spec';
import { spec as clean } from '../../../nodes/tweet-clean/spec';
import { spec as windows } from '../../../nodes/window-count/spec';

const SPECS = {
  'kafka-cluster': cluster,
  'kafka-in': kafkaIn,
  'kafka-out': kafkaOut,
  'tweet-clean': clean,
  'hashtag-extract': hashtags,
  sentiment,
  'window-count': windows,
};

/** Does not compile when the settings of a node and what the compiler takes for them part. */
export type SettingsAgree = {
  [Type in keyof NodeSettings]: Settings<(typeof SPECS)[Type]> extends NodeSettings[Type] ? true : never;
};
export const SETTINGS_AGREE: SettingsAgree = {
  'kafka-cluster': true,
  'kafka-in': true,
  'kafka-out': true,
  'tweet-clean': true,
  'hashtag-extract': true,
  sentiment: true,
  'window-count': true,
};

/** Settings as the nodes themselves read them. */
export function settingsOf(node: FlowNode, type: keyof NodeSettings): unknown {
  const spec = SPECS[type];
  return readSettings(spec, upgraded(spec, node), {}, (property, { key, value }) => `${property}: ${key} ${value}`);
}

/** A node on the tab `t`, with a list of wires for each output. */
export function node(id: string, type: string, settings: object, ...wires: string[][]): FlowNode {
  return { id, type, z: 't', name: '', ...settings, wires };
}

export const CLUSTER: FlowNode = { id: 'c', type: 'kafka-cluster', mode: 'kafka', brokers: 'one:9092, two' };

/** Compiles a flow between the nodes `in` and `out`. */
export function compiled(flow: readonly FlowNode[], ends: Partial<CompileOptions> = {}): Compiled {
  const job = { id: 'job', name: 'job' };
  return compile(flow, { job, source: 'in', sinks: ['out'], settingsOf, now: Date.UTC(2026, 0, 2), ...ends });
}

/** What stands in the way of a flow, as `node setting: reason remedy`; nothing if it compiles. */
export function obstaclesOf(flow: readonly FlowNode[], ends: Partial<CompileOptions> = {}): string[] {
  try {
    compiled(flow, ends);
    return [];
  } catch (thrown) {
    if (!(thrown instanceof PlanError)) throw thrown;
    return thrown.obstacles.map(
      ({ node, setting, reason, remedy }) => `${node} ${setting ?? '-'}: ${reason} ${remedy}`,
    );
  }
}
