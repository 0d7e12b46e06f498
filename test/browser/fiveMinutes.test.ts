import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { launchBrowser, openPage } from '../support/browser';
import { DashboardPage } from '../support/dashboardPage';
import type { NodeRed } from '../support/nodeRed';
import { Registry, entryOf } from '../support/registry';
import { allSpecs, listedNodes, readJson } from '../support/specs';
import { UserDirectory, pack } from '../support/userDirectory';

const MODULE = '@pulseflow/node-red-pulseflow';
const CHARTS = ['Top hashtags of the window', 'Mood of the posts', 'Posts per second'];
const PATIENCE = 120_000;

/** Somebody at a mouse, whose clicks are counted. */
class Person {
  clicks = 0;
  readonly typed: string[] = [];
  readonly #since = Date.now();

  constructor(readonly page: Page) {}

  async click(what: Locator): Promise<void> {
    this.clicks++;
    await what.click({ timeout: PATIENCE });
  }

  async type(where: Locator, text: string): Promise<void> {
    await this.click(where);
    await where.selectText();
    await where.pressSequentially(text);
    this.typed.push(text);
  }

  get seconds(): number {
    return Math.round((Date.now() - this.#since) / 1000);
  }
}

describe('from an empty palette to moving charts', function () {
  this.timeout(300_000);
  const user = new UserDirectory();
  let registry: Registry;
  let nodeRed: NodeRed;
  let browser: Browser;
  let page: Page;
  let person: Person;
  let errors: readonly string[];

  before(async () => {
    type Manifest = Parameters<typeof entryOf>[0];
    const ours = readJson('package.json') as Manifest;
    const dashboard = readJson('node_modules', 'node-red-dashboard', 'package.json') as Manifest;
    const catalogue = [entryOf(ours, Object.keys(listedNodes())), entryOf(dashboard, ['ui_chart', 'ui_template'])];
    registry = await Registry.start(await pack(user.path), ours, catalogue);
    writeFileSync(join(user.path, '.npmrc'), `@pulseflow:registry=${registry.url}/\n`);
    const palette = `palette: { catalogues: ['${registry.url}/catalogue.json'] }`;
    nodeRed = await user.start('node-red', `editorTheme: { tours: false, ${palette} },`);
    browser = await launchBrowser();
    ({ page, errors } = await openPage(browser, nodeRed.url));
    person = new Person(page);
  });
  after(async () => {
    await browser.close();
    await nodeRed.stop();
    await registry.stop();
    user.remove();
  });

  const inPalette = (type: string): Locator =>
    page.locator(`#red-ui-palette .red-ui-palette-node[data-palette-type="${type}"]`);
  const menu = async (item: string): Promise<void> => {
    await person.click(page.locator('#red-ui-header-button-sidemenu'));
    await person.click(page.locator(`#${item}`));
  };

  const installs = async (module: string, search: string): Promise<void> => {
    await person.type(page.getByPlaceholder('search modules'), search);
    const found = page.locator('#red-ui-palette-editor li:visible', { hasText: module });
    await person.click(found.locator('.red-ui-button', { hasText: 'install' }));
    await person.click(page.locator('.red-ui-notification button', { hasText: /^Install$/u }));
  };

  it('finds the module in the palette manager and installs it, and the dashboard', async () => {
    await inPalette('inject').waitFor({ timeout: PATIENCE });
    assert.equal(await inPalette('kafka-in').count(), 0);
    await menu('menu-item-edit-palette');
    await person.click(page.locator('#red-ui-palette-editor-tabs a', { hasText: 'Install' }));
    await installs(MODULE, 'pulseflow');
    for (const { type, config } of allSpecs()) {
      if (config !== true) await inPalette(type).waitFor({ state: 'attached', timeout: PATIENCE });
    }
    await installs('node-red-dashboard', 'node-red-dashboard');
    await inPalette('ui_chart').waitFor({ state: 'attached', timeout: PATIENCE });
    await person.click(page.locator('#node-dialog-ok:visible'));
  });

  it('imports the pipeline from the examples', async () => {
    await menu('menu-item-import');
    await person.click(page.locator('#red-ui-clipboard-dialog-import-tabs a', { hasText: 'Examples' }));
    const entry = (label: string | RegExp): Locator =>
      page.locator('#red-ui-clipboard-dialog .red-ui-treeList-label:visible', { hasText: label });
    await person.click(entry(MODULE));
    await person.click(entry(/^\s*tweet-analytics\s*$/u));
    await person.click(page.locator('#red-ui-clipboard-dialog-ok'));
    await page.locator('#red-ui-workspace-tabs', { hasText: 'Dashboard' }).waitFor();
  });

  it('deploys it', async () => {
    await person.click(page.locator('#red-ui-header-button-deploy:not(.disabled)'));
    await page.locator('.red-ui-notification', { hasText: 'Successfully deployed' }).waitFor({ timeout: PATIENCE });
    assert.doesNotMatch(nodeRed.log(), /\[error\]/u);
  });

  it('shows charts that move', async () => {
    const dashboard = await DashboardPage.open(browser, nodeRed.url, { width: 1280, height: 800 });
    await dashboard.posts.first().waitFor({ timeout: PATIENCE });
    for (const title of CHARTS) {
      await until(`"${title}" shows data`, async () => (await dashboard.colours(title)) > 0);
      const canvas = dashboard.chart(title).locator('canvas');
      const before = await canvas.screenshot();
      await until(`"${title}" moves`, async () => !(await canvas.screenshot()).equals(before));
    }
    console.log(
      `      ${person.clicks} clicks, ${person.typed.map((text) => `"${text}"`).join(' and ')} typed, ${person.seconds} seconds from the empty palette to moving charts`,
    );
    assert.deepEqual(errors, []);
    assert.doesNotMatch(nodeRed.log(), /\[error\]/u);
  });
});

async function until(what: string, reached: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + PATIENCE;
  while (!(await reached())) {
    if (Date.now() > end) assert.fail(`waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
