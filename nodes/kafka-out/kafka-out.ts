import { readable } from '../../lib/log/codec';
import { StreamWriter } from '../../lib/log/streamWriter';
import { reject } from '../../lib/core/records';
import type { TopicLog } from '../../lib/log/log';
import type { Red } from '../common/red';
import { registerNode } from '../common/register';
import { serviceOf } from '../common/services';
import { sink } from '../common/sink';
import { spec } from './spec';

export = (RED: Red): void =>
  registerNode(RED, spec, (context) => {
    const { node, settings } = context;
    const log = serviceOf<TopicLog>(context, settings.cluster, 'cluster');
    return sink(
      context,
      (_runtime, refuse) =>
        new StreamWriter(log, settings, node.id, {
          refused: (record, error) =>
            refuse([reject({ ...record, key: readable(record.key), value: readable(record.value) }, error)]),
          failed: (error) => node.error(error.message),
        }),
    );
  });
