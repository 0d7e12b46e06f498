import { compileAsked } from '../../lib/hbase/asked';
import { HBaseReader } from '../../lib/hbase/reader';
import type { HBaseCluster } from '../../lib/hbase/table';
import { asError } from '../common/processor';
import type { Red } from '../common/red';
import { registerNode } from '../common/register';
import { serviceOf } from '../common/services';
import { borrow } from '../common/runtime';
import { Answers } from './answers';
import { spec } from './spec';

export = (RED: Red): void =>
  registerNode(RED, spec, (context) => {
    const { settings } = context;
    const cluster = serviceOf<HBaseCluster>(context, settings.cluster, 'cluster');
    const reader = new HBaseReader(cluster, settings);
    const asked = compileAsked(settings);
    const { made: answers, giveBack } = borrow(RED, (runtime) => new Answers(context, runtime, reader, asked));
    let last: Promise<void> = Promise.resolve();
    return {
      // One after the other, so that answers keep the order of what was asked.
      input(message, send, done) {
        last = last
          .then(() => answers.answer(message, send))
          .then(
            () => done(),
            (thrown: unknown) => done(asError(thrown)),
          );
      },
      close: () => giveBack(() => answers.close()),
    };
  });
