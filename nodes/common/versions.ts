import type { NodeSpec } from './spec';

/** What a flow holds of a node. */
export type SavedSettings = Readonly<Record<string, unknown>>;

/** How the settings of one version of a node become those of the next. */
export interface Migration {
  /** Names of settings that it reads and the next version does not have; the editor would drop them otherwise. */
  readonly drops?: readonly string[];
  /** Makes the settings of the next version. A setting that is missing has its default. */
  readonly upgrade: (saved: SavedSettings) => SavedSettings;
}

/** The setting in which a flow keeps the version of a node's other settings. */
export const VERSION = 'version';

/** The version of a node's settings, counted from 1; each migration leads to the next. */
export function versionOf(spec: NodeSpec): number {
  return 1 + (spec.migrations?.length ?? 0);
}

/** The version that a flow was saved by. Without a sound one it counts as the first. */
export function savedVersion(saved: SavedSettings): number {
  const version = saved[VERSION];
  return typeof version === 'number' && Number.isInteger(version) && version > 0 ? version : 1;
}

/**
 * Settings as this version of the node would have saved them. Those of this version, and of later ones, are given back
 * untouched: they are the same object.
 */
export function upgraded(spec: NodeSpec, saved: SavedSettings): SavedSettings {
  const pending = (spec.migrations ?? []).slice(savedVersion(saved) - 1);
  if (pending.length === 0) return saved;
  const settings = pending.reduce((older, { drops = [], upgrade }) => {
    const newer = upgrade(older);
    return Object.fromEntries(Object.entries(newer).filter(([name]) => !drops.includes(name)));
  }, saved);
  return { ...settings, [VERSION]: versionOf(spec) };
}
