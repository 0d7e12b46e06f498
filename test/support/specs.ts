import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { NodeSpec } from '../../nodes/common/spec';

export const ROOT = resolve(__dirname, '../../..');
export const LANGUAGES = ['en-US', 'zh-CN'] as const;
export type Language = (typeof LANGUAGES)[number];

/** The words of a node, or of all nodes, as nested objects of text. */
export interface Catalogue {
  readonly [key: string]: string | Catalogue;
}

export function readJson(...path: string[]): unknown {
  return JSON.parse(readFileSync(join(ROOT, ...path), 'utf8'));
}

/** The node types that package.json offers to Node-RED, with their files. */
export function listedNodes(): Record<string, string> {
  return (readJson('package.json') as { 'node-red': { nodes: Record<string, string> } })['node-red'].nodes;
}

/** The built declaration of each node of package.json. */
export function allSpecs(): NodeSpec[] {
  return Object.keys(listedNodes()).map((type) => {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- which modules there are is known only here
    return (require(join(ROOT, 'dist/nodes', type, 'spec.js')) as { spec: NodeSpec }).spec;
  });
}

/** The catalogue of a node type, or of `common`. */
export function catalogue(type: string, language: Language): Catalogue {
  return readJson('nodes', type, 'locales', `${language}.json`) as Catalogue;
}

/** The text at a dotted key, or undefined where there is none. */
export function words(source: Catalogue, key: string): string | undefined {
  let found: string | Catalogue | undefined = source;
  for (const part of key.split('.')) found = typeof found === 'object' ? found[part] : undefined;
  return typeof found === 'string' ? found : undefined;
}
