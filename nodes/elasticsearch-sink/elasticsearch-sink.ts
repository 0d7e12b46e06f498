import type { ElasticsearchCluster } from '../../lib/elasticsearch/cluster';
import type { Origin } from '../../lib/elasticsearch/documents';
import { ElasticsearchSink } from '../../lib/elasticsearch/sink';
import type { Message, Red } from '../common/red';
import { registerNode } from '../common/register';
import { serviceOf } from '../common/services';
import { sink } from '../common/sink';
import { spec } from './spec';
import { offerDocumentTrial } from './trial';

/** Node-RED waits 15 s for a node to close; what is not written by then is delivered again. */
const CLOSE_WITHIN = 10_000;

export = (RED: Red): void => {
  offerDocumentTrial(RED);
  registerNode(RED, spec, (context) => {
    const { settings } = context;
    const cluster = serviceOf<ElasticsearchCluster>(context, settings.cluster, 'cluster');
    return sink(context, (_runtime, _refuse, onCircuit) => {
      const target = new ElasticsearchSink(cluster, settings, {
        ...settings,
        writers: settings.concurrency,
        onCircuit,
      });
      return {
        write: (batch, _contributor, message) => target.add(batch, originOf(message)),
        status: () => target.status(),
        close: () => target.close(CLOSE_WITHIN),
      };
    });
  });
};

/** Where the one record of a message has come from; undefined for batches, whose records may not be those of the topic. */
function originOf({ kafka }: Message): Origin | undefined {
  const { offset } = (kafka ?? {}) as Partial<Origin>;
  return typeof offset === 'number' ? (kafka as Origin) : undefined;
}
