import { HBaseSink } from '../../lib/hbase/sink';
import type { HBaseCluster } from '../../lib/hbase/table';
import type { Red } from '../common/red';
import { registerNode, serviceOf } from '../common/register';
import { sink } from '../common/sink';
import { spec } from './spec';
import { offerRowTrial } from './trial';

/** Node-RED waits 15 s for a node to close; what is not written by then is delivered again. */
const CLOSE_WITHIN = 10_000;

export = (RED: Red): void => {
  offerRowTrial(RED);
  registerNode(RED, spec, (context) => {
    const { settings } = context;
    const cluster = serviceOf<HBaseCluster>(RED, settings.cluster, 'cluster');
    return sink(context, () => {
      const target = new HBaseSink(cluster, settings, settings);
      return { write: (batch) => target.add(batch), close: () => target.close(CLOSE_WITHIN) };
    });
  });
};
