import { RecordError } from '../core/errors';
import { describe, isFields } from '../core/records';
import type { Overrides } from './scorer';

/**
 * Checks what a message carries as `overrides`: an object of words and finite scores, or nothing.
 * @throws {RecordError} if it is anything else
 */
export function readOverrides(value: unknown): Overrides | undefined {
  if (value === undefined || value === null) return undefined;
  if (!isFields(value)) throw wrong(`not ${describe(value)}`);
  const entries: [string, number][] = [];
  for (const [word, score] of Object.entries(value)) {
    if (typeof score !== 'number' || !Number.isFinite(score)) throw wrong(`but "${word}" has ${describe(score)}`);
    entries.push([word, score]);
  }
  return Object.fromEntries(entries);
}

function wrong(problem: string): RecordError {
  return new RecordError(`msg.overrides must be an object of words and their scores, ${problem}.`, {
    setting: 'overrides',
    remedy: 'Write it like {"brilliant": 5}.',
  });
}
