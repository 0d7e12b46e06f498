import { prepareConnectionTest } from '../editor/connection';
import type { EditorNode } from '../editor/index';

/** What the node answers to a trial: see `lib/elasticsearch/trial`. */
interface Trial {
  readonly product: string;
  readonly cluster: string;
}

export function prepare(node: EditorNode): void {
  prepareConnectionTest(node, {
    type: 'elasticsearch-cluster',
    service: 'elasticsearch',
    settings: ['url', 'tls'],
    credentials: ['user', 'password', 'apiKey'],
    values: ({ product, cluster }: Trial) => ({ product, cluster }),
    // A login that may only write cannot say what it talks to.
    key: ({ product }: Trial) => (product === '' ? 'unnamed' : 'ok'),
  });
}
