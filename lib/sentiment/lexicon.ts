import { PulseflowError, messageOf } from '../core/errors';
import { isFields } from '../core/records';
import { WORD_LISTS, wordList } from './wordLists';

/** Word lists of npm `sentiment` 5.0.2. */
export interface Lexicon {
  /** AFINN-165's words, and emoji, each with its score from -5 to 5. */
  readonly scores: ReadonlyMap<string, number>;
  /** The words that turn round the score of the word after them. */
  readonly negators: ReadonlySet<string>;
}

let loaded: Lexicon | undefined;

/**
 * Reads the word lists, once. As maps, not as the package's own objects: those answer for `constructor`, too, and its
 * `analyze` leaves the words of one call's overrides in them for every later call.
 * @throws {PulseflowError} if the package is not installed as it should be
 */
export function lexicon(): Lexicon {
  loaded ??= {
    // Emoji after words, as the package's lib/language-processor.js puts them.
    scores: new Map([...readScores('labels'), ...readScores('emoji')]),
    negators: new Set(readScores('negators').map(([word]) => word)),
  };
  return loaded;
}

function readScores(list: keyof typeof WORD_LISTS): (readonly [word: string, score: number])[] {
  try {
    const content = wordList(list);
    if (!isFields(content)) throw new TypeError('it holds no object');
    return Object.entries(content).map(([word, score]) => [word, Number(score)] as const);
  } catch (thrown) {
    throw new PulseflowError(`The word list ${WORD_LISTS[list]} cannot be read: ${messageOf(thrown)}.`, {
      remedy: 'Install the package sentiment 5.0.2 again.',
      cause: thrown,
    });
  }
}
