import { StreamReader } from '../../lib/log/streamReader';
import type { TopicLog } from '../../lib/log/log';
import { madeOrReleased } from '../common/processor';
import type { Red } from '../common/red';
import { registerNode, serviceOf } from '../common/register';
import { acquire, release } from '../common/runtime';
import { spec } from './spec';

export = (RED: Red): void =>
  registerNode(RED, spec, ({ node, settings, status, text }) => {
    const log = serviceOf<TopicLog>(RED, settings.cluster, 'cluster');
    const { ledger } = acquire(RED);
    const reader = madeOrReleased(
      () =>
        new StreamReader(log, ledger, settings, {
          node: node.id,
          send: (outputs) => node.send(outputs),
          progress: ({ read, inFlight, partitions }) =>
            status.show(() => ({
              fill: 'green',
              shape: 'dot',
              text: text('status.reading', { read, inFlight, partitions }),
              read,
              inFlight,
            })),
          rejected: (count, reason) => node.warn(text('errors.rejected', { count, reason })),
          // Read anew each time: a deploy may change the wires without starting the node again.
          rejectedIsWired: () => (node.wires[1]?.length ?? 0) > 0,
          error: (error) => {
            node.error(error);
            status.show(() => ({ fill: 'red', shape: 'ring', text: error.message }));
          },
        }),
      () => release(RED),
    );
    return {
      async close() {
        await reader.close();
        release(RED);
      },
    };
  });
