import type { Drive } from '../drive';
import type { Figure, Subject } from '../measure';
import type { Posts } from '../posts';

/** A row of the table of steps: a step, and what else does the same, if anything. */
export interface StepSubject extends Subject {
  /** `batch` or `one`: how many posts the step is given at once. */
  readonly form: Form;
  /** What does the same in the same run; the step's ratio is to this. */
  readonly peer?: Subject;
}

export type Form = 'batch' | 'one';

/** What the subjects of one kind of posts work on. */
export interface Bench {
  readonly posts: Posts;
  readonly drive: Drive;
}

export interface StepFigure extends Figure {
  readonly form: Form;
  readonly peer: Figure | undefined;
}

/** How many posts a round of a step takes. */
export const STEP_POSTS = 10_000;

export function step(name: string, form: Form, round: Subject['round'], peer?: Subject): StepSubject {
  return { name, form, round, ...(peer === undefined ? {} : { peer }) };
}
