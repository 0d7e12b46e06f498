/** The parts of Node-RED's editor API, and of jQuery with its widgets, that the dialogs use. */
interface JQueryLike {
  readonly length: number;
  val(): string | number | string[] | undefined;
  val(value: string): JQueryLike;
  prop(name: string): unknown;
  prop(name: string, value: boolean): JQueryLike;
  addClass(name: string): JQueryLike;
  closest(selector: string): JQueryLike;
  toggle(visible: boolean): JQueryLike;
  on(event: string, handler: () => void): JQueryLike;
  each(visit: (index: number, element: HTMLElement) => void): JQueryLike;
  find(selector: string): JQueryLike;
  appendTo(target: JQueryLike): JQueryLike;
  append(child: JQueryLike | string): JQueryLike;
  attr(name: string, value: string): JQueryLike;
  text(value: string): JQueryLike;
  trigger(event: string): JQueryLike;
  editableList(options: Record<string, unknown> | 'items'): JQueryLike;
  editableList(method: 'addItem', item: unknown): void;
}
declare const $: {
  (selector: string | HTMLElement): JQueryLike;
  ajax(request: { url: string; method: string }): {
    then(done: () => void, failed: (answer: unknown) => void): void;
  };
};

declare const RED: {
  _(key: string, values?: Record<string, string | number>): string;
  readonly events: { on(event: 'nodes:add', listener: (node: Record<string, unknown>) => void): void };
  readonly nodes: {
    node(id: string): { readonly valid?: boolean } | null;
    eachNode(visit: (node: Record<string, unknown>) => void): void;
    filterLinks(filter: { target: unknown }): { readonly source: { readonly id: string } }[];
  };
  readonly i18n: { lang(): string };
};
