/** What a text feels. */
export type Label = 'positive' | 'neutral' | 'negative';

/** A judgement of a text: what every engine gives. */
export interface Sentiment {
  readonly label: Label;
  /** Strength and direction, in the engine's own unit; its sign is the label's. */
  readonly score: number;
  /** The score per token, so that long and short texts compare. */
  readonly comparative: number;
  /** How likely the label is right, 0 to 1. */
  readonly confidence: number;
  /** What the judgement rests on, of engines that read word by word. */
  readonly tokens?: readonly string[];
  /** The tokens that have a score, the last in the text first, as npm `sentiment` gives them; so the next two. */
  readonly words?: readonly string[];
  readonly positive?: readonly string[];
  readonly negative?: readonly string[];
}

/** Scores of words, to add to those of an engine or to use in their stead. */
export type Overrides = Readonly<Record<string, number>>;

/** An engine. Scoring is a pure function of text and overrides; engines that know no words pass over the overrides. */
export interface Scorer {
  score(text: string, overrides?: Overrides): Sentiment;
}
