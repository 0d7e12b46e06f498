import { matters } from '../common/checks';
import type { Property } from '../common/properties';
import type { NodeSpec } from '../common/spec';
import { readChoices, readMap } from './fields';
import type { EditorNode } from './index';

export type Prefix = 'node-config-input' | 'node-input';

/** The node whose dialog is open: one of the flow, and over it perhaps a config node. */
const edited = new Map<Prefix, EditorNode>();

/** How the ids of a dialog's fields begin. */
export function prefixOf(spec: NodeSpec): Prefix {
  return spec.config === true ? 'node-config-input' : 'node-input';
}

export function enter(spec: NodeSpec, node: EditorNode): void {
  edited.set(prefixOf(spec), node);
}

/** The dialog closes: from here on the node's own values count. */
export function leave(spec: NodeSpec): void {
  edited.delete(prefixOf(spec));
}

/** Whether the dialog of this node is open. */
export function isOpen(spec: NodeSpec, node: EditorNode): boolean {
  return edited.get(prefixOf(spec)) === node;
}

/** A node that was saved before it had a property runs with its default: the dialog shows that. */
export function fillMissing(spec: NodeSpec, node: EditorNode): void {
  for (const [name, property] of Object.entries(spec.properties)) {
    const field = fieldOf(spec, name);
    if (node[name] !== undefined || field === null || property.kind === 'credential') continue;
    const preset = property.default;
    if (typeof preset === 'boolean') field.checked = preset;
    else if (property.kind !== 'config' && typeof preset !== 'object') field.value = String(preset);
  }
}

/** The field of a property, by the id that Node-RED wants; null for lists and rows of boxes. */
export function fieldOf(spec: NodeSpec, name: string): HTMLInputElement | null {
  return document.querySelector(`#${prefixOf(spec)}-${name}`);
}

/** What the field of a property shows, as the flow would save it; undefined if it is not in the page. */
export function shown(spec: NodeSpec, name: string, property: Property): unknown {
  const id = `#${prefixOf(spec)}-${name}`;
  if (property.kind === 'choices') return $(`${id}-choices`).length === 0 ? undefined : readChoices(`${id}-choices`);
  if (property.kind === 'map') return $(`${id}-list`).length === 0 ? undefined : readMap(`${id}-list`);
  const field = fieldOf(spec, name);
  if (field === null) return undefined;
  if (property.kind === 'flag') return field.checked;
  // A list of choices has no value until Node-RED has put one in. Its lists of config nodes say `_ADD_` for none.
  const value = $(field).val();
  return value === '_ADD_' ? '' : (value ?? undefined);
}

/** What a node's dialog shows while it is open, and what the node holds otherwise. */
export function valuesOf(spec: NodeSpec, node: EditorNode): (name: string) => unknown {
  const asShown = isOpen(spec, node);
  return (name) => {
    const property = spec.properties[name];
    const value = asShown && property !== undefined ? shown(spec, name, property) : undefined;
    return value ?? node[name] ?? property?.default;
  };
}

/** Whether a property matters, as its node is now. */
export function isInPlay(spec: NodeSpec, property: Property, node: EditorNode): boolean {
  return matters(spec.properties, property, valuesOf(spec, node));
}
