import assert from 'node:assert/strict';
import type { Browser, Locator, Page } from 'playwright-core';
import { type Watched, launchBrowser, openPage } from '../support/browser';
import { dashboard2, dashboard2Page, installDashboard2 } from '../support/dashboard2';
import { type NodeRed, startNodeRed } from '../support/nodeRed';
import { temporaryFolder } from '../support/store';
import { until } from '../support/until';

/** What runs, if anything of it does, leaves its mark on the page. */
const HOSTILE = [
  '<img src=x onerror="window.__ran=`img`">',
  '<svg onload="window.__ran=`svg`"></svg>',
  '<script>window.__ran=`script`</script>',
  "{{constructor.constructor('window.__ran=`mustache`')()}}",
  '[link](javascript:window.__ran=`markdown`)',
].join(' ');
const LINK = 'javascript:void(window.__ran=`link`)';

/** The JSONata that docs/safety.md recommends for the text widget. */
const ESCAPED = '$replace($replace(payload.text, "&", "&amp;"), "<", "&lt;")';

/** Where all nodes are drawn; what has no place Node-RED takes for a config node. */
const AT = { z: 'tab', x: 100, y: 100 };
const column = (key: string, type: string): object => ({
  title: key,
  key,
  keyType: 'key',
  type,
  width: '',
  align: 'start',
});
const table = (id: string, group: string, columns: object[]): object => ({
  ...{ id, type: 'ui-table', ...AT, group, label: id, maxrows: 10, passthru: false, autocols: false, columns },
  ...{ order: 2, width: 0, height: 0, action: 'replace', selectionType: 'none', mobileBreakpoint: 'xs', wires: [[]] },
});
const text = (id: string, value: string, valueType: string): object => ({
  ...{
    id,
    type: 'ui-text',
    ...AT,
    group: 'shown-group',
    label: id,
    value,
    valueType,
    layout: 'col-center',
    className: `is-${id}`,
  },
  ...{ order: 1, width: 0, height: 0, format: '{{msg.payload}}', wires: [] },
});

/** Posts come by HTTP, as anyone could send them, go through a topic and the pipeline's nodes, and are shown. */
const FLOW = [
  { id: AT.z, type: 'tab', label: 'posts of strangers' },
  { id: 'cluster', type: 'kafka-cluster', mode: 'embedded', partitions: 1, retention: '1d' },
  { id: 'http', type: 'http in', ...AT, url: '/post', method: 'post', wires: [['write', 'answer']] },
  { id: 'answer', type: 'http response', ...AT, wires: [] },
  { id: 'write', type: 'kafka-out', ...AT, cluster: 'cluster', topic: 'posts', wires: [[], []] },
  { id: 'read', type: 'kafka-in', ...AT, cluster: 'cluster', topic: 'posts', batch: false, wires: [['tags'], []] },
  { id: 'tags', type: 'hashtag-extract', ...AT, wires: [['mood'], []] },
  {
    id: 'mood',
    type: 'sentiment',
    ...AT,
    wires: [['plain', 'escaped', 'table', 'template', 'html', 'raw', 'count'], []],
  },
  {
    ...{ id: 'count', type: 'window-count', ...AT, key: 'topics', time: '', window: 'tumbling', size: '1h' },
    ...{ emit: 'update', every: '100ms', wires: [['counts'], []] },
  },
  {
    ...{ id: 'counts', type: 'change', ...AT, wires: [['chart']] },
    rules: [{ t: 'set', p: 'payload', pt: 'msg', to: 'payload.counts', tot: 'msg' }],
  },
  ...dashboard2(),
  ...dashboard2Page('shown-group', 'shown'),
  ...dashboard2Page('risky-group', 'risky'),
  ...dashboard2Page('raw-group', 'raw'),
  text('plain', 'payload.text', 'msg'),
  text('escaped', ESCAPED, 'jsonata'),
  table('table', 'shown-group', [column('text', 'text'), column('link', 'text')]),
  table('html', 'risky-group', [column('text', 'html'), column('link', 'link')]),
  {
    ...{ id: 'template', type: 'ui-template', ...AT, group: 'shown-group', order: 3, width: 0, height: 0 },
    ...{ templateScope: 'local', passthru: false, storeOutMessages: true, wires: [[]] },
    format:
      '<div class="template"><p class="mustache">{{ msg?.payload?.text }}</p><p class="vtext" v-text="msg?.payload?.text"></p></div>',
  },
  {
    ...{ id: 'raw', type: 'ui-template', ...AT, group: 'raw-group', order: 1, width: 0, height: 0 },
    ...{ templateScope: 'local', passthru: false, storeOutMessages: true, wires: [[]] },
    format: '<p v-html="msg?.payload?.text"></p>',
  },
  {
    ...{ id: 'chart', type: 'ui-chart', ...AT, group: 'shown-group', label: 'chart', order: 4, width: 0, height: 8 },
    ...{ chartType: 'bar', category: 'key', categoryType: 'property', xAxisType: 'category', showLegend: true },
    ...{ xAxisProperty: 'key', xAxisPropertyType: 'property', yAxisProperty: 'count', yAxisPropertyType: 'property' },
    ...{ action: 'replace', removeOlder: 1, removeOlderUnit: '3600', removeOlderPoints: '', colors: ['#0095FF'] },
    ...{ wires: [[]] },
  },
];

