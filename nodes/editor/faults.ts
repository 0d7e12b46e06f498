import { type Fault as SettingFault, check } from '../common/checks';
import type { Property } from '../common/properties';
import type { NodeSpec } from '../common/spec';
import { fieldOf, isInPlay, prefixOf, shown, valuesOf } from './form';
import type { EditorNode } from './index';

/** What is wrong with a value: a key of the common catalogue's `checks`, with what it quotes. */
type Fault =
  | SettingFault
  | { readonly key: 'unchosen' | 'missing' | 'broken'; readonly value: string; readonly limit?: undefined };

/** How long a click takes at most, in ms. */
const AFTER_CLICK = 250;

/** What is wrong with a value of a node, if its property matters at all. */
export function faultOf(spec: NodeSpec, name: string, value: unknown, node: EditorNode): Fault | undefined {
  const property = spec.properties[name];
  if (property === undefined || !isInPlay(spec, property, node)) return undefined;
  // What a flow does not hold runs with its default.
  const meant = value ?? property.default;
  return property.kind === 'config' ? checkReference(property, meant) : check(property, meant, valuesOf(spec, node));
}

/** A reference has to lead to a node that is there and in order. Node-RED's list says `_ADD_` for none. */
function checkReference(property: Property, value: unknown): Fault | undefined {
  const id = value === '_ADD_' ? '' : value;
  const fault = check(property, id);
  if (fault?.key === 'required') return { key: 'unchosen', value: '' };
  if (fault !== undefined || typeof id !== 'string' || id === '' || id.startsWith('${')) return fault;
  const target = RED.nodes.node(id);
  if (target === null) return { key: 'missing', value: id };
  return target.valid === false ? { key: 'broken', value: id } : undefined;
}

/** The sentence of a fault, from the catalogue that `words` reads. */
export function sentence(words: EditorNode['_'], { key, value, limit }: Fault): string {
  return words(`common.checks.${key}`, { value, limit: String(limit ?? '') });
}

/**
 * Says beside each field what is wrong with it, as it is typed. That a field is empty is said only once it has been
 * touched: a new node is no heap of mistakes.
 */
export function sayFaults(spec: NodeSpec, node: EditorNode, form: HTMLElement): void {
  const touched = new Set<string>();
  const say = (name: string, property: Property): void => {
    const place = form.querySelector(`#${prefixOf(spec)}-${name}-fault`);
    if (place === null) return;
    const fault = faultOf(spec, name, shown(spec, name, property), node);
    const isQuiet = (fault?.key === 'required' || fault?.key === 'unchosen') && !touched.has(name);
    const words = fault === undefined || isQuiet ? '' : sentence((key, values) => node._(key, values), fault);
    if (place.textContent !== words) place.textContent = words;
    fieldOf(spec, name)?.setAttribute('aria-invalid', String(fault !== undefined));
  };
  const sayAll = (): void => {
    for (const [name, property] of Object.entries(spec.properties)) say(name, property);
  };
  const hear = (event: Event): void => {
    const row = (event.target as Element).closest<HTMLElement>('[data-pulseflow]');
    if (row !== null) touched.add(row.dataset.pulseflow ?? '');
    // What is said moves the rows below it: not between the press and the release of the button that left the field.
    if (event.type === 'focusout') window.setTimeout(sayAll, AFTER_CLICK);
    else sayAll();
  };
  for (const type of ['input', 'change', 'focusout']) form.addEventListener(type, hear);
  // Node-RED and jQuery trigger changes that the browser does not know of.
  $(form).on('change', sayAll);
  sayAll();
}
