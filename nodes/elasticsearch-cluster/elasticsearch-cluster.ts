import { ElasticsearchCluster } from '../../lib/elasticsearch/cluster';
import { tryConnection } from '../../lib/elasticsearch/trial';
import { settingsToTry } from '../common/connection';
import { answerQuestion } from '../common/questions';
import type { Red } from '../common/red';
import { registerNode } from '../common/register';
import { offer, offeredBy, untilUnused } from '../common/services';
import { tlsOf } from '../common/tls';
import { spec } from './spec';

export = (RED: Red): void => {
  answerQuestion(RED, 'post', '/pulseflow/elasticsearch/:id/test', 'flows.write', (question) => {
    const { tls, ...settings } = settingsToTry(RED, spec, question);
    return tryConnection({ ...settings, ...tlsOf(RED, tls) });
  });
  answerQuestion(
    RED,
    'get',
    '/pulseflow/elasticsearch/:id/indexes',
    'flows.read',
    ({ parameters }) => offeredBy<ElasticsearchCluster>(RED, parameters.id ?? '')?.indexNames() ?? [],
  );
  registerNode(RED, spec, ({ node, settings: { tls, ...settings } }) => {
    const cluster = new ElasticsearchCluster({ ...settings, ...tlsOf(RED, tls) });
    offer(node, cluster);
    return {
      async close() {
        await untilUnused(node);
        cluster.close();
      },
    };
  });
};
