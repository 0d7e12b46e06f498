import type { NodeSpec } from '../common/spec';
import { matters } from '../common/checks';
import { faultOf, sayFaults, sentence } from './faults';
import { fillChoices, fillMap, readChoices, readMap } from './fields';
import { enter, fillMissing, isInPlay, isOpen, leave, prefixOf } from './form';
import { sayChanged } from './more';
import { prepareReset } from './reset';
import { offerSuggestions } from './suggestions';
import { type ShowAnswer, prepareTrial } from './trial';

export { leave } from './form';
export { checkVersion, upgradeNodes } from './versions';

/** A node as the editor holds it. */
export interface EditorNode {
  [property: string]: unknown;
  _(key: string, values?: Record<string, string>): string;
}

/** What a node's own `editor.ts` adds to the generated dialog. */
export interface Extras {
  prepare?(node: EditorNode): void;
  save?(node: EditorNode): void;
  /** Shows the answer of a trial in its own way. */
  showTrial?: ShowAnswer;
}

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
  const fault = faultOf(spec, name, value, node);
  if (fault === undefined) return true;
  // An open dialog says it beside the field.
  if (wantsText === undefined || isOpen(spec, node)) return false;
  const catalogue = `${packageName}/${spec.type}`;
  const words = sentence((key, values) => RED._(`${catalogue}:${key}`, values), fault);
  return `${RED._(`${catalogue}:${spec.type}.properties.${name}.label`)}: ${words}`;
}

/** A node's label where it has no name: what it is about (topic, table), else its type. */
export function label(node: EditorNode, spec: NodeSpec, type: string): string {
  for (const name of ['topic', 'table', 'index', 'path', 'query', 'url', 'brokers']) {
    const property = spec.properties[name];
    const value = node[name];
    if (
      property !== undefined &&
      matters(spec.properties, property, (other) => node[other]) &&
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
  enter(spec, node);
  const $form = $(`#${prefix}-name`).closest('.pulseflow-form');
  const form = document.querySelector<HTMLElement>(`#${prefix}-name`)?.closest<HTMLElement>('.pulseflow-form');
  if (form == null) return;
  fillMissing(spec, node);
  for (const [name, property] of Object.entries(spec.properties)) {
    if (property.kind === 'choices') fillChoices(`#${prefix}-${name}-choices`, node[name] ?? property.default);
    if (property.kind === 'map') {
      const heading = (column: string): string => node._(`${spec.type}.properties.${name}.headings.${column}`);
      const type = (key: string): string => node._(`common.cells.${key}`);
      const headings = { name: heading('name'), value: heading('value'), type };
      fillMap(`#${prefix}-${name}-list`, node[name] ?? property.default, property.valueKind, headings);
    }
    // Node-RED has put a list of its own in the place of the field.
    if (property.kind === 'config') makeAccessible(prefix, name, property.config);
  }
  if (spec.keepsState === true) prepareReset(node, $form);
  const show = (): void => {
    for (const [name, property] of Object.entries(spec.properties)) {
      $form.find(`[data-pulseflow="${name}"]`).toggle(isInPlay(spec, property, node));
    }
  };
  const deciding = new Set(Object.values(spec.properties).flatMap((property) => property.when?.property ?? []));
  for (const name of deciding) $(`#${prefix}-${name}`).on('change', show);
  show();
  // What is wrong is not folded away.
  const isWrong = Object.entries(spec.properties).some(
    ([name, property]) =>
      property.group === 'more' &&
      property.kind !== 'credential' &&
      faultOf(spec, name, node[name], node) !== undefined,
  );
  if (isWrong) $form.find('.pulseflow-more').prop('open', true);
  offerSuggestions(spec, node, form);
  sayFaults(spec, node, form);
  sayChanged(spec, node, form);
  prepareTrial(spec, node, form, extras.showTrial);
  extras.prepare?.(node);
}

/** Ties Node-RED's list to its explanation and faults, and has the keyboard reach the buttons beside it. */
function makeAccessible(prefix: string, name: string, type: string): void {
  const id = `${prefix}-${name}`;
  $(`#${id}`).attr('aria-describedby', `${id}-hint ${id}-fault`);
  for (const what of ['edit', 'add']) {
    const button = document.querySelector<HTMLElement>(`#${prefix}-btn-${name}-${what}`);
    if (button === null) continue;
    button.tabIndex = 0;
    button.setAttribute('role', 'button');
    button.setAttribute('aria-label', RED._(`editor.${what === 'add' ? 'addNewConfig' : 'editConfig'}`, { type }));
    button.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' && event.key !== ' ') return;
      event.preventDefault();
      button.click();
    });
  }
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
