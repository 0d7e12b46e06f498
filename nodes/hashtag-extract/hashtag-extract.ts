import { hashtagStep } from '../../lib/text/hashtagStep';
import { processor } from '../common/processor';
import type { Red } from '../common/red';
import { registerNode } from '../common/register';
import { spec } from './spec';
import { offerHashtagTrial } from './trial';

export = (RED: Red): void => {
  offerHashtagTrial(RED);
  registerNode(RED, spec, (context) => {
    const { settings } = context;
    return processor(context, hashtagStep(settings), { reshapes: settings.output === 'split' });
  });
};
