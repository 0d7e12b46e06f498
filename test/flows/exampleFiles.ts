import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** A node of an example, as its file holds it. */
export interface ExampleNode {
  readonly id: string;
  readonly type: string;
  readonly z?: string;
  readonly g?: string;
  readonly d?: boolean;
  readonly name?: string;
  readonly version?: number;
  readonly topic?: string;
  readonly group?: string;
  readonly x?: number;
  readonly y?: number;
  readonly func?: string;
  readonly outputs?: number;
  readonly libs?: readonly unknown[];
  readonly props?: readonly { readonly p: string; readonly v?: string }[];
  readonly wires?: readonly (readonly string[])[];
}

export interface Example {
  /** As it stands in the menu. */
  readonly name: string;
  readonly nodes: readonly ExampleNode[];
}

/** What Import > Examples offers. */
export function readExamples(): Example[] {
  const folder = join(process.cwd(), 'examples');
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .map((file) => ({
      name: file.replace(/\.json$/u, ''),
      nodes: JSON.parse(readFileSync(join(folder, file), 'utf8')) as ExampleNode[],
    }));
}
