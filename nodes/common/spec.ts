import type { Property } from './properties';
import type { Migration } from './versions';

/**
 * The one declaration of a palette node. The build makes of it the editor's defaults, form rows, validators and the
 * property table of the help; the runtime its checked settings.
 */
export interface NodeSpec {
  readonly type: string;
  /** Config nodes hold connections and have no place on the canvas. */
  readonly config?: true;
  readonly color?: string;
  readonly inputs?: 0 | 1;
  /** A name per output, keys of the catalogue's `outputs`. */
  readonly outputs?: readonly string[];
  /** It keeps state that a person may want to forget: the dialog has a button for that. */
  readonly keepsState?: true;
  /** What the dialog tries the settings on; the node's `trial.ts` answers. */
  readonly tries?: 'text' | 'record' | 'time';
  readonly properties: Readonly<Record<string, Property>>;
  /** From each earlier version of the settings to the next, the oldest first; together they make the version. */
  readonly migrations?: readonly Migration[];
}

/** The checked settings of a node, typed by its declaration. */
export type Settings<Spec extends NodeSpec> = {
  readonly [Name in keyof Spec['properties']]: Spec['properties'][Name] extends Property<infer Value> ? Value : never;
};

/** Declares a node; only gives the declaration its narrowest type. */
export function defineNode<const Spec extends NodeSpec>(spec: Spec): Spec {
  return spec;
}
