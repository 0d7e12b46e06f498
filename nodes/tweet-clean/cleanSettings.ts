import type { CleanSettings } from '../../lib/posts/clean';
import type { Settings } from '../common/spec';
import type { spec } from './spec';

/** The node's settings as `lib/posts/clean` takes them. */
export function cleanSettings(settings: Settings<typeof spec>): CleanSettings {
  const { outliers: fields, outlierAction: action, outlierFactor: k, outlierWindow: window, ...rest } = settings;
  return { ...rest, ...(fields.length > 0 ? { outliers: { fields, action, k, window } } : {}) };
}
