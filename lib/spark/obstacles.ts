import { PulseflowError } from '../core/errors';

/** Something in a flow that means nothing on Spark. */
export interface Obstacle {
  /** The node's id. */
  readonly node: string;
  /** What a person calls it: its type, and its name or else its id. */
  readonly name: string;
  /** The property that it is about; left out where it is the node itself. */
  readonly setting?: string;
  readonly reason: string;
  readonly remedy: string;
}

/** Something that a person should know of a plan, and that keeps nothing from running. */
export interface Note {
  readonly node: string;
  readonly name: string;
  readonly text: string;
}

/** A stretch of a flow that Spark cannot run, with all that stands in the way. */
export class PlanError extends PulseflowError {
  constructor(
    stretch: string,
    readonly obstacles: readonly Obstacle[],
  ) {
    const words = obstacles.map(({ name, reason, remedy }) => `\n- ${name}: ${reason} ${remedy}`);
    super(`Spark cannot run ${stretch}:${words.join('')}`, {
      ...(obstacles[0]?.setting === undefined ? {} : { setting: obstacles[0].setting }),
    });
  }
}

/** An obstacle before it is known of which node: reason and remedy are sentences. */
export type Objection = Pick<Obstacle, 'setting' | 'reason' | 'remedy'>;
