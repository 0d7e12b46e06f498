import type { Property } from '../common/properties';
import type { NodeSpec } from '../common/spec';
import { isInPlay, shown } from './form';
import type { EditorNode } from './index';

/** Says beside "More settings" which of them differ from their defaults. */
export function sayChanged(spec: NodeSpec, node: EditorNode, form: HTMLElement): void {
  const place = form.querySelector('.pulseflow-changed');
  if (place === null) return;
  const folded = Object.entries(spec.properties).filter(([, { group }]) => group === 'more');
  const say = (): void => {
    const changed = folded
      .filter(([name, property]) => isInPlay(spec, property, node) && differs(property, shown(spec, name, property)))
      .map(([name]) => node._(`${spec.type}.properties.${name}.label`));
    const names = new Intl.ListFormat(document.documentElement.lang || undefined).format(changed);
    place.textContent = changed.length === 0 ? node._('common.unchanged') : node._('common.changed', { names });
  };
  $(form).on('change', say);
  say();
}

function differs(property: Property, value: unknown): boolean {
  if (property.kind === 'credential' || value === undefined) return false;
  // A number comes out of its field as text.
  const text = (each: unknown): string => (typeof each === 'number' ? `"${each}"` : JSON.stringify(each));
  return text(value) !== text(property.default);
}