describe('markup in posts, on Dashboard 2.0', function () {
  this.timeout(60_000);
  const home = temporaryFolder();
  let nodeRed: NodeRed;
  let browser: Browser;
  let shown: Watched;
  let sent = 0;

  const send = async (): Promise<void> => {
    const post = { id: String(++sent), text: HOSTILE, topics: [HOSTILE], link: LINK };
    const { ok } = await fetch(`${nodeRed.url}/post`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(post),
    });
    assert.ok(ok);
  };
  const open = (name: string): Promise<Watched> => openPage(browser, `${nodeRed.url}/dashboard/${name}`);
  const ran = (page: Page): Promise<unknown> => page.evaluate('window.__ran');

  before(async () => {
    installDashboard2(home.path);
    browser = await launchBrowser();
    nodeRed = await startNodeRed({ home: home.path, flows: FLOW });
    // Once before anyone looks, which the dashboard keeps for them, and once while the page is open.
    await send();
    shown = await open('shown');
    await shown.page.locator('.template').waitFor();
    await send();
  });
  after(async () => {
    await browser.close();
    await nodeRed.stop();
    home.remove();
  });

  const showsText = async (where: Locator): Promise<void> => {
    await where.waitFor();
    await soon('the post is shown as it was written', async () => (await where.textContent())?.trim() === HOSTILE);
    assert.equal(await where.locator('img, svg, script, a').count(), 0);
    assert.equal(await ran(shown.page), undefined);
  };

  it('a template shows it as text with {{ }}', () => showsText(shown.page.locator('.template .mustache')));

  it('a template shows it as text with v-text', () => showsText(shown.page.locator('.template .vtext')));

  it('a table shows it as text, links too', async () => {
    const cells = shown.page.locator('.nrdb-ui-table tbody td');
    await showsText(cells.filter({ hasText: '<img' }).first());
    assert.equal((await cells.filter({ hasText: LINK }).first().textContent())?.trim(), LINK);
    assert.equal(await cells.locator('a').count(), 0);
  });

  it('a text shows it as text where it is escaped on the way', () =>
    showsText(shown.page.locator('.is-escaped .nrdb-ui-text-value')));

  it('a text alone runs nothing, but takes markup for markup', async () => {
    const value = shown.page.locator('.is-plain .nrdb-ui-text-value');
    await value.locator('img').waitFor({ state: 'attached' });
    assert.equal(await value.locator('[onerror], [onload], script').count(), 0);
    assert.equal(await ran(shown.page), undefined);
  });

  it('a chart draws it, and shows it as text under the pointer', async () => {
    const canvas = shown.page.locator('.nrdb-ui-chart canvas').first();
    await canvas.waitFor();
    await canvas.scrollIntoViewIfNeeded();
    const box = await canvas.boundingBox();
    assert.ok(box !== null);
    const tip = shown.page.locator('.nrdb-ui-chart div', { hasText: '<img src=x onerror=' }).last();
    await soon('the tooltip is shown', async () => {
      await shown.page.mouse.move(box.x + box.width / 2, box.y + box.height * (0.5 + 0.3 * Math.random()));
      return (await tip.count()) > 0;
    });
    assert.equal(await shown.page.locator('.nrdb-ui-chart img, .nrdb-ui-chart script').count(), 0);
    assert.equal(await ran(shown.page), undefined);
  });

  it('what docs/safety.md says not to use does run it: columns of the types HTML and link, v-html', async () => {
    const { page } = await open('risky');
    await send();
    await soon('the markup has run', async () => (await ran(page)) !== undefined);
    await page.evaluate('window.__ran = undefined');
    await page.locator('.nrdb-ui-table tbody a').first().click();
    await soon('the link has run', async () => (await ran(page)) === 'link');
    const raw = await open('raw');
    await soon('the markup has run', async () => (await ran(raw.page)) !== undefined);
  });

  it('nothing has run on the page with the safe widgets, however long it was open', async () => {
    assert.equal(await ran(shown.page), undefined);
  });
});

function soon(what: string, holds: () => Promise<boolean>): Promise<void> {
  return until(holds, what, { within: 20_000, every: 100 });
}
