import type { CleanSettings, OutlierSettings } from './clean';

/** The settings of a tweet-clean, side by side as a flow has them. */
export interface FlatCleanSettings extends Omit<CleanSettings, 'outliers'> {
  /** The paths in which outliers are looked for; none where they are not. */
  readonly outliers: readonly string[];
  readonly outlierAction: OutlierSettings['action'];
  readonly outlierFactor: number;
  readonly outlierWindow: number;
}

/** The same as `Cleaner` takes them. */
export function cleanSettings(settings: FlatCleanSettings): CleanSettings {
  const { outliers: fields, outlierAction: action, outlierFactor: k, outlierWindow: window, ...rest } = settings;
  return { ...rest, ...(fields.length > 0 ? { outliers: { fields, action, k, window } } : {}) };
}
