import { SettingError } from '../core/errors';
import { afinnScorer } from './afinn';
import type { Scorer } from './scorer';

const ENGINES: ReadonlyMap<string, () => Scorer> = new Map([['afinn', afinnScorer]]);

/**
 * The scorer that a node's `engine` names.
 * @throws {SettingError} if there is none of that name
 */
export function scorerOf(engine: string): Scorer {
  const make = ENGINES.get(engine);
  if (make) return make();
  throw new SettingError(`There is no sentiment engine "${engine}".`, {
    setting: 'engine',
    remedy: `Choose ${[...ENGINES.keys()].join(' or ')}.`,
  });
}
