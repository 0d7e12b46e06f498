import { check } from '../common/checks';
import type { Property } from '../common/properties';
import type { NodeSpec } from '../common/spec';
import { fillChoices, fillMap, readChoices, readMap } from './fields';
import { prepareReset } from './reset';

/** A node as the editor holds it. */
export interface EditorNode {
  [property: string]: unknown;
  _(key: string, values?: Record<string, string>): string;
}

/** What a node's own `editor.ts` adds to the generated dialog. */
export interface Extras {
  prepare?(node: EditorNode): void;
  save?(node: EditorNode): void;
}

/** What is wrong with a value: a key of the common catalogue's `checks`, with what it quotes. */
interface Fault {
  readonly key: string;
  readonly value: string;
  readonly limit?: number;
}

/** The node whose dialog is open: one of the flow, and over it perhaps a config node. */
const edited = new Map<Prefix, EditorNode>();

/** Gives the page the style sheet of the dialogs. */
export function style(css: string): void {
  $('<style>').text(css).appendTo($('head'));
}

/** Checks one value; true, or (where the editor can show it) the sentence that says what is wrong. */
export function validate(
  packageName: string,
  spec: NodeSpec,
  name: string,
  value: unknown,
  node: EditorNode,
  wantsText: unknown,
): boolean | string {
  const property = spec.properties[name];
  if (property === undefined || !matters(spec, property, valuesOf(spec, node))) return true;
  const fault = property.kind === 'config' ? checkReference(property, value) : check(property, value);
  if (fault === undefined) return true;
  if (wantsText === undefined) return false;
  const catalogue = `${packageName}/${spec.type}`;
  const words = RED._(`${catalogue}:common.checks.${fault.key}`, { value: fault.value, limit: fault.limit ?? '' });
  return `${RED._(`${catalogue}:${spec.type}.properties.${name}.label`)}: ${words}`;
}

/** What a dialog shows while it is open, and what the node holds otherwise. */
function valuesOf(spec: NodeSpec, node: EditorNode): (name: string) => unknown {
  const prefix = prefixOf(spec);
  return (name) => (edited.get(prefix) === node ? $(`#${prefix}-${name}`).val() : undefined) ?? node[name];
}

/** A reference has to lead to a node that is there and in order. Node-RED's list says `_ADD_` for none. */
function checkReference(property: Property, value: unknown): Fault | undefined {
  const id = value === '_ADD_' ? '' : value;
  const fault = check(property, id);
  if (fault !== undefined || typeof id !== 'string' || id === '' || id.startsWith('${')) return fault;
  const target = RED.nodes.node(id);
  if (target === null) return { key: 'missing', value: id };
  return target.valid === false ? { key: 'broken', value: id } : undefined;
}

/** A node's label where it has no name: what it is about (topic, table), else its type. */
export function label(node: EditorNode, spec: NodeSpec, type: string): string {
  for (const name of ['topic', 'table', 'path', 'query', 'url', 'brokers']) {
    const property = spec.properties[name];
    const value = node[name];
    if (
      property !== undefined &&
      matters(spec, property, (other) => node[other]) &&
      typeof value === 'string' &&
      value !== ''
    ) {
      return value;
    }
  }
  return type;
}

/** Fills the generated dialog and shows only the rows that matter. */
export function prepare(node: EditorNode, spec: NodeSpec, extras: Extras): void {
  const prefix = prefixOf(spec);
  edited.set(prefix, node);
  for (const [name, property] of Object.entries(spec.properties)) {
    if (property.kind === 'choices') fillChoices(`#${prefix}-${name}-choices`, node[name]);
    if (property.kind === 'map') {
      const heading = (column: string): string => node._(`${spec.type}.properties.${name}.headings.${column}`);
      const headings = { name: heading('name'), value: heading('value') };
      fillMap(`#${prefix}-${name}-list`, node[name], property.valueKind, headings);
    }
  }
  const form = $(`#${prefix}-name`).closest('.pulseflow-form');
  if (spec.keepsState === true) prepareReset(node, form);
  const show = (): void => {
    for (const [name, property] of Object.entries(spec.properties)) {
      form.find(`[data-pulseflow="${name}"]`).toggle(matters(spec, property, valuesOf(spec, node)));
    }
  };
  const deciding = new Set(Object.values(spec.properties).flatMap((property) => property.when?.property ?? []));
  for (const name of deciding) $(`#${prefix}-${name}`).on('change', show);
  show();
  // What is wrong is not folded away.
  if (
    Object.entries(spec.properties).some(([name, property]) => property.group === 'more' && isWrong(spec, node, name))
  ) {
    form.find('.pulseflow-more').prop('open', true);
  }
  extras.prepare?.(node);
}

function isWrong(spec: NodeSpec, node: EditorNode, name: string): boolean {
  const property = spec.properties[name];
  // A credential is not on the node; the editor knows only whether there is one.
  return (
    property !== undefined &&
    property.kind !== 'credential' &&
    validate('', spec, name, node[name], node, undefined) !== true
  );
}

/** Takes over what the standard fields of a dialog cannot save by themselves. */
export function save(node: EditorNode, spec: NodeSpec, extras: Extras): void {
  const prefix = prefixOf(spec);
  for (const [name, property] of Object.entries(spec.properties)) {
    if (property.kind === 'choices') node[name] = readChoices(`#${prefix}-${name}-choices`);
    if (property.kind === 'map') node[name] = readMap(`#${prefix}-${name}-list`);
  }
  extras.save?.(node);
  leave(spec);
}

/** The dialog closes: from here on the node's own values count. */
export function leave(spec: NodeSpec): void {
  edited.delete(prefixOf(spec));
}

type Prefix = 'node-config-input' | 'node-input';

function prefixOf(spec: NodeSpec): Prefix {
  return spec.config === true ? 'node-config-input' : 'node-input';
}

function matters(spec: NodeSpec, property: Property, valueOf: (name: string) => unknown): boolean {
  if (property.when === undefined) return true;
  const other = spec.properties[property.when.property];
  const value = valueOf(property.when.property) ?? other?.default;
  return property.when.is.some((each) => each === value);
}
