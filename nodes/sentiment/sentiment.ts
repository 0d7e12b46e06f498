import { readOverrides } from '../../lib/sentiment/overrides';
import { scorerOf } from '../../lib/sentiment/engines';
import { sentimentStep } from '../../lib/sentiment/sentimentStep';
import { getter } from '../../lib/core/paths';
import { Output, asError } from '../common/processor';
import type { Red } from '../common/red';
import { registerNode } from '../common/register';
import { spec } from './spec';
import { offerSentimentTrial } from './trial';

export = (RED: Red): void => {
  offerSentimentTrial(RED);
  registerNode(RED, spec, (context) => {
    const { settings } = context;
    const output = new Output(context);
    const scorer = scorerOf(settings.engine);
    const resultOf = getter(settings.to, 'to');
    const plain = sentimentStep({ ...settings, detail: false });
    const detailed = sentimentStep({ ...settings, detail: true });
    return {
      input(message, send, done) {
        const { payload } = message;
        try {
          const overrides = readOverrides(message.overrides);
          if (typeof payload === 'string') {
            // A text by itself, as node-red-node-sentiment takes it.
            message.sentiment = scorer.score(payload, overrides);
            output.send(message, { records: [payload], rejected: [] }, send);
          } else if (Array.isArray(payload)) {
            const step = overrides === undefined ? plain : sentimentStep({ ...settings, detail: false, overrides });
            output.send(message, step(payload), send);
          } else {
            const step = overrides === undefined ? detailed : sentimentStep({ ...settings, detail: true, overrides });
            const outcome = step([payload]);
            const [record] = outcome.records;
            if (record !== undefined) message.sentiment = resultOf(record);
            output.send(message, outcome, send);
          }
          done();
        } catch (thrown) {
          done(asError(thrown));
        }
      },
    };
  });
};
