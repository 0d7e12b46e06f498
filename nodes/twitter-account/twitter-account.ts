import { Account } from '../../lib/x/account';
import { NodeState } from '../../lib/store/nodeState';
import type { BudgetStore } from '../../lib/x/postBudget';
import type { Store } from '../../lib/store/store';
import type { Red } from '../common/red';
import { registerNode } from '../common/register';
import { offer } from '../common/services';
import { borrow } from '../common/runtime';
import { spec } from './spec';

export = (RED: Red): void =>
  registerNode(RED, spec, ({ node, settings }) => {
    const { made: account, giveBack } = borrow(
      RED,
      ({ store }) => new Account({ ...settings, now: Date.now, budgetStore: budgetStore(store, node.id) }),
    );
    offer(node, account);
    return { close: () => giveBack(() => account.close()) };
  });

/** The month's count stays when the node is removed: bringing it back must not bring back the money. */
function budgetStore(store: Store, node: string): BudgetStore {
  const state = new NodeState(store, node);
  return {
    load: () => JSON.parse(state.get('posts') ?? 'null') as unknown,
    save: (count) => store.transaction(() => state.put('posts', JSON.stringify(count))),
  };
}
