import { SettingError } from '../../lib/core/errors';
import { StreamReader } from '../../lib/log/streamReader';
import type { TopicLog } from '../../lib/log/log';
import type { Red } from '../common/red';
import { registerNode } from '../common/register';
import { serviceOf } from '../common/services';
import { asksForReport, sendReport } from '../common/report';
import { borrow, closingPatience } from '../common/runtime';
import { sourceStatus } from '../common/stuck';
import { acknowledges } from './acknowledge';
import { spec } from './spec';
import { statusOf } from './statusOf';

export = (RED: Red): void =>
  registerNode(RED, spec, (context) => {
    const { node, settings, text } = context;
    const log = serviceOf<TopicLog>(context, settings.cluster, 'cluster');
    const status = sourceStatus(context);
    const { made: reader, giveBack } = borrow(
      RED,
      ({ ledger }) =>
        new StreamReader(log, ledger, settings, {
          node: node.id,
          send: context.emit,
          progress: (progress) => status.show(() => statusOf(progress, text)),
          rejected: (count, reason) => node.warn(text('errors.rejected', { count, reason })),
          // Read anew each time: a deploy may change the wires without starting the node again.
          rejectedIsWired: () => (node.wires[1]?.length ?? 0) > 0,
          error: (error) => {
            node.error(error);
            status.show(() => ({ fill: 'red', shape: 'ring', text: error.message }));
          },
          notice: (words) => node.warn(words),
        }),
    );
    status.watch();
    return {
      input(message, send, done) {
        if (asksForReport(message)) sendReport(context, message, send, { ...reader.report() });
        else if (acknowledges(message)) reader.acknowledge(message.kafka);
        else {
          done(new SettingError(text('errors.unknownMessage')));
          return;
        }
        done();
      },
      close: () =>
        giveBack(async () => {
          status.close();
          await reader.close({ longest: closingPatience(RED) });
        }),
    };
  });
