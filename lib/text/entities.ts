import { extractCashtags } from './cashtags';
import type { Entity, EntityKind } from './entity';
import { extractHashtags } from './hashtags';
import { extractMentions } from './mentions';

export type { Entity, EntityKind } from './entity';
export { extractCashtags } from './cashtags';
export { extractHashtags } from './hashtags';
export { extractMentions, extractMentionsOrLists, extractReply, type MentionOrList } from './mentions';

const KINDS: readonly EntityKind[] = ['hashtag', 'cashtag', 'mention'];

/**
 * The entities of the given kinds in a text, in order of appearance. Each kind is found by its own rules, and two kinds
 * never overlap: none of the signs may stand in another's text.
 */
export function extractEntities(text: string, kinds: readonly EntityKind[]): Entity[] {
  let found: Entity[] = [];
  let mixed = false;
  for (const kind of KINDS) {
    if (!kinds.includes(kind)) continue;
    const entities = extractKind(text, kind);
    if (entities.length === 0) continue;
    mixed = found.length > 0;
    found = mixed ? found.concat(entities) : entities;
  }
  return mixed ? found.sort((one, other) => one.indices[0] - other.indices[0]) : found;
}

function extractKind(text: string, kind: EntityKind): Entity[] {
  switch (kind) {
    case 'hashtag':
      return extractHashtags(text);
    case 'cashtag':
      return extractCashtags(text);
    case 'mention':
      return extractMentions(text);
  }
}
