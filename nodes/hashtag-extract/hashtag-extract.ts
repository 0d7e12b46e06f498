import { hashtagStep } from '../../lib/text/hashtagStep';
import { processor } from '../common/processor';
import type { Red } from '../common/red';
import { registerNode } from '../common/register';
import { spec } from './spec';

export = (RED: Red): void => registerNode(RED, spec, (context) => processor(context, hashtagStep(context.settings)));
