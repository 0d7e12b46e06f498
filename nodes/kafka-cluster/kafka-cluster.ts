import { EmbeddedLog } from '../../lib/log/embedded/embeddedLog';
import type { Red } from '../common/red';
import { offer, registerNode } from '../common/register';
import { acquire, release } from '../common/runtime';
import { spec } from './spec';

export = (RED: Red): void =>
  registerNode(RED, spec, ({ node, settings }) => {
    const { store } = acquire(RED);
    const { partitions, retention } = settings;
    const log = new EmbeddedLog(store, { name: node.id, partitions, retention });
    offer(node, log);
    return {
      close() {
        log.close();
        release(RED);
      },
    };
  });
