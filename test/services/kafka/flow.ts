import type { Message } from '../../../nodes/common/red';
import kafkaCluster from '../../../nodes/kafka-cluster/kafka-cluster';
import kafkaIn from '../../../nodes/kafka-in/kafka-in';
import kafkaOut from '../../../nodes/kafka-out/kafka-out';
import { NodeBench, type Saved, coreNode, node } from '../../support/nodes';
import { until } from '../../support/until';
import type { KafkaCluster } from '../support/kafka';

/** Waits for something to become true, for as long as real servers may take, and says what it was if it does not. */
export function eventually(
  condition: () => boolean | Promise<boolean>,
  what: string | (() => string),
  patience = 90_000,
): Promise<void> {
  return until(condition, what, { within: patience, every: 20 });
}

/** A flow in Node-RED, in this process, whose cluster is a real one. */
export class KafkaFlow {
  readonly bench = new NodeBench([kafkaCluster, kafkaIn, kafkaOut, coreNode('function/10-function.js')]);

  constructor(private readonly kafka: KafkaCluster) {}

  /** Starts nodes beside a cluster node `c`, a kafka-out `write` with probes `stored` and `refused`, and probes `got`, `odd`, `report`. */
  async run(flow: Saved[], cluster: Saved = {}, write: Saved = {}): Promise<void> {
    await this.bench.run([
      { id: 'c', type: 'kafka-cluster', mode: 'kafka', brokers: this.kafka.addresses.plain.join(','), ...cluster },
      node('write', 'kafka-out', { cluster: 'c', topic: '', encode: 'text', ...write }, ['stored'], ['refused']),
      ...['got', 'odd', 'report', 'stored', 'refused'].map((id) => node(id, 'probe')),
      ...flow,
    ]);
  }

  /** A kafka-in named `read`, wired to `got`, `odd` and `report`. */
  read(settings: Saved, ...wires: string[][]): Saved {
    const to = wires.length > 0 ? wires : [['got'], ['odd'], ['report']];
    return node('read', 'kafka-in', { cluster: 'c', group: 'g', batch: false, decode: 'text', ...settings }, ...to);
  }

  /** Has `write` write, and waits until it is done. */
  async put(message: Message): Promise<void> {
    const before = this.#written();
    this.bench.receive('write', message);
    await eventually(() => this.#written() > before, 'records to be written');
  }

  /** Waits for records at a probe. @returns their payloads, in order of arrival */
  async got(count: number, id = 'got'): Promise<unknown[]> {
    await eventually(
      () => this.bench.recordsAt(id).length >= count,
      () =>
        `${count} records at ${id}, not ${this.bench.recordsAt(id).length}; status ${this.bench.status('read').text ?? ''}`,
    );
    return this.bench.recordsAt(id);
  }

  /** Waits until a group has committed so many records of a topic, as Kafka has it. */
  async committed(group: string, topic: string, count: number): Promise<void> {
    let sum = 0;
    await eventually(
      async () => {
        const states = await this.kafka.describeGroup(group);
        sum = states.filter((each) => each.topic === topic).reduce((all, { committed = 0 }) => all + committed, 0);
        return sum === count;
      },
      () => `group ${group} to have committed ${count}, not ${sum}`,
    );
  }

  async status(id: string, text: RegExp): Promise<void> {
    await eventually(
      () => text.test(this.bench.status(id).text ?? ''),
      () => `status ${String(text)} of ${id}, not ${this.bench.status(id).text ?? ''}`,
    );
  }

  async dispose(): Promise<void> {
    await this.bench.dispose();
  }

  #written(): number {
    return this.bench.at('stored').length + this.bench.at('refused').length;
  }
}

/** Which of these are missing, and which are there more than once. */
export function recount(expected: Iterable<string>, found: readonly unknown[]): { lost: string[]; doubled: string[] } {
  const counts = new Map<string, number>();
  for (const each of found) counts.set(String(each), (counts.get(String(each)) ?? 0) + 1);
  return {
    lost: [...expected].filter((each) => !counts.has(each)),
    doubled: [...counts].filter(([, count]) => count > 1).map(([each]) => each),
  };
}
