/** What a text feels. */
export type Label = 'positive' | 'neutral' | 'negative';

/** A judgement of a text: what every engine gives. */
export interface Judgement {
  readonly label: Label;
  /** Strength and direction, in the engine's own unit; its sign is the label's. */
  readonly score: number;
  /** The score per token, so that long and short texts compare. */
  readonly comparative: number;
  /** How likely the label is right, 0 to 1. */
  readonly confidence: number;
}

/** A judgement, and what it rests on where an engine reads word by word. */
export interface Sentiment extends Judgement {
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
  /** The judgement alone, which may be had for much less than what it rests on. */
  judge(text: string, overrides?: Overrides): Judgement;
  /** The same judgement with what it rests on. */
  score(text: string, overrides?: Overrides): Sentiment;
}
