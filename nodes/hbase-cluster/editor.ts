import { prepareConnectionTest } from '../editor/connection';
import type { EditorNode } from '../editor/index';

/** What the node answers to a trial: see `lib/hbase/rest/trial`. */
interface Trial {
  readonly version: string;
  readonly gateways: number;
  readonly servers: number;
  readonly tables: number;
}

export function prepare(node: EditorNode): void {
  prepareConnectionTest(node, {
    type: 'hbase-cluster',
    service: 'hbase',
    settings: ['url', 'tls', 'timeout'],
    mode: 'rest',
    values: ({ version, ...counts }: Trial) => ({
      version,
      ...Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, String(count)])),
    }),
  });
}
