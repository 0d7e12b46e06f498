import { Cleaner } from '../../lib/posts/clean';
import { cleanSettings } from '../../lib/posts/cleanSettings';
import type { Red } from '../common/red';
import { offerTrial, sampleRecord, shownOutcome } from '../common/trial';
import { spec } from './spec';

const NAMES = Object.keys(spec.properties) as (keyof typeof spec.properties)[];

/** Shows what becomes of a record, as if it were the first that the node sees. */
export function offerCleanTrial(RED: Red): void {
  offerTrial(RED, spec, NAMES, (settings, sample) => {
    const cleaner = new Cleaner(cleanSettings(settings));
    return shownOutcome(cleaner.clean([sampleRecord(RED, sample)], { contribute: () => undefined }).outcome);
  });
}
