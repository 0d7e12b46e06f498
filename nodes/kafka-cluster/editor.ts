import { prepareConnectionTest } from '../editor/connection';
import type { EditorNode } from '../editor/index';

/** What the node answers to a trial: see `lib/log/kafka/trial`. */
interface Trial {
  readonly brokers: readonly string[];
  readonly topics: number;
}

export function prepare(node: EditorNode): void {
  prepareConnectionTest(node, {
    type: 'kafka-cluster',
    service: 'kafka',
    settings: ['brokers', 'tls', 'saslMechanism', 'clientId'],
    mode: 'kafka',
    values: ({ brokers, topics }: Trial) => ({
      brokers: String(brokers.length),
      addresses: brokers.join(', '),
      topics: String(topics),
    }),
  });
}
