import { Cleaner } from '../../lib/posts/clean';
import { cleanSettings } from '../../lib/posts/cleanSettings';
import { NodeState } from '../../lib/store/nodeState';
import { statefulProcessor } from '../common/processor';
import type { Red } from '../common/red';
import { registerNode } from '../common/register';
import { spec } from './spec';
import { offerCleanTrial } from './trial';

export = (RED: Red): void => {
  offerCleanTrial(RED);
  registerNode(RED, spec, (context) =>
    statefulProcessor(context, ({ store, ledger }) => {
      const { id } = context.node;
      const state = new NodeState(store, id);
      const cleaner = new Cleaner(cleanSettings(context.settings), state);
      return {
        process: (batch, contributor) => cleaner.clean(batch, contributor),
        reset() {
          store.transaction(() => state.clear());
          cleaner.participant.reload();
        },
        close(removed) {
          // What is in flight has contributed to this instance's memory, which the next one does not know.
          ledger.forgetNode(id, cleaner.participant);
          if (removed) store.transaction(() => state.clear());
        },
      };
    }),
  );
};
