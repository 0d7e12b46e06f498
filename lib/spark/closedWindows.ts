import { PulseflowError } from '../core/errors';
import { describe, isFields } from '../core/records';
import { HyperLogLog } from '../windows/hyperLogLog';
import type { Line } from '../windows/line';
import { LinesView } from '../windows/linesView';
import { resultOf } from '../windows/result';
import { payloadOf } from '../windows/rows';
import type { WindowsStep } from './plan';

/** A window with all its keys, as Spark has it: of sessions those that began and ended together. */
export interface SparkWindow {
  /** ms since the epoch. */
  readonly start: number;
  readonly end: number;
  /** False for an update. */
  readonly final: boolean;
  readonly groups: readonly SparkGroup[];
}

/** What Spark has of a key: sum, least and greatest where a value is added up, the different hashes where they are kept. */
export type SparkGroup = readonly [
  key: string,
  count: number,
  sum?: number | null,
  least?: number | null,
  greatest?: number | null,
  distinct?: readonly number[] | null,
];

/**
 * What the message of a window carries, as window-count sends it; undefined if there is nothing to send.
 * @throws {PulseflowError} if it is no window
 */
export function payloadOfWindow({ id, settings }: WindowsStep, window: unknown): unknown {
  if (!isWindow(window)) throw new PulseflowError(`This is no window of Spark's: ${describe(window)}.`);
  const { start, end, final, groups } = window;
  const view = new LinesView(
    start,
    end,
    groups.map((group) => lineOf(group, settings.distinct !== '')),
  );
  const result = resultOf(id, view, final, settings, { before: undefined, trends: undefined });
  return payloadOf(result, settings.output);
}

function lineOf([key, count, sum, least, greatest, hashes]: SparkGroup, distinct: boolean): Line {
  return {
    ...{ key, count, error: 0, sum: sum ?? 0, least: least ?? Infinity, greatest: greatest ?? -Infinity },
    distinct: distinct ? sketchOf(hashes ?? []) : undefined,
  };
}

function sketchOf(hashes: readonly number[]): HyperLogLog {
  const sketch = new HyperLogLog();
  for (const hash of hashes) sketch.add(hash);
  return sketch;
}

function isWindow(value: unknown): value is SparkWindow {
  if (!isFields(value)) return false;
  const { start, end, final, groups } = value;
  return typeof start === 'number' && typeof end === 'number' && typeof final === 'boolean' && Array.isArray(groups);
}
