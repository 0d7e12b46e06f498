import type { CleanSettings } from '../posts/clean';
import { type FlatCleanSettings, cleanSettings } from '../posts/cleanSettings';
import type { Objection } from './obstacles';

/**
 * What a tweet-clean means on Spark.
 * @param object takes what it cannot mean there
 */
export function cleanMeaning(settings: FlatCleanSettings, object: (objection: Objection) => void): CleanSettings {
  const { fields, required, missing, defaults, maxLength } = settings;
  const { dedupe, outliers } = cleanSettings(settings);
  if (dedupe !== '') {
    object({
      setting: 'dedupe',
      reason: `It remembers each ${dedupe} that was here before; the executors share no such memory.`,
      remedy: 'Leave dedupe empty there, and take out what is repeated before the topic that the stretch begins with.',
    });
  }
  if (outliers !== undefined) {
    object({
      setting: 'outliers',
      reason: 'It compares with the last values in the order of the records; Spark has no order of all records.',
      remedy: 'Leave outliers empty there, and find them before the topic that the stretch begins with.',
    });
  }
  return { fields, required, missing, defaults, dedupe: '', maxLength };
}
