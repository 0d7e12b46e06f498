import type { FlowNode } from '../../../lib/spark/flow';
import type { Fields } from '../../../lib/core/records';
import { shapeOf } from '../../../lib/windows/shape';
import type { Settings } from '../../../nodes/common/spec';
import { spec as hashtags } from '../../../nodes/hashtag-extract/spec';
import { hashtagStep } from '../../../lib/text/hashtagStep';
import type { spec as windows } from '../../../nodes/window-count/spec';
import { DirectCounter } from '../../lib/windows/direct';
import { node, settingsOf } from '../../lib/spark/flows';
import { TestStore } from '../../support/store';

/** What a window came to, as a message says it. */
export interface Result extends Fields {
  readonly id: string;
  readonly final: boolean;
}

/** What came of one message, or micro-batch. */
export interface Outcome {
  readonly updates: readonly Result[];
  readonly ended: readonly Result[];
}

/** A kafka-in `in` on a topic, the hashtags of its posts, and windows of these, each written to `results.<id>`. */
export function windowsFlow(topic: string, counts: readonly FlowNode[], prefix: string): FlowNode[] {
  return [
    node('in', 'kafka-in', { cluster: 'c', topic, group: 'g', from: 'earliest', batch: true, decode: 'json' }, [
      'tags',
    ]),
    node(
      'tags',
      'hashtag-extract',
      {},
      counts.map(({ id }) => id),
    ),
    ...counts.map((count) => ({ ...count, wires: [[`out-${count.id}`], []] })),
    ...counts.map(({ id }) => node(`out-${id}`, 'kafka-out', { cluster: 'c', topic: `${prefix}.${id}`, key: 'id' })),
  ];
}

/** What window-count itself makes of posts in batches: it is done with one before the next, as its flow is. */
export function countInNodeRed(count: FlowNode, batches: readonly (readonly unknown[])[]): Outcome[] {
  const settings = settingsOf(count, 'window-count') as Settings<typeof windows>;
  const tags = hashtagStep(
    settingsOf(node('tags', 'hashtag-extract', {}), 'hashtag-extract') as Settings<typeof hashtags>,
  );
  const test = new TestStore();
  const counter = new DirectCounter(count.id, test.store, {
    ...settings,
    keys: settings.key,
    shape: shapeOf(settings),
    mode: settings.watermark,
    durable: false,
    keepLate: false,
  });
  try {
    return batches.map((batch) => {
      counter.send(tags(structuredClone(batch)).records, 'lane');
      counter.commit();
      counter.tick();
      counter.commit();
      const results = (counter.results.splice(0) as (Result | Result[])[]).flat();
      return { updates: results.filter(({ final }) => !final), ended: results.filter(({ final }) => final) };
    });
  } finally {
    test.dispose();
  }
}
