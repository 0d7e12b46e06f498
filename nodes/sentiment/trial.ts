import { scorerOf } from '../../lib/sentiment/engines';
import { sentimentStep } from '../../lib/sentiment/sentimentStep';
import { fieldWriter } from '../../lib/text/fields';
import type { Red } from '../common/red';
import { offerTrial, shownOutcome } from '../common/trial';
import { spec } from './spec';

/** Tries the settings on a text, as a post that has it in the field it is read from. */
export function offerSentimentTrial(RED: Red): void {
  offerTrial(RED, spec, ['property', 'engine', 'to'], (settings, text) => {
    const post = fieldWriter(settings.property, 'property')({}, text);
    const { words = [] } = scorerOf(settings.engine).score(text);
    // As they stand in the text: `score` names the last one first.
    return {
      ...shownOutcome(sentimentStep({ ...settings, detail: false })([post])),
      words: words.toReversed().join(', '),
    };
  });
}
