import assert from 'node:assert/strict';
import { source } from 'axe-core';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../support/browser';
import { EditorPage } from '../support/editorPage';
import { type NodeRed, startNodeRed } from '../support/nodeRed';
import { allSpecs } from '../support/specs';

/** What axe-core finds in Node-RED's own frame around every dialog, of core nodes too; none of it is made by a module. */
const FRAME = [
  // The tabs "properties", "description" and "appearance" are links with a picture alone.
  '.red-ui-tab-link-button',
  // The button for the help of a node has a picture alone.
  '.red-ui-tray-footer-left > .red-ui-button',
  // Fields that keep the browser from filling in passwords, out of sight.
  '[id^="red-ui-trap-"]',
  // The list of flows that a configuration node is for.
  '#red-ui-editor-config-scope',
];

/** What the page's own function below uses. */
declare const axe: {
  run(
    context: object,
    options: object,
  ): Promise<{ violations: { id: string; impact: string; nodes: { html: string; failureSummary: string }[] }[] }>;
};
declare const document: {
  readonly documentElement: { readonly classList: { toggle(name: string, on: boolean): void } };
};

describe('the dialogs, to whoever cannot see or use a mouse', () => {
  let nodeRed: NodeRed;
  let browser: Browser;
  let editor: EditorPage;
  before(async function () {
    this.timeout(60_000);
    nodeRed = await startNodeRed({ flows: [{ id: 'aaaaaaaaaaaaaaaa', type: 'tab', label: 'test' }] });
    browser = await launchBrowser();
    editor = await EditorPage.open(browser, nodeRed.url, 'en-US');
    await editor.page.evaluate(source);
  });
  after(async () => {
    await browser.close();
    await nodeRed.stop();
  });
  afterEach(() => editor.closeDialogs());

  const faults = (): Promise<string[]> =>
    editor.page.evaluate(async (frame) => {
      const { violations } = await axe.run(
        { include: ['.red-ui-tray'], exclude: frame },
        { resultTypes: ['violations'] },
      );
      return violations.flatMap(({ id, impact, nodes }) =>
        nodes.map(({ html, failureSummary }) => `${impact} ${id}: ${html}: ${failureSummary}`),
      );
    }, FRAME);

  for (const theme of ['light', 'dark']) {
    for (const spec of allSpecs()) {
      it(`axe-core finds nothing wrong with the dialog of ${spec.type}, ${theme}`, async () => {
        await editor.page.evaluate(
          (dark) => document.documentElement.classList.toggle('nr-theme-dark', dark),
          theme === 'dark',
        );
        const dialog = await editor.openDialog(spec, await editor.add(spec));
        await dialog.unfold();
        if (spec.tries !== undefined) {
          const panel = await dialog.trial();
          await panel.locator('.pulseflow-answer > *').first().waitFor();
        }
        for (const name of Object.keys(spec.properties)) {
          const field = dialog.field(name);
          if (!(await field.isVisible()) || (await field.getAttribute('aria-required')) === null) continue;
          await dialog.set(name, '');
          assert.notEqual(await dialog.fault(name), '');
        }
        assert.deepEqual(await faults(), []);
      });
    }
  }

  it('everything is reached with Tab, in the order of the page, and the folded part opened with a key', async () => {
    const spec = allSpecs().find(({ type }) => type === 'hdfs-sink');
    assert.ok(spec);
    const dialog = await editor.openDialog(spec, await editor.add(spec));
    await dialog.field('name').focus();
    const reached: string[] = [];
    const tab = async (): Promise<void> => {
      await editor.page.keyboard.press('Tab');
      reached.push(await editor.page.evaluate('document.activeElement.id || document.activeElement.tagName'));
    };
    for (let step = 0; step < 7; step++) await tab();
    assert.deepEqual(reached, [
      'node-input-cluster',
      'node-input-btn-cluster-edit',
      'node-input-btn-cluster-add',
      'node-input-path',
      'node-input-format',
      'node-input-fields',
      'SUMMARY',
    ]);
    await editor.page.keyboard.press('Enter');
    await dialog.field('rollSize').waitFor();
    await tab();
    assert.equal(reached.at(-1), 'node-input-rollSize');
  });

  it('a list of suggestions is used with the keys alone, and closed without closing the dialog', async () => {
    const spec = allSpecs().find(({ type }) => type === 'window-count');
    assert.ok(spec);
    const dialog = await editor.openDialog(spec, await editor.add(spec));
    const field = dialog.field('size');
    await field.focus();
    await field.press('ArrowDown');
    const options = dialog.row('size').locator('[role=option]');
    await options.first().waitFor();
    assert.equal(await field.getAttribute('aria-expanded'), 'true');
    await field.press('ArrowDown');
    const active = await field.getAttribute('aria-activedescendant');
    assert.equal(await dialog.row('size').locator('[aria-selected=true]').getAttribute('id'), active);
    assert.deepEqual(await faults(), []);
    await field.press('Enter');
    assert.equal(await field.inputValue(), '1s');
    await field.press('ArrowDown');
    await options.first().waitFor();
    await field.press('Escape');
    assert.equal(await field.getAttribute('aria-expanded'), 'false');
    assert.equal(await field.inputValue(), '1s');
    await dialog.done();
  });
});
