import { check } from '../common/checks';
import type { Property } from '../common/properties';
import type { NodeSpec } from '../common/spec';
import { fillChoices, fillMap, readChoices, readMap } from './fields';

/** A node as the editor holds it. */
export interface EditorNode {
  [property: string]: unknown;
  _(key: string): string;
}

/** What a node's own `editor.ts` adds to the generated dialog. */
export interface Extras {
  prepare?(node: EditorNode): void;
  save?(node: EditorNode): void;
}

/** Checks one saved value; true, or (where the editor can show it) the sentence that says what is wrong. */
export function validate(
  packageName: string,
  spec: NodeSpec,
  name: string,
  value: unknown,
  node: EditorNode,
  wantsText: unknown,
): boolean | string {
  const property = spec.properties[name];
  if (property === undefined || !matters(spec, property, (other) => node[other])) return true;
  const fault = check(property, value);
  if (fault === undefined) return true;
  if (wantsText === undefined) return false;
  const words = RED._(`${packageName}/${spec.type}:common.checks.${fault.key}`, { value: fault.value, limit: fault.limit ?? '' });
  return `${RED._(`${packageName}/${spec.type}:${spec.type}.properties.${name}.label`)}: ${words}`;
}

/** A node's label where it has no name: what it is about (topic, table), else its type. */
export function label(node: EditorNode, spec: NodeSpec, type: string): string {
  for (const name of ['topic', 'table', 'path', 'query', 'url', 'brokers']) {
    const property = spec.properties[name];
    const value = node[name];
    if (property !== undefined && matters(spec, property, (other) => node[other]) && typeof value === 'string' && value !== '') {
      return value;
    }
  }
  return type;
}

/** Fills the generated dialog and shows only the rows that matter. */
export function prepare(node: EditorNode, spec: NodeSpec, extras: Extras): void {
  const prefix = prefixOf(spec);
  for (const [name, property] of Object.entries(spec.properties)) {
    if (property.kind === 'choices') fillChoices(`#${prefix}-${name}-choices`, node[name]);
    if (property.kind === 'map') fillMap(`#${prefix}-${name}-list`, node[name], property.valueKind);
  }
  const show = (): void => {
    for (const [name, property] of Object.entries(spec.properties)) {
      const visible = matters(spec, property, (other) => $(`#${prefix}-${other}`).val());
      $(`[data-pulseflow="${name}"]`).toggle(visible);
    }
  };
  const deciding = new Set(Object.values(spec.properties).flatMap((property) => property.when?.property ?? []));
  for (const name of deciding) $(`#${prefix}-${name}`).on('change', show);
  show();
  extras.prepare?.(node);
}

/** Takes over what the standard fields of a dialog cannot save by themselves. */
export function save(node: EditorNode, spec: NodeSpec, extras: Extras): void {
  const prefix = prefixOf(spec);
  for (const [name, property] of Object.entries(spec.properties)) {
    if (property.kind === 'choices') node[name] = readChoices(`#${prefix}-${name}-choices`);
    if (property.kind === 'map') node[name] = readMap(`#${prefix}-${name}-list`);
  }
  extras.save?.(node);
}

function prefixOf(spec: NodeSpec): string {
  return spec.config === true ? 'node-config-input' : 'node-input';
}

function matters(spec: NodeSpec, property: Property, valueOf: (name: string) => unknown): boolean {
  if (property.when === undefined) return true;
  const other = spec.properties[property.when.property];
  const value = valueOf(property.when.property) ?? other?.default;
  return property.when.is.includes(String(value as string));
}
