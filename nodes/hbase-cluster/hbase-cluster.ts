import { EmbeddedHBase } from '../../lib/hbase/embedded';
import type { HBaseCluster } from '../../lib/hbase/table';
import { answerQuestion } from '../common/questions';
import type { Red } from '../common/red';
import { offer, offeredBy, registerNode } from '../common/register';
import { acquire, release } from '../common/runtime';
import { spec } from './spec';

export = (RED: Red): void => {
  answerQuestion(
    RED,
    'get',
    '/pulseflow/hbase/:id/tables',
    'flows.read',
    ({ parameters }) => offeredBy<HBaseCluster>(RED, parameters.id ?? '')?.tableNames?.() ?? [],
  );
  registerNode(RED, spec, ({ node }) => {
    const { store } = acquire(RED);
    offer(node, new EmbeddedHBase(store, node.id));
    return { close: () => release(RED) };
  });
};
