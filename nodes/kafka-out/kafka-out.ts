import { StreamWriter } from '../../lib/log/streamWriter';
import type { TopicLog } from '../../lib/log/log';
import type { Red } from '../common/red';
import { registerNode, serviceOf } from '../common/register';
import { sink } from '../common/sink';
import { spec } from './spec';

export = (RED: Red): void =>
  registerNode(RED, spec, (context) => {
    const log = serviceOf<TopicLog>(RED, context.settings.cluster, 'cluster');
    return sink(context, () => new StreamWriter(log, context.settings, context.node.id));
  });
