import { type PieceAt, whole } from './pieces';

/** Something to choose, with a word on where it comes from. */
export interface Offer {
  readonly value: string;
  readonly note?: string;
}

const MOST = 60;
let count = 0;

/**
 * Lets a text field offer values, any other of which may still be typed: the editable combobox with a list of the ARIA
 * Authoring Practices. Down or a click opens the list, Up and Down move in it, Enter takes, Escape closes.
 */
export class Combobox {
  readonly #list: HTMLElement;
  #offers: readonly Offer[] = [];
  #active = -1;
  /** Questions that were overtaken by another are not answered. */
  #asked = 0;

  /** @param offers asked each time the list opens, with the text and where the caret is in it */
  constructor(
    private readonly field: HTMLInputElement,
    private readonly offers: (text: string, caret: number) => Promise<readonly Offer[]>,
    private readonly pieceAt: PieceAt = whole,
  ) {
    this.#list = document.createElement('ul');
    this.#list.id = `pulseflow-offers-${String(++count)}`;
    this.#list.className = 'pulseflow-offers';
    this.#list.setAttribute('role', 'listbox');
    this.#list.hidden = true;
    // A field in a row of a list has no label beside it.
    const label = field.getAttribute('aria-label');
    if (label === null) this.#list.setAttribute('aria-labelledby', `${field.id}-label`);
    else this.#list.setAttribute('aria-label', label);
    field.after(this.#list);
    const states = { role: 'combobox', 'aria-autocomplete': 'list', 'aria-expanded': 'false', autocomplete: 'off' };
    for (const [name, value] of Object.entries(states)) field.setAttribute(name, value);
    field.setAttribute('aria-controls', this.#list.id);
    field.addEventListener('keydown', (event) => this.#key(event));
    field.addEventListener('input', (event) => {
      // What the list itself has put in is no reason to open it again.
      if (event.isTrusted) void this.#open(true);
    });
    field.addEventListener('click', () => void this.#open(false));
    field.addEventListener('blur', () => this.close());
    // The field keeps the focus, so that a press on the list does not close it.
    this.#list.addEventListener('pointerdown', (event) => event.preventDefault());
    this.#list.addEventListener('mousedown', (event) => event.preventDefault());
    this.#list.addEventListener('click', (event) => {
      const option = (event.target as Element).closest('[role=option]');
      if (option !== null) this.#take([...this.#list.children].indexOf(option));
    });
  }

  get #isOpen(): boolean {
    return !this.#list.hidden;
  }

  close(): void {
    this.#asked++;
    this.#list.hidden = true;
    this.#active = -1;
    this.field.setAttribute('aria-expanded', 'false');
    this.field.removeAttribute('aria-activedescendant');
  }

  async #open(typed: boolean): Promise<void> {
    const asked = ++this.#asked;
    const all = await this.offers(this.field.value, this.field.selectionStart ?? 0);
    if (asked !== this.#asked || document.activeElement !== this.field) return;
    const piece = this.pieceAt(this.field.value, this.field.selectionStart ?? 0);
    // Whoever only opens the list wants to see what there is, whatever the field holds.
    const wanted = typed ? (piece?.text.toLowerCase() ?? '') : '';
    const found = all.filter(({ value }) => value.toLowerCase().includes(wanted)).slice(0, MOST);
    const isNothingNew = found.length === 1 && found[0]?.value === piece?.text;
    if (piece === undefined || found.length === 0 || (typed && (isNothingNew || piece.text === ''))) {
      this.close();
      return;
    }
    this.#offers = found;
    this.#list.replaceChildren(...found.map((offer, index) => this.#option(offer, index)));
    this.#list.hidden = false;
    this.#active = -1;
    this.field.setAttribute('aria-expanded', 'true');
    this.field.removeAttribute('aria-activedescendant');
  }

  #option({ value, note }: Offer, index: number): HTMLElement {
    const option = document.createElement('li');
    option.id = `${this.#list.id}-${String(index)}`;
    option.setAttribute('role', 'option');
    option.setAttribute('aria-selected', 'false');
    option.append(value);
    if (note !== undefined) {
      const remark = document.createElement('span');
      remark.textContent = note;
      option.append(' ', remark);
    }
    return option;
  }

  #key(event: KeyboardEvent): void {
    const moves: Partial<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 };
    const move = moves[event.key];
    if (move !== undefined) {
      event.preventDefault();
      if (this.#isOpen) this.#move(move);
      else if (move > 0) void this.#open(false).then(() => this.#move(1));
    } else if (this.#isOpen && event.key === 'Escape') {
      // Node-RED would close the dialog.
      event.stopPropagation();
      this.close();
    } else if (this.#active >= 0 && event.key === 'Enter') {
      event.preventDefault();
      this.#take(this.#active);
    }
  }

  #move(by: number): void {
    if (!this.#isOpen) return;
    const options = [...this.#list.children];
    options[this.#active]?.setAttribute('aria-selected', 'false');
    // From none, Up leads to the last.
    this.#active =
      this.#active < 0 && by < 0 ? options.length - 1 : (this.#active + by + options.length) % options.length;
    const option = options[this.#active];
    option?.setAttribute('aria-selected', 'true');
    option?.scrollIntoView({ block: 'nearest' });
    this.field.setAttribute('aria-activedescendant', option?.id ?? '');
  }

  #take(index: number): void {
    const value = this.#offers[index]?.value;
    const text = this.field.value;
    const piece = this.pieceAt(text, this.field.selectionStart ?? text.length);
    if (value === undefined || piece === undefined) return;
    const put = piece.wrap?.(value) ?? value;
    this.field.value = text.slice(0, piece.start) + put + text.slice(piece.end);
    const caret = piece.start + put.length;
    this.field.setSelectionRange(caret, caret);
    this.close();
    this.field.dispatchEvent(new Event('input', { bubbles: true }));
    $(this.field).trigger('change');
  }
}
