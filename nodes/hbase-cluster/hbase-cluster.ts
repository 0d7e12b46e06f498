import { EmbeddedHBase } from '../../lib/hbase/embedded';
import type { Red } from '../common/red';
import { offer, registerNode } from '../common/register';
import { acquire, release } from '../common/runtime';
import { spec } from './spec';

export = (RED: Red): void =>
  registerNode(RED, spec, ({ node }) => {
    const { store } = acquire(RED);
    offer(node, new EmbeddedHBase(store, node.id));
    return { close: () => release(RED) };
  });
