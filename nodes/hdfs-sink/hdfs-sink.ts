import { messageOf } from '../../lib/core/errors';
import type { FileSystem } from '../../lib/hdfs/fileSystem';
import { HdfsSink } from '../../lib/hdfs/sink';
import { parseSize } from '../../lib/hdfs/size';
import type { Red } from '../common/red';
import { registerNode, serviceOf } from '../common/register';
import { sink } from '../common/sink';
import { spec } from './spec';
import { offerFileTrial } from './trial';

export = (RED: Red): void => {
  offerFileTrial(RED);
  registerNode(RED, spec, (context) => {
    const { node, settings, status } = context;
    const files = serviceOf<FileSystem>(RED, settings.cluster, 'cluster');
    return sink(context, ({ store }) => {
      const onError = (error: unknown): void => {
        node.warn(messageOf(error));
        status.show(() => ({
          fill: 'red',
          shape: 'ring',
          text: context.text('status.notWritten', { count: target.status().waiting }),
        }));
      };
      const target = new HdfsSink(
        store,
        node.id,
        files,
        { ...settings, rollSize: parseSize(settings.rollSize) },
        { onError, onRecovery: () => status.show(() => ({})) },
      );
      void target.start();
      return {
        write(batch, contributor) {
          const { rejected, safe } = target.add(batch, contributor);
          return safe === undefined ? rejected : safe.then(() => rejected);
        },
        close: () => target.close(),
      };
    });
  });
};
