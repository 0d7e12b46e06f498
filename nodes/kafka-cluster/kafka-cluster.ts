import { EmbeddedLog } from '../../lib/log/embedded/embeddedLog';
import { KafkaLog } from '../../lib/log/kafka/kafkaLog';
import type { Red } from '../common/red';
import { registerNode } from '../common/register';
import { offer } from '../common/services';
import { acquire, release } from '../common/runtime';
import { tlsOf } from '../common/tls';
import { offerQuestions } from './questions';
import { spec } from './spec';

export = (RED: Red): void => {
  offerQuestions(RED);
  registerNode(RED, spec, ({ node, settings }) => {
    const { store } = acquire(RED);
    try {
      const { mode, partitions, retention, tls, ...client } = settings;
      const log =
        mode === 'embedded'
          ? new EmbeddedLog(store, { name: node.id, partitions, retention })
          : new KafkaLog(store, { ...client, ...tlsOf(RED, tls), name: node.id, partitions });
      offer(node, log);
      return {
        async close() {
          try {
            await log.close();
          } finally {
            release(RED);
          }
        },
      };
    } catch (thrown) {
      release(RED);
      throw thrown;
    }
  });
};
