import { prepareConnectionTest } from '../editor/connection';
import type { EditorNode } from '../editor/index';

/** What the node answers to a trial: see `lib/hdfs/webhdfs/trial`. */
interface Trial {
  readonly user: string;
  readonly folder: string;
  readonly free: string;
}

export function prepare(node: EditorNode): void {
  prepareConnectionTest(node, {
    type: 'hdfs-cluster',
    service: 'hdfs',
    settings: ['url', 'user', 'root', 'tls', 'timeout'],
    credentials: ['token'],
    mode: 'webhdfs',
    values: ({ user, folder, free }: Trial) => ({ user, folder, free }),
    // HDFS before 3.4 does not say how much room it has.
    key: ({ free }: Trial) => (free === '' ? 'unmeasured' : 'ok'),
  });
}
