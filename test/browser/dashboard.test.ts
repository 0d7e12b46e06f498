import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../support/browser';
import { DashboardPage } from '../support/dashboardPage';
import { type NodeRed, startNodeRed } from '../support/nodeRed';
import { readJson } from '../support/specs';
import { until } from '../support/until';

interface FlowNode {
  readonly id: string;
  readonly type: string;
  readonly topic?: string;
  readonly nodata?: string;
}

const flows = readJson('flows', 'flows.json') as FlowNode[];
const CHARTS = [
  'Top hashtags of the window',
  'Their course over the last windows',
  'Mood of the posts',
  'Mood over the last windows',
  'Posts per second',
];
/** Those that show something at once; the others wait for the first window to close. */
const AT_ONCE = ['Top hashtags of the window', 'Mood of the posts', 'Posts per second'];
const HOSTILE = `<img src=x onerror=window.__ran=1> {{constructor.constructor('window.__ran=1')()}}`;
const INJECT = 'cccccccccccccccc';
const VIEWPORTS = [
  { width: 1280, height: 800 },
  { width: 390, height: 844 },
  { width: 360, height: 740 },
];

describe('the dashboard of flows/', function () {
  this.timeout(90_000);
  let nodeRed: NodeRed;
  let browser: Browser;
  let startedAt: number;
  before(async () => {
    browser = await launchBrowser();
    nodeRed = await startNodeRed({ flows: [...flows, ...hostilePost()] });
    startedAt = Date.now();
  });
  after(async () => {
    await browser.close();
    await nodeRed.stop();
  });

  for (const viewport of VIEWPORTS) {
    const size = `${viewport.width}x${viewport.height}`;
    it(`shows posts and moving charts at ${size}`, async () => {
      const dashboard = await DashboardPage.open(browser, nodeRed.url, viewport);
      await dashboard.posts.first().waitFor();
      for (const title of AT_ONCE)
        await soon(`"${title}" shows data`, async () => (await dashboard.colours(title)) > 0);
      if (viewport === VIEWPORTS[0]) {
        const took = Date.now() - startedAt;
        assert.ok(took < 10_000, `the first data took ${took} ms from "Started flows"`);
      }
      assert.equal(await dashboard.page.getByText('Waiting for posts').filter({ visible: true }).count(), 0);
      assert.deepEqual(dashboard.errors, []);
      await dashboard.close();
    });

    it(`cuts nothing off at ${size}`, async () => {
      const dashboard = await DashboardPage.open(browser, nodeRed.url, viewport);
      await dashboard.posts.first().waitFor();
      await soon(
        'all charts are there',
        async () => (await dashboard.page.locator('canvas').count()) >= AT_ONCE.length,
      );
      await wait(500);
      assert.deepEqual(await dashboard.cutOff(), []);
      await dashboard.close();
    });
  }

  it('says what is awaited in every chart without data', () => {
    const charts = flows.filter(({ type }) => type === 'ui_chart');
    assert.equal(charts.length, CHARTS.length);
    for (const { nodata } of charts) assert.match(nodata ?? '', /^Waiting for /u);
  });

  it('shows the markup of a post as text, and runs none of it', async () => {
    const dashboard = await DashboardPage.open(browser, nodeRed.url, { width: 1280, height: 800 });
    const shown = dashboard.posts.filter({ hasText: HOSTILE });
    await soon('the post is shown', async () => {
      await fetch(`${nodeRed.url}/inject/${INJECT}`, { method: 'POST' });
      assert.equal(await dashboard.page.evaluate('window.__ran'), undefined, 'markup of the post has run');
      return (await shown.count()) > 0;
    });
    assert.equal(await shown.locator('p').first().innerText(), HOSTILE);
    assert.equal(await dashboard.posts.locator('img').count(), 0);
    assert.equal(await dashboard.page.evaluate('window.__ran'), undefined);
    assert.deepEqual(dashboard.errors, []);
    await dashboard.close();
  });

  it('stops the posts at the switch, and goes on', async () => {
    const dashboard = await DashboardPage.open(browser, nodeRed.url, { width: 1280, height: 800 });
    await dashboard.posts.first().waitFor();
    const toggle = dashboard.page.locator('.nr-dashboard-switch md-switch');
    const listed = (): Promise<string[]> => dashboard.posts.allInnerTexts();
    const isNew = async (known: string[]): Promise<boolean> => (await listed()).some((post) => !known.includes(post));

    await toggle.click();
    await soon('no further posts come', async () => {
      const known = await listed();
      await wait(1500);
      return !(await isNew(known));
    });
    const known = await listed();
    await wait(2000);
    assert.equal(await isNew(known), false);

    await toggle.click();
    await soon('posts come again', () => isNew(known));
    await dashboard.close();
  });

  it('draws every chart once the first window has closed', async () => {
    const dashboard = await DashboardPage.open(browser, nodeRed.url, { width: 1280, height: 800 });
    for (const title of CHARTS) await soon(`"${title}" shows data`, async () => (await dashboard.colours(title)) > 0);
    assert.deepEqual(dashboard.errors, []);
    await dashboard.close();
  });
});

function soon(what: string, holds: () => Promise<boolean>): Promise<void> {
  return until(holds, what, { within: 30_000, every: 200 });
}

/** Nodes that bring a post with markup into the topic that the dashboard reads, when told to. */
function hostilePost(): object[] {
  const enriched = flows.find(({ type, topic }) => type === 'kafka-out' && topic === 'tweets.enriched');
  assert.ok(enriched, 'no kafka-out of flows/ writes to tweets.enriched');
  const post = {
    id: 'hostile',
    text: HOSTILE,
    created_at: '2020-01-01T00:00:00.000Z',
    author: { username: 'mallory' },
    hashtags: [],
    sentiment: { label: 'neutral', score: 0 },
  };
  const place = { z: 'bbbbbbbbbbbbbbbb', x: 100, y: 100 };
  return [
    { id: place.z, type: 'tab', label: 'hostile post' },
    {
      ...place,
      id: INJECT,
      type: 'inject',
      props: [{ p: 'payload' }],
      payload: JSON.stringify(post),
      payloadType: 'json',
      wires: [['dddddddddddddddd']],
    },
    { ...enriched, ...place, id: 'dddddddddddddddd', wires: [[], []] },
  ];
}
