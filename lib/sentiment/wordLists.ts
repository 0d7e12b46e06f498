import { readFileSync } from 'node:fs';

/** The files of npm `sentiment` 5.0.2 that hold words and their scores. */
export const WORD_LISTS = {
  labels: 'sentiment/languages/en/labels.json',
  emoji: 'sentiment/build/emoji.json',
  negators: 'sentiment/languages/en/negators.json',
} as const;

/** Reads a list anew: the package changes the object that `require` gives. A bundle has the lists in this one's place. */
export function wordList(name: keyof typeof WORD_LISTS): unknown {
  return JSON.parse(readFileSync(require.resolve(WORD_LISTS[name]), 'utf8'));
}
