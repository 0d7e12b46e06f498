import { SettingError, messageOf } from '../../core/errors';

/** What a consumer wants to read, out of what there is. */
export interface Subscription {
  /** The topics of a cluster that are meant, in order. */
  among(all: readonly string[]): string[];
  /** The names that are not there, and the patterns that nothing fits. */
  missing(all: readonly string[]): string[];
  /** More topics may come to fit. */
  readonly open: boolean;
}

/**
 * Reads names of topics and patterns between slashes, such as `/^tweets\.x/`.
 * @throws {SettingError} if a pattern is no regular expression
 */
export function subscribe(wanted: readonly string[]): Subscription {
  const names = wanted.filter((each) => !isPattern(each));
  const patterns = wanted.filter(isPattern).map((text) => ({ text, regex: regexOf(text) }));
  return {
    open: patterns.length > 0,
    among: (all) => all.filter((topic) => names.includes(topic) || patterns.some(({ regex }) => regex.test(topic))),
    missing: (all) => [
      ...names.filter((name) => !all.includes(name)),
      ...patterns.filter(({ regex }) => !all.some((topic) => regex.test(topic))).map(({ text }) => text),
    ],
  };
}

/** True of text between slashes. */
export function isPattern(text: string): boolean {
  return text.length > 2 && text.startsWith('/') && text.endsWith('/');
}

function regexOf(text: string): RegExp {
  try {
    return new RegExp(text.slice(1, -1), 'u');
  } catch (thrown) {
    throw new SettingError(`${text} is not a pattern: ${messageOf(thrown)}.`, {
      setting: 'topic',
      remedy: 'Write a regular expression between slashes, such as /^tweets-/.',
    });
  }
}
