import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import { type Fault, seriousFaults } from '../support/axe';
import { launchBrowser } from '../support/browser';
import { Dashboard2Page } from '../support/dashboard2Page';
import { type Bar, DashboardPage } from '../support/dashboardPage';
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
  { width: 1920, height: 1080 },
  { width: 390, height: 844 },
  { width: 360, height: 740 },
];

/** The same content twice, and what axe-core finds in each that is the making of its framework, whatever flow it shows. */
const DASHBOARDS = [
  {
    name: 'node-red-dashboard',
    Page: DashboardPage,
    frame: [
      // Its page has no language of its own.
      { rule: 'html-has-lang', where: /^html$/u },
      // The name of a slider is on an element around the one that takes the focus.
      { rule: 'aria-input-field-name', where: /^\.md-slider-wrapper$/u },
      // A switch lies on a card that can be clicked too.
      { rule: 'nested-interactive', where: /nr-dashboard-switch/u },
    ],
  },
  {
    name: 'Dashboard 2.0',
    Page: Dashboard2Page,
    frame: [
      // The label of a slider is a text beside it.
      { rule: 'aria-input-field-name', where: /v-slider-thumb/u },
      // The label of a switch is not tied to it.
      { rule: 'label', where: /^#switch-/u },
      // A tooltip without a text belongs to the bar at the top.
      { rule: 'aria-tooltip-name', where: /^#v-tooltip-/u },
    ],
  },
] as const;

describe('the dashboards of flows/', function () {
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

  for (const { name, Page, frame } of DASHBOARDS) {
    for (const viewport of VIEWPORTS) {
      const size = `${viewport.width}x${viewport.height}`;
      it(`${name} shows posts and moving charts at ${size}, and cuts nothing off`, async () => {
        const dashboard = await Page.open(browser, nodeRed.url, viewport);
        await dashboard.posts.first().waitFor();
        for (const title of AT_ONCE)
          await soon(`"${title}" shows data`, async () => (await dashboard.lines(title)).length > 0);
        if (viewport === VIEWPORTS[0] && name === 'node-red-dashboard') {
          const took = Date.now() - startedAt;
          console.log(`      the first data took ${took} ms from "Started flows"`);
        }
        assert.equal(await dashboard.page.getByText('Waiting for posts').filter({ visible: true }).count(), 0);

        const before = JSON.stringify(await dashboard.bars());
        await soon('the bars move', async () => JSON.stringify(await dashboard.bars()) !== before);
        const bars = await dashboard.bars();
        assert.ok(bars.length > 0 && bars.length <= 10, `${bars.length} bars`);
        assert.deepEqual(bars, [...bars].sort(byCountThenName), 'the bars are not in order');

        await wait(300);
        assert.deepEqual(await dashboard.cutOff(), []);
        assert.deepEqual(dashboard.errors, []);
        await dashboard.close();
      });
    }

    it(`${name} shows the markup of a post as text, and runs none of it`, async () => {
      const dashboard = await Page.open(browser, nodeRed.url, { width: 1280, height: 800 });
      // The list goes on moving: what is shown is read in one go, not found first and read then.
      const shown = dashboard.posts.filter({ hasText: HOSTILE }).locator('p');
      await soon('the post is shown', async () => {
        await fetch(`${nodeRed.url}/inject/${INJECT}`, { method: 'POST' });
        assert.equal(await dashboard.page.evaluate('window.__ran'), undefined, 'markup of the post has run');
        assert.equal(await dashboard.posts.locator('img').count(), 0);
        return (await shown.allInnerTexts()).includes(HOSTILE);
      });
      assert.equal(await dashboard.posts.locator('img').count(), 0);
      assert.equal(await dashboard.page.evaluate('window.__ran'), undefined);
      assert.deepEqual(dashboard.errors, []);
      await dashboard.close();
    });

    it(`${name} stops the posts at the switch, and goes on`, async () => {
      const dashboard = await Page.open(browser, nodeRed.url, { width: 1280, height: 800 });
      await dashboard.posts.first().waitFor();
      const listed = (): Promise<string[]> => dashboard.posts.allInnerTexts();
      const isNew = async (known: string[]): Promise<boolean> => (await listed()).some((post) => !known.includes(post));

      await dashboard.collect.click();
      await soon('no further posts come', async () => {
        const known = await listed();
        await wait(1500);
        return !(await isNew(known));
      });
      const known = await listed();
      await wait(2000);
      assert.equal(await isNew(known), false);

      await dashboard.collect.click();
      await soon('posts come again', () => isNew(known));
      await dashboard.close();
    });

    it(`${name} draws every chart once the first window has closed; axe-core finds nothing serious of ours`, async () => {
      const dashboard = await Page.open(browser, nodeRed.url, { width: 1280, height: 800 });
      for (const title of CHARTS)
        await soon(`"${title}" shows data`, async () => (await dashboard.lines(title)).length > 0);
      assert.deepEqual(dashboard.errors, []);
      const ofFrame = (fault: Fault): boolean =>
        frame.some(({ rule, where }) => fault.rule === rule && where.test(fault.where));
      assert.deepEqual(
        (await seriousFaults(dashboard.page)).filter((fault) => !ofFrame(fault)),
        [],
      );
      await dashboard.close();
    });
  }

  it('a switch set on one dashboard is shown on the other', async () => {
    const [first, second] = await Promise.all([
      DashboardPage.open(browser, nodeRed.url, { width: 1280, height: 800 }),
      Dashboard2Page.open(browser, nodeRed.url, { width: 1280, height: 800 }),
    ]);
    const states = async (): Promise<boolean[]> => [
      (await first.collect.getAttribute('aria-checked')) === 'true',
      await second.collect.isChecked(),
    ];
    const both = (on: boolean) => async (): Promise<boolean> => (await states()).every((state) => state === on);
    await soon('both are on', both(true));
    await first.collect.click();
    await soon('both are off', both(false));
    await second.collect.click();
    await soon('both are on again', both(true));
    await first.close();
    await second.close();
  });

  it('says what is awaited in every chart without data', () => {
    const charts = flows.filter(({ type }) => type === 'ui_chart');
    assert.equal(charts.length, CHARTS.length);
    for (const { nodata } of charts) assert.match(nodata ?? '', /^Waiting for /u);
  });
});

/** As the window gives them: by count, then by key. */
function byCountThenName(a: Bar, b: Bar): number {
  return b.count - a.count || (a.name < b.name ? -1 : 1);
}

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
