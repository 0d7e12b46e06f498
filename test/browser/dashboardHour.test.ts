import assert from 'node:assert/strict';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../support/browser';
import { Dashboard2Page } from '../support/dashboard2Page';
import { DashboardPage } from '../support/dashboardPage';
import { type NodeRed, startNodeRed } from '../support/nodeRed';
import { readJson } from '../support/specs';
import { temporaryFolder } from '../support/store';
import { until } from '../support/until';

interface FlowNode {
  readonly id: string;
  readonly type: string;
  readonly name?: string;
  readonly label?: string;
  readonly removeOlderPoints?: string;
}

const flows = readJson('flows', 'flows.json') as FlowNode[];
const COURSE = 'Their course over the last windows';
const MOODS = 'Mood over the last windows';
const RATE = 'Posts per second';
const VIEWPORT = { width: 1280, height: 800 };
/** A window every ten seconds: an hour's worth. */
const WINDOWS = 360;
/** By then the courses hold as many points as they may, and the pages have settled. */
const WARM = 120;
/** What the two looks at the memory of a page may differ by, in bytes: while the rates fill up it moves by one or two million. */
const SLACK = 4_000_000;

const named = (type: string, name: string): string[] =>
  flows.filter((node) => node.type === type && [node.name, node.label].includes(name)).map(({ id }) => id);

/** The dashboards alone, fed by `POST /feed` with the windows and rates of `{from, to}` of the hour. */
function fedFlows(): object[] {
  const quiet = flows.filter(({ type }) => !['twitter-poll', 'kafka-in', 'status'].includes(type));
  const at = { z: 'feed-tab', x: 100, y: 100 };
  const windows = ['top ten and course', 'shares and course'].map((name) => named('function', name));
  assert.deepEqual(
    windows.map(({ length }) => length),
    [2, 2],
  );
  const [one, two] = [
    flows.find(({ type, label }) => type === 'ui_chart' && label === RATE),
    flows.find(({ type, label }) => type === 'ui-chart' && label === RATE),
  ];
  return [
    ...quiet,
    { id: at.z, type: 'tab', label: 'feed' },
    { id: 'feed', type: 'http in', ...at, url: '/feed', method: 'post', wires: [['made']] },
    { id: 'answer', type: 'http response', ...at, wires: [] },
    {
      ...{ id: 'made', type: 'function', ...at, func: FEED, outputs: 5, noerr: 0, libs: [] },
      wires: [windows[0], windows[1], [one?.id], [two?.id], ['answer']],
    },
  ];
}

const FEED = `
const { from, to, start } = msg.payload;
for (let n = from; n < to; n++) {
  const end = start + n * 10000;
  const window = { start: new Date(end - 60000).toISOString(), end: new Date(end).toISOString() };
  const tags = Array.from({ length: 20 }, (_, at) => ({ key: 'tag' + at, count: 100 - at + ((n * 7 + at * 3) % 50) }));
  const counts = tags.sort((a, b) => b.count - a.count);
  const moods = [{ key: 'neutral', count: 300 + n }, { key: 'positive', count: 200 }, { key: 'negative', count: 100 }];
  node.send([{ payload: { window, final: true, counts } }, { payload: { window, final: true, counts: moods } }]);
  if (n % 10 === 9) node.send([{ tick: true }, { tick: true }]);
  if (n % 3 === 0) {
    const time = Date.now() - 200000 + n * 500;
    const count = n % 97;
    node.send([null, null, { topic: 'posts per second', payload: count, timestamp: time },
      { payload: { series: 'posts per second', time, count } }]);
  }
}
return [null, null, null, null, { ...msg, payload: 'fed' }];
`;

describe('the dashboards over an hour', function () {
  this.timeout(90_000);
  const home = temporaryFolder();
  // Posts of another year, as when a file is replayed.
  const start = Date.parse('2015-07-01T12:00:00Z');
  let browser: Browser;
  let nodeRed: NodeRed;
  before(async () => {
    browser = await launchBrowser();
    nodeRed = await startNodeRed({ home: home.path, flows: fedFlows() });
  });
  after(async () => {
    await browser.close();
    await nodeRed.stop();
    home.remove();
  });

  const open = async (): Promise<(DashboardPage | Dashboard2Page)[]> => [
    await DashboardPage.open(browser, nodeRed.url, VIEWPORT),
    await Dashboard2Page.open(browser, nodeRed.url, VIEWPORT),
  ];
  const points = async (dashboard: DashboardPage | Dashboard2Page, title: string): Promise<number[]> =>
    (await dashboard.lines(title)).map((line) => line.points);
  const feed = async (from: number, to: number): Promise<void> => {
    const answer = await fetch(`${nodeRed.url}/feed`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ from, to, start }),
    });
    assert.equal(await answer.text(), 'fed');
  };

  it('hold no more points, and the pages no more memory, than after a third of it', async () => {
    const pages = await open();
    const step = 30;
    const settled = async (n: number): Promise<void> => {
      // Six windows of a minute, one each ten seconds, are open at a time; the bars are those of the oldest.
      const expected = mostOf(n - 6);
      for (const page of pages)
        await until(async () => (await page.bars().catch(() => []))[0]?.count === expected, `window ${n}`, {
          within: 20_000,
          every: 50,
        });
    };
    const heaps: number[][] = [];
    for (let n = 0; n < WINDOWS; n += step) {
      await feed(n, n + step);
      await settled(n + step);
      if (n + step === WARM || n + step === WINDOWS)
        heaps.push(await Promise.all(pages.map(({ page }) => heapOf(page))));
    }
    for (const page of pages) {
      assert.deepEqual(await points(page, COURSE), [60, 60, 60, 60, 60]);
      assert.deepEqual(await points(page, MOODS), [60, 60, 60]);
    }
    const [warm = [], last = []] = heaps;
    console.log(
      `      heaps in MB: ${JSON.stringify(heaps.map((each) => each.map((bytes) => Math.round(bytes / 1e5) / 10)))}`,
    );
    last.forEach((bytes, at) => {
      const grown = bytes - (warm[at] ?? 0);
      assert.ok(grown < SLACK, `page ${at + 1} has grown by ${grown} bytes`);
    });
    for (const page of pages) await page.close();
  });

  it('hold five minutes of rates at most', () => {
    const charts = flows.filter(({ label, removeOlderPoints }) => label === RATE && removeOlderPoints === '300');
    assert.deepEqual(charts.map(({ type }) => type).sort(), ['ui-chart', 'ui_chart']);
  });

  it('show the last windows and rates again after Node-RED was restarted', async () => {
    await nodeRed.stop();
    nodeRed = await startNodeRed({ home: home.path });
    for (const page of await open()) {
      await until(async () => (await points(page, COURSE)).length === 5, 'the course of the hashtags', {
        within: 20_000,
      });
      assert.deepEqual(await points(page, COURSE), [60, 60, 60, 60, 60]);
      await until(async () => (await points(page, MOODS)).length === 3, 'the course of the moods', { within: 20_000 });
      assert.deepEqual(await points(page, MOODS), [60, 60, 60]);
      assert.equal((await page.bars())[0]?.count, mostOf(WINDOWS - 1));
      await until(async () => ((await points(page, RATE))[0] ?? 0) > 10, 'rates of before', { within: 20_000 });
      await page.close();
    }
  });
});

/** The count of the first hashtag of a window that FEED makes. */
function mostOf(n: number): number {
  return Math.max(...Array.from({ length: 20 }, (_, at) => 100 - at + ((n * 7 + at * 3) % 50)));
}

/** Bytes that a page holds after its garbage has been collected. */
async function heapOf(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  return usedSize;
}
