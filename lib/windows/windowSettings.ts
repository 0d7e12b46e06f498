import { SettingError } from '../core/errors';
import type { CountSettings } from './contribution';
import type { ResultSettings } from './result';
import type { WindowShape } from './shape';
import type { WatermarkOptions } from './watermark';

/** What a window node is set to. */
export interface WindowSettings extends CountSettings, WatermarkOptions, ResultSettings {
  readonly shape: WindowShape;
  /** `close`: a window's result once it is complete; `update`: also what it has so far, when asked by `update`. */
  readonly emit: 'close' | 'update';
  /** How many windows the mean remembers that `trends` compares with. */
  readonly history: number;
  /** A message for each window, or a batch of flat rows. */
  readonly output: 'windows' | 'rows';
  /** Windows survive a restart. */
  readonly durable: boolean;
  /** Late records are wanted. */
  readonly keepLate: boolean;
}

/**
 * Checks a shape against the other settings.
 * @throws {SettingError} if they do not go together
 */
export function checkTogether({ kind }: WindowShape, { emit }: Pick<WindowSettings, 'emit'>): void {
  if (kind === 'session' && emit === 'update') {
    throw new SettingError('Session windows have no updates, as in Spark.', {
      setting: 'emit',
      remedy: 'Send them when they are complete, or count in tumbling windows.',
    });
  }
}
