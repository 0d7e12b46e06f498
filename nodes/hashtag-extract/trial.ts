import { hashtagStep } from '../../lib/text/hashtagStep';
import { fieldWriter } from '../../lib/text/fields';
import type { Red } from '../common/red';
import { offerTrial, shownOutcome } from '../common/trial';
import { spec } from './spec';

/** Tries the settings on a text, as a post that has it in the field it is read from. */
export function offerHashtagTrial(RED: Red): void {
  offerTrial(RED, spec, ['from', 'to', 'kinds', 'lowercase', 'output'], (settings, text) =>
    shownOutcome(hashtagStep(settings)([fieldWriter(settings.from, 'from')({}, text)])),
  );
}
