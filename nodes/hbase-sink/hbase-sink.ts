import { HBaseSink } from '../../lib/hbase/sink';
import type { HBaseCluster } from '../../lib/hbase/table';
import type { Red } from '../common/red';
import { registerNode } from '../common/register';
import { serviceOf } from '../common/services';
import { sink } from '../common/sink';
import { spec } from './spec';
import { timesOf } from './times';
import { offerRowTrial } from './trial';

/** Node-RED waits 15 s for a node to close; what is not written by then is delivered again. */
const CLOSE_WITHIN = 10_000;

export = (RED: Red): void => {
  offerRowTrial(RED);
  registerNode(RED, spec, (context) => {
    const { settings } = context;
    const cluster = serviceOf<HBaseCluster>(context, settings.cluster, 'cluster');
    return sink(context, (_runtime, _refuse, onCircuit) => {
      const target = new HBaseSink(cluster, settings, { ...settings, writers: settings.concurrency, onCircuit });
      return {
        write: (batch, _, message) => target.add(batch, timesOf(message, batch.length)),
        status: () => target.status(),
        close: () => target.close(CLOSE_WITHIN),
      };
    });
  });
};
