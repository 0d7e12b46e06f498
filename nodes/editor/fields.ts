import { CELL_TYPES, splitTyped } from '../../lib/core/patterns';
import type { ValueKind } from '../common/properties';

/** Ticks the boxes of a row of choices. */
export function fillChoices(selector: string, value: unknown): void {
  const chosen = Array.isArray(value) ? (value as string[]) : [];
  $(`${selector} input`).each((_, element) => {
    const box = element as HTMLInputElement;
    box.checked = chosen.includes(box.value);
  });
}

export function readChoices(selector: string): string[] {
  const chosen: string[] = [];
  $(`${selector} input`).each((_, element) => {
    const box = element as HTMLInputElement;
    if (box.checked) chosen.push(box.value);
  });
  return chosen;
}

interface Pair {
  name?: string;
  value?: string;
}

/** What stands over the columns of a map. */
export interface Headings {
  readonly name: string;
  readonly value: string;
  /** The words for a type of cells, or for `type` itself. */
  readonly type: (key: string) => string;
}

/** Makes a list of name and value pairs that can be edited. */
export function fillMap(selector: string, value: unknown, valueKind: ValueKind, headings: Headings): void {
  const header = pair($('<div>')).append($('<span>').text(headings.name)).append($('<span>').text(headings.value));
  if (valueKind === 'typed') header.append($('<span class="pulseflow-type">').text(headings.type('type')));
  const list = $(selector).editableList({
    header,
    addItem: (row: HTMLElement, _index: number, { name, value: each }: Pair) => {
      const $row = pair($(row));
      $row.closest('li').find('.red-ui-editableList-item-remove').attr('aria-label', RED._('common.label.delete'));
      input($row, 'name', name ?? '', headings.name, headings.name);
      // A type that is none of ours stays beside its path, where it is marked.
      const typed = valueKind === 'typed' ? splitTyped(each ?? '') : undefined;
      const value = typed?.path ?? each ?? '';
      input($row, 'value', value, headings.value, valueKind === 'text' ? headings.value : 'author.username');
      if (valueKind === 'typed') types($row, typed?.type ?? 'text', headings.type);
    },
    // A row that is gone has changed the map.
    removeItem: () => list.trigger('change'),
    removable: true,
    sortable: true,
    height: 'auto',
  });
  for (const [name, each] of Object.entries((value ?? {}) as Record<string, string>)) {
    list.editableList('addItem', { name, value: each });
  }
}

function pair(element: JQueryLike): JQueryLike {
  return element.addClass('pulseflow-pair');
}

function input(row: JQueryLike, role: string, value: string, label: string, placeholder: string): void {
  $('<input type="text">')
    .attr('data-role', role)
    .attr('placeholder', placeholder)
    .attr('aria-label', label)
    .val(value)
    .appendTo(row);
}

function types(row: JQueryLike, chosen: string, words: Headings['type']): void {
  const list = $('<select class="pulseflow-type">').attr('data-role', 'type').attr('aria-label', words('type'));
  for (const type of CELL_TYPES) list.append($('<option>').attr('value', type).text(words(type)));
  list.val(chosen).appendTo(row);
}

export function readMap(selector: string): Record<string, string> {
  const pairs: [string, string][] = [];
  $(selector)
    .editableList('items')
    .each((_, element) => {
      const name = String($(element).find('[data-role=name]').val()).trim();
      const path = String($(element).find('[data-role=value]').val()).trim();
      const type = $(element).find('[data-role=type]').val() ?? 'text';
      const value = type === 'text' ? path : `${path}|${String(type)}`;
      if (name !== '') pairs.push([name, value]);
    });
  // Not by assignment: `__proto__` is a name like any other.
  return Object.fromEntries(pairs);
}
