/** What an entity is: `#hashtag`, `$CASHTAG` or `@mention`. */
export type EntityKind = 'hashtag' | 'cashtag' | 'mention';

/** A tag or name found in a text. */
export interface Entity {
  readonly kind: EntityKind;
  /** The tag or name as it is written, without its sign. */
  readonly text: string;
  /** Where it starts, at its sign, and ends, in UTF-16 units: `source.slice(...indices)` is sign and text. */
  readonly indices: readonly [start: number, end: number];
}
