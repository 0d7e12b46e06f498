import { messageOf } from '../../lib/core/errors';
import { userFolder } from '../../lib/sinks/userFolder';
import { CsvExport } from '../../lib/tableau/csvExport';
import { TableauExport } from '../../lib/tableau/export';
import { extractFile } from '../../lib/tableau/file';
import type { Red } from '../common/red';
import { registerNode } from '../common/register';
import { sink } from '../common/sink';
import { spec } from './spec';

export = (RED: Red): void =>
  registerNode(RED, spec, (context) => {
    const { node, settings, status } = context;
    return sink(context, ({ store }) => {
      const onError = (error: unknown): void => {
        node.warn(messageOf(error));
        status.show(() => ({ fill: 'red', shape: 'ring', text: context.text('status.notWritten') }));
      };
      const writer = new CsvExport(extractFile(userFolder(store), settings.path));
      const target = new TableauExport(store, node.id, writer, settings, {
        onError,
        onRecovery: () => status.show(() => ({})),
      });
      target.start();
      return {
        write(batch, contributor) {
          const { rejected, safe } = target.add(batch, contributor);
          return safe === undefined ? rejected : safe.then(() => rejected);
        },
        async close(removed) {
          await target.close();
          if (removed) target.forget();
        },
      };
    });
  });
