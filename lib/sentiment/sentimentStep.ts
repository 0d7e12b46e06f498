import { type Step, recordStep } from '../core/records';
import { fieldWriter, textReader } from '../text/fields';
import { scorerOf } from './engines';
import type { Overrides } from './scorer';

/** What a sentiment step reads, how it judges, and what it writes. */
export interface SentimentSettings {
  /** The path of the text. */
  readonly property: string;
  /** The engine's name: `afinn`. */
  readonly engine: string;
  /** The path that the judgement goes to. */
  readonly to: string;
  /**
   * Keeps what the judgement rests on: tokens, words, positive and negative. Single messages need it, since
   * `msg.sentiment` holds all of that with node-red-node-sentiment; for a batch it is mostly weight: a post of 200
   * bytes grows to 300 without it, to 520 with it.
   */
  readonly detail: boolean;
  /** Scores of words for this step only, from `readOverrides`. */
  readonly overrides?: Overrides | undefined;
}

/**
 * A step that judges posts. A post whose text is missing or no text is rejected; an empty text is neutral.
 * @throws {SettingError} if a path is malformed or the engine is unknown
 */
export function sentimentStep({ property, engine, to, detail, overrides }: SentimentSettings): Step {
  const read = textReader(property, 'property');
  const write = fieldWriter(to, 'to');
  const scorer = scorerOf(engine);
  return recordStep((post, records) => {
    const text = read(post);
    records.push(write(post, detail ? scorer.score(text, overrides) : scorer.judge(text, overrides)));
  });
}
