import type { Browser, Locator, Page } from 'playwright-core';
import type { NodeSpec } from '../../nodes/common/spec';
import { openPage } from './browser';
import { listedNodes } from './specs';

/** A node as a flow file holds it. */
export type Exported = Record<string, unknown> & { readonly id: string; readonly type: string };

interface EditorNode {
  readonly id: string;
  readonly valid?: boolean;
}

/** What the page's own functions below use of Node-RED's editor. */
declare const RED: {
  readonly nodes: {
    id(): string;
    node(id: string): EditorNode;
    getType(type: string): { defaults: Record<string, { value: unknown }>; outputs?: number } | undefined;
    import(nodes: object[], options: object): unknown;
    createExportableNodeSet(nodes: EditorNode[]): Exported[];
    addLink(link: object): void;
    eachNode(visit: (node: EditorNode & { readonly type: string }) => void): void;
  };
  readonly workspaces: { active(): string };
  readonly actions: { invoke(action: string): void };
  readonly view: { redraw(): void };
  readonly editor: { edit(node: EditorNode): void; editConfig(name: string, type: string, id: string): void };
  readonly sidebar: { readonly help: { show(type: string): void } };
};

declare const jQuery: { readonly fx: { off: boolean } };

/** Errors that are not ours: the editor asks Node-RED's site for the list of modules, which tests cannot reach. */
const KNOWN =
  /^Failed to load resource: net::ERR_NAME_NOT_RESOLVED \(https:\/\/catalogue\.nodered\.org\/catalogue\.json\b/u;

/** Node-RED's editor in a browser, with what a person does there. */
export class EditorPage {
  readonly #errors: string[];

  private constructor(
    readonly page: Page,
    readonly url: string,
    errors: string[],
  ) {
    this.#errors = errors;
  }

  static async open(browser: Browser, url: string, locale: string): Promise<EditorPage> {
    const { page, errors } = await openPage(browser, url, { locale });
    // Evaluated in the page, where RED may not be there yet.
    const loaded = (types: string[]): boolean =>
      typeof RED !== 'undefined' && types.every((type) => RED.nodes.getType(type)) && RED.workspaces.active() !== '0';
    await page.waitForFunction(loaded, Object.keys(listedNodes()));
    await page
      .locator('#red-ui-palette .red-ui-palette-node[data-palette-type="kafka-in"]')
      .waitFor({ state: 'attached' });
    await page.evaluate(() => (jQuery.fx.off = true));
    await page.addStyleTag({ content: '* { transition: none !important; animation: none !important; }' });
    return new EditorPage(page, url, errors);
  }

  /** The errors the page has reported since this was last asked, without those that are known. */
  takeErrors(): string[] {
    return this.#errors.splice(0).filter((error) => !KNOWN.test(error));
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }

  /** Puts a node with its default values into the flow, and others where given. */
  async add(spec: NodeSpec, values: Record<string, unknown> = {}): Promise<string> {
    return this.page.evaluate(
      ({ type, config, values }) => {
        const id = RED.nodes.id();
        const definition = RED.nodes.getType(type);
        const defaults = Object.entries(definition?.defaults ?? {}).map(([name, { value }]) => [name, value] as const);
        const wires = Array.from({ length: definition?.outputs ?? 0 }, () => []);
        const place = config ? {} : { x: 300, y: 200, z: RED.workspaces.active(), wires };
        const node = { id, type, ...Object.fromEntries(defaults), ...place, ...values };
        RED.nodes.import([structuredClone(node)], { generateIds: false });
        RED.view.redraw();
        return id;
      },
      { type: spec.type, config: spec.config === true, values },
    );
  }

  /** Drags a node from the palette to a place on the canvas, as a hand does. */
  async drag(type: string, x: number, y: number): Promise<string> {
    const entry = this.page.locator(`#red-ui-palette .red-ui-palette-node[data-palette-type="${type}"]`);
    await entry.scrollIntoViewIfNeeded();
    await entry.hover();
    await this.page.mouse.down();
    const canvas = await this.page.locator('#red-ui-workspace-chart').boundingBox();
    const { x: left, y: top } = canvas ?? { x: 0, y: 0 };
    await this.page.mouse.move(left + x - 20, top + y - 20, { steps: 4 });
    await this.page.mouse.move(left + x, top + y, { steps: 2 });
    await this.page.mouse.up();
    return this.page.evaluate((type) => {
      const ids: string[] = [];
      RED.nodes.eachNode((node) => {
        if (node.type === type) ids.push(node.id);
      });
      return ids.at(-1) ?? '';
    }, type);
  }

  /** Opens the dialog of a node by a double click on it. */
  async doubleClick(spec: NodeSpec, id: string): Promise<Dialog> {
    await this.page.locator(`[id="${id}"] .red-ui-flow-node`).dblclick();
    const dialog = new Dialog(this.page, spec);
    await dialog.field('name').waitFor();
    await dialog.isReady();
    return dialog;
  }

  async deploy(): Promise<void> {
    const deployed = this.page.waitForResponse(
      (answer) => answer.url().endsWith('/flows') && answer.request().method() === 'POST',
    );
    await this.page.locator('#red-ui-header-button-deploy').click();
    await deployed;
  }

  /** The flows as Menu > Export gives them. */
  async exportAll(): Promise<Exported[]> {
    await this.page.evaluate(() => RED.actions.invoke('core:show-export-dialog'));
    await this.page.locator('#red-ui-clipboard-dialog-export-rng-full').click();
    const text = this.page.locator('#red-ui-clipboard-dialog-export-text');
    const json = await text.inputValue();
    await this.page.locator('#red-ui-clipboard-dialog-cancel').click();
    return JSON.parse(json) as Exported[];
  }

  /** Brings flows in as Menu > Import does. */
  async importAll(flows: readonly Exported[]): Promise<void> {
    await this.page.evaluate(() => RED.actions.invoke('core:show-import-dialog'));
    const text = this.page.locator('#red-ui-clipboard-dialog-import-text');
    await text.fill(JSON.stringify(flows));
    await text.press('End');
    await this.page.locator('#red-ui-clipboard-dialog-ok:not(:disabled)').click();
    await text.waitFor({ state: 'hidden' });
  }

  async export(id: string): Promise<Exported> {
    const set = await this.page.evaluate((id) => RED.nodes.createExportableNodeSet([RED.nodes.node(id)]), id);
    const [node] = set;
    if (node === undefined) throw new Error(`the editor has no node ${id}`);
    return node;
  }

  /** Brings an exported node in again under a new id, which it returns. */
  async import(node: Exported): Promise<string> {
    return this.page.evaluate((node) => {
      const id = RED.nodes.id();
      RED.nodes.import([{ ...structuredClone(node), id }], { generateIds: false });
      return id;
    }, node);
  }

  /** Whether the editor shows the node as set up; it marks others with a red triangle. */
  async isValid(id: string): Promise<boolean | undefined> {
    return this.page.evaluate((id) => RED.nodes.node(id).valid, id);
  }

  async openDialog(spec: NodeSpec, id: string): Promise<Dialog> {
    await this.page.evaluate(
      ({ type, config, id }) => (config ? RED.editor.editConfig('', type, id) : RED.editor.edit(RED.nodes.node(id))),
      { type: spec.type, config: spec.config === true, id },
    );
    const dialog = new Dialog(this.page, spec);
    await dialog.field('name').waitFor();
    await dialog.isReady();
    return dialog;
  }

  /** The dialog that is open just now, on top of others. */
  dialog(spec: NodeSpec): Dialog {
    return new Dialog(this.page, spec);
  }

  /** Draws a wire from a node's first output. */
  async wire(from: string, to: string): Promise<void> {
    await this.page.evaluate(
      ([from = '', to = '']) =>
        RED.nodes.addLink({ source: RED.nodes.node(from), sourcePort: 0, target: RED.nodes.node(to) }),
      [from, to],
    );
  }

  /** Closes what a failed test has left open, so that the next one is judged by itself. */
  async closeDialogs(): Promise<void> {
    const cancel = this.page.locator('#node-dialog-cancel:visible, #node-config-dialog-cancel:visible');
    while ((await cancel.count()) > 0) {
      await cancel.last().click();
      await cancel.last().waitFor({ state: 'detached' });
    }
  }

  /** The help of a node type as the sidebar shows it. */
  async help(type: string, title: string): Promise<string> {
    await this.page.evaluate((type) => RED.sidebar.help.show(type), type);
    const shown = this.page.locator('.red-ui-help:visible', {
      has: this.page.locator('.red-ui-help-title', { hasText: title }),
    });
    return (await shown.first().innerText()).replaceAll(/\s+/gu, ' ');
  }
}

/** What the page's own function below uses of an element. */
interface Row {
  readonly textContent: string;
  readonly offsetHeight: number;
  readonly firstChild: { readonly textContent: string };
  readonly dataset: { readonly pulseflow?: string };
  querySelector(selector: string): Row | null;
  querySelectorAll(selector: string): Iterable<Row>;
}

/** One line of a dialog. */
export interface Line {
  readonly name: string;
  readonly label: string | undefined;
  readonly hint: string | undefined;
  /** The words of what can be chosen. */
  readonly choices: readonly string[];
  readonly visible: boolean;
}

/** The open dialog of a node. */
export class Dialog {
  readonly #kind: '-config' | '';

  constructor(
    readonly page: Page,
    readonly spec: NodeSpec,
  ) {
    this.#kind = spec.config === true ? '-config' : '';
  }

  /** The element of a property's value, by the id that Node-RED wants. */
  field(name: string) {
    return this.page.locator(`#node${this.#kind}-input-${name}`);
  }

  /** The line of a property, with label and explanation. */
  row(name: string) {
    return this.page.locator(`.pulseflow-form:visible [data-pulseflow="${name}"]`);
  }

  /** All lines, as they are now. */
  async lines(): Promise<Line[]> {
    return this.page.locator('.pulseflow-form:visible [data-pulseflow]').evaluateAll((elements) =>
      (elements as unknown as Row[]).map((row) => ({
        name: row.dataset.pulseflow ?? '',
        label: row.querySelector('label')?.textContent,
        hint: row.querySelector('.pulseflow-hint')?.textContent,
        choices: [...row.querySelectorAll('option[data-i18n], .pulseflow-choices span')].map(
          (each) => each.textContent,
        ),
        visible: row.offsetHeight > 0,
      })),
    );
  }

  /** The rows of the two columns of a map. */
  pairs(name: string) {
    return this.row(name).locator('li .pulseflow-pair');
  }

  /** Node-RED moves the focus into a dialog once it has slid in. */
  async isReady(): Promise<void> {
    await this.page.waitForFunction("document.activeElement?.closest('.red-ui-tray') != null");
  }

  async unfold(): Promise<void> {
    const more = this.page.locator('.pulseflow-form:visible .pulseflow-more:not([open]) > summary');
    if ((await more.count()) > 0) await more.click();
  }

  /** Writes or chooses a value, as its kind of field wants it. */
  async set(name: string, value: string): Promise<void> {
    const field = this.field(name);
    const kind = this.spec.properties[name]?.kind;
    if (kind === 'choice') await field.selectOption(value);
    else if (kind === 'flag') await field.setChecked(value === 'true');
    else {
      await field.fill(value);
      await field.dispatchEvent('change');
    }
  }

  /** What is said beside a field to be wrong with it; empty if nothing is. */
  async fault(name: string): Promise<string> {
    return this.row(name).locator('[role=alert]').innerText();
  }

  /** Opens a field's list, and gives what it offers. */
  async offers(name: string): Promise<string[]> {
    await this.field(name).click();
    const options = this.row(name).locator('[role=option]');
    await options.first().waitFor();
    return options.evaluateAll((all) => (all as unknown as Row[]).map((each) => each.firstChild.textContent));
  }

  /** The part that tries the settings; opened if it is not. */
  async trial(): Promise<Locator> {
    const panel = this.page.locator('.pulseflow-form:visible .pulseflow-try');
    if ((await panel.getAttribute('open')) === null) await panel.locator('> summary').click();
    return panel;
  }

  async isMarked(name: string): Promise<boolean> {
    return (await this.field(name).getAttribute('class'))?.includes('input-error') ?? false;
  }

  async done(): Promise<void> {
    await this.page.locator(`#node${this.#kind}-dialog-ok:visible`).click();
    await this.field('name').waitFor({ state: 'detached' });
  }
}
