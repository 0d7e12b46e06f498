import { messageOf } from '../../lib/core/errors';
import type { FileCluster } from '../../lib/hdfs/fileSystem';
import { HdfsSink } from '../../lib/hdfs/sink';
import { parseSize } from '../../lib/hdfs/size';
import type { NodeStatus, Red } from '../common/red';
import { registerNode } from '../common/register';
import { serviceOf } from '../common/services';
import { sink } from '../common/sink';
import { spec } from './spec';
import { offerFileTrial } from './trial';

export = (RED: Red): void => {
  offerFileTrial(RED);
  registerNode(RED, spec, (context) => {
    const { node, settings, status } = context;
    const cluster = serviceOf<FileCluster>(context, settings.cluster, 'cluster');
    return sink(context, ({ store }) => {
      let failing = false;
      const showTrouble = (): void => {
        if (failing) status.show(notWritten);
      };
      const notWritten = (): NodeStatus => {
        const { waiting, blocked } = target.status();
        return { fill: 'red', shape: 'ring', text: context.text('status.notWritten', { count: waiting + blocked }) };
      };
      const onError = (error: unknown): void => {
        node.warn(messageOf(error));
        failing = true;
        showTrouble();
      };
      const onRecovery = (): void => {
        failing = false;
        status.show(() => ({}));
      };
      const [rollSize, spoolSize] = [parseSize(settings.rollSize), parseSize(settings.spoolSize, 'spoolSize')];
      const target = new HdfsSink(
        store,
        node.id,
        cluster.connect(),
        { ...settings, rollSize, spoolSize },
        { onError, onRecovery },
      );
      void target.start();
      return {
        write(batch, contributor) {
          const { rejected, safe } = target.add(batch, contributor);
          return safe === undefined ? rejected : safe.then(() => rejected);
        },
        showTrouble,
        close: () => target.close(),
      };
    });
  });
};
