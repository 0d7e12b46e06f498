import { SettingError } from '../core/errors';
import { type Step, recordStep } from '../core/records';
import { type EntityKind, extractEntities } from './entities';
import { fieldWriter, textReader } from './fields';

/** What a hashtag step reads, finds and writes. */
export interface HashtagSettings {
  /** The path of the text. */
  readonly from: string;
  /** The path that the tags go to. */
  readonly to: string;
  readonly kinds: readonly EntityKind[];
  /** Lower-cases tags, the same in every locale, so that `#News` and `#news` count as one. */
  readonly lowercase: boolean;
  /** `enrich`: each post with an array of its tags; `split`: a copy of the post for each tag, none if it has none. */
  readonly output: 'enrich' | 'split';
}

const SIGNS: Readonly<Record<EntityKind, string>> = { hashtag: '', cashtag: '$', mention: '@' };

/**
 * A step that finds the tags of posts, by twitter-text's rules, in order of appearance, each once a post. Tags are
 * written without sign; of several kinds, cashtags as `$TSLA` and mentions as `@name`, so that they are told apart.
 * A post whose text is missing or no text is rejected.
 * @throws {SettingError} if a path is malformed or no kind is asked for
 */
export function hashtagStep({ from, to, kinds, lowercase, output }: HashtagSettings): Step {
  const read = textReader(from, 'from');
  const write = fieldWriter(to, 'to');
  if (kinds.length === 0) {
    throw new SettingError('No kind of tag is asked for.', {
      setting: 'kinds',
      remedy: 'Choose hashtags, cashtags or mentions.',
    });
  }
  const tagsOf = tagReader(kinds, lowercase);
  if (output === 'enrich') {
    return recordStep((post, records) => {
      records.push(write(post, tagsOf(read(post))));
    });
  }
  return recordStep((post, records) => {
    for (const tag of tagsOf(read(post))) records.push(write(post, tag));
  });
}

function tagReader(kinds: readonly EntityKind[], lowercase: boolean): (text: string) => string[] {
  const signed = new Set(kinds).size > 1;
  return (text) => {
    const tags: string[] = [];
    for (const entity of extractEntities(text, kinds)) {
      const tag = lowercase ? entity.text.toLowerCase() : entity.text;
      tags.push(signed ? SIGNS[entity.kind] + tag : tag);
    }
    return tags.length < 2 ? tags : [...new Set(tags)];
  };
}
