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

/** Makes a list of name and value pairs that can be edited. */
export function fillMap(selector: string, value: unknown, valueKind: 'path' | 'text'): void {
  const list = $(selector).editableList({
    addItem: (row: HTMLElement, _index: number, pair: Pair) => {
      const $row = $(row).css({ display: 'flex', gap: '6px' });
      input($row, 'name', pair.name ?? '', '');
      input($row, 'value', pair.value ?? '', valueKind === 'path' ? 'author.username' : '');
    },
    removable: true,
    sortable: true,
    height: 140,
  });
  for (const [name, each] of Object.entries((value ?? {}) as Record<string, string>)) {
    list.editableList('addItem', { name, value: each });
  }
}

function input(row: JQueryLike, role: string, value: string, placeholder: string): void {
  $('<input type="text">').attr('data-role', role).attr('placeholder', placeholder).css({ flex: '1' }).val(value).appendTo(row);
}

export function readMap(selector: string): Record<string, string> {
  const map: Record<string, string> = {};
  $(selector)
    .editableList('items')
    .each((_, element) => {
      const name = String($(element).find('[data-role=name]').val() as string).trim();
      const value = String($(element).find('[data-role=value]').val() as string).trim();
      if (name !== '') map[name] = value;
    });
  return map;
}
