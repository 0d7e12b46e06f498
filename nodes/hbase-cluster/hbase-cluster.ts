import { EmbeddedHBase } from '../../lib/hbase/embedded';
import { RestHBase } from '../../lib/hbase/rest/cluster';
import { tryGateways } from '../../lib/hbase/rest/trial';
import type { HBaseCluster } from '../../lib/hbase/table';
import { settingsToTry } from '../common/connection';
import { answerQuestion } from '../common/questions';
import type { Red } from '../common/red';
import { registerNode } from '../common/register';
import { offer, offeredBy, untilUnused } from '../common/services';
import { acquire, release } from '../common/runtime';
import { tlsOf } from '../common/tls';
import { spec } from './spec';

export = (RED: Red): void => {
  answerQuestion(
    RED,
    'get',
    '/pulseflow/hbase/:id/tables',
    'flows.read',
    ({ parameters }) => offeredBy<HBaseCluster>(RED, parameters.id ?? '')?.tableNames?.() ?? [],
  );
  answerQuestion(RED, 'post', '/pulseflow/hbase/:id/test', 'flows.write', (question) => {
    const { tls, ...settings } = settingsToTry(RED, spec, question, { mode: 'rest' });
    return tryGateways({ ...settings, ...tlsOf(RED, tls) });
  });
  registerNode(RED, spec, ({ node, settings }) => {
    const { mode, tls, ...gateways } = settings;
    if (mode === 'rest') {
      const cluster = new RestHBase({ ...gateways, ...tlsOf(RED, tls) });
      offer(node, cluster);
      return {
        async close() {
          await untilUnused(node);
          cluster.close();
        },
      };
    }
    const { store } = acquire(RED);
    offer(node, new EmbeddedHBase(store, node.id));
    return { close: () => release(RED) };
  });
};
