import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { launchBrowser, openPage } from '../support/browser';
import { type NodeRed, startNodeRed } from '../support/nodeRed';
import { seeded } from '../support/random';
import { needsShared, sharedFile } from '../support/shared';
import { temporaryFolder } from '../support/store';
import { until } from '../support/until';
import { Peek } from './peek';
import {
  DAY,
  type FilePost,
  HOUR,
  type Windows,
  asLines,
  moodOf,
  readPosts,
  recount,
  tagsOf,
  windowName,
} from './recount';
import { TOPICS, replayFlow, replaySettings } from './replayFlow';

const FILE = sharedFile('data', 'tweets.ndjson.gz');
const SEED = Number(process.env.PULSEFLOW_SEED ?? Date.now() % 1_000_000);
const QUARTER = HOUR / 4;
/** `npm run test:full` asks for more of both. */
const FULL = process.env.PULSEFLOW_FULL === '1';
const KILLS = FULL ? 20 : 3;
const REDEPLOYS = FULL ? 10 : 3;
/** Node-RED's types of deployment. */
const DEPLOYS = ['nodes', 'flows', 'full'];
/** The nodes of the flow that a partial deploy starts anew, by type. */
const CHANGED = [
  'window-count',
  'kafka-in',
  'hashtag-extract',
  'sentiment',
  'hbase-sink',
  'tableau-export',
  'hdfs-sink',
  'kafka-out',
  'tweet-clean',
];

type Bar = readonly [label: string, count: number];

describe('the replay of all posts through the deployed flow', function () {
  this.timeout(FULL ? 1_200_000 : 600_000);
  let posts: readonly FilePost[];
  let replay: Replay | undefined;

  before(function () {
    needsShared(this, FILE);
    posts = readPosts(FILE);
    console.log(`    seed ${SEED} (PULSEFLOW_SEED repeats a run)`);
  });
  afterEach(async () => {
    await replay?.dispose();
    replay = undefined;
  });

  it('in the order of the file: every window, total, row and line equals a recount', async () => {
    replay = new Replay(FILE, posts.length);
    await replay.start();
    await replay.finish(recounted(posts, []), async (url) => {
      assert.deepEqual(await topTenShown(url), topTenOfLastDay(posts));
    });
    check(replay, posts, []);
  });

  it('shuffled within the delay, and some far later: the late ones are on output 2, all else is counted', async () => {
    const random = seeded(SEED);
    const early = posts.filter((post) => post.created_at < '2014' && tagsOf(post).length > 0);
    const late = new Set(early.filter(() => random() < 0.05));
    const inTime = posts
      .filter((post) => !late.has(post))
      .map((post) => ({ post, arrival: Date.parse(post.created_at) + random() * HOUR }))
      .sort((a, b) => a.arrival - b.arrival)
      .map(({ post }) => post);
    assert.ok(late.size > 50);
    const shuffled = [...inTime, ...late];
    const folder = temporaryFolder();
    try {
      const file = join(folder.path, 'shuffled.ndjson');
      writeFileSync(file, shuffled.map((post) => JSON.stringify(post)).join('\n'));
      replay = new Replay(file, posts.length);
      await replay.start();
      await replay.finish(recounted(posts, [...late]));
      check(replay, posts, [...late]);
    } finally {
      folder.remove();
    }
  });

  it(`killed ${KILLS} times and redeployed ${REDEPLOYS} times at random moments with work in flight: the same`, async () => {
    const random = seeded(SEED + 1);
    replay = new Replay(FILE, posts.length);
    const moment = (): number => Math.floor((0.03 + 0.9 * random()) * posts.length);
    const plan = [
      ...Array.from({ length: KILLS }, () => ({ at: moment(), how: 'kill' })),
      ...Array.from({ length: REDEPLOYS }, (_, index) => ({ at: moment(), how: DEPLOYS[index % 3] ?? 'full' })),
    ].sort((one, other) => one.at - other.at);
    let mostInFlight = 0;
    await replay.start();
    for (const { at, how } of plan) {
      const inFlight = how === 'kill' ? await replay.killAt(at) : await replay.redeployAt(at, how, random);
      console.log(`    ${how} at ${at} posts, with ${inFlight} in the flow`);
      assert.ok(inFlight > 0);
      mostInFlight = Math.max(mostInFlight, how === 'kill' ? inFlight : 0);
      if (how === 'kill') await replay.start();
    }
    await replay.finish(recounted(posts, []));
    assert.ok(replay.delivered().again >= mostInFlight, 'what was in the flow was not delivered again');
    check(replay, posts, []);
  });
});

/** One replay: its Node-RED, which may be killed and started again, and what it leaves behind. */
class Replay {
  readonly #folder = temporaryFolder();
  readonly home = this.#folder.path;
  readonly peek = new Peek(join(this.home, 'pulseflow', 'pulseflow.db'));
  readonly #log = join(this.home, 'deliveries.log');
  readonly #settings = join(this.home, 'replay-settings.js');
  #nodeRed: NodeRed | undefined;

  constructor(
    file: string,
    private readonly expected: number,
  ) {
    writeFileSync(this.#settings, replaySettings(this.#log));
    writeFileSync(join(this.home, 'flows.json'), JSON.stringify(replayFlow(file)));
  }

  get url(): string {
    return this.#nodeRed?.url ?? '';
  }

  async start(): Promise<void> {
    this.#nodeRed = await startNodeRed({ home: this.home, settings: this.#settings });
  }

  /**
   * Kills Node-RED once `posts` are done, at a moment when some are in the flow: its process is held, looked at, and let
   * go on if it happens to be between two messages.
   * @returns how many posts were in the flow
   */
  async killAt(posts: number): Promise<number> {
    await this.until(() => this.peek.done('process', 'tweets') >= posts, `${posts} posts`);
    for (;;) {
      this.#nodeRed?.signal('SIGSTOP');
      await pause(20);
      const done = this.peek.done('process', 'tweets');
      assert.ok(done < this.expected, 'all posts were done before the process could be killed');
      const inFlight = this.delivered().posts - done;
      // Held in the middle of a checkpoint the store cannot be read; it then seems to have nothing done.
      if (inFlight > 0 && done >= posts) {
        await this.#nodeRed?.kill();
        this.#nodeRed = undefined;
        return inFlight;
      }
      this.#nodeRed?.signal('SIGCONT');
      await pause(1);
    }
  }

  /**
   * Deploys a changed flow once `posts` are done and some are in the flow: a node of a random type gets another name.
   * @returns how many posts were in the flow
   */
  async redeployAt(posts: number, type: string, random: () => number): Promise<number> {
    await this.until(() => this.peek.done('process', 'tweets') >= posts, `${posts} posts`);
    const flows = (await (await fetch(`${this.url}/flows`)).json()) as { type: string; name?: string }[];
    const of = flows.filter((node) => node.type === CHANGED[Math.floor(random() * CHANGED.length)]);
    const node = of[Math.floor(random() * of.length)];
    if (node !== undefined) node.name = `changed ${random()}`;
    let inFlight = 0;
    await this.until(() => {
      inFlight = this.delivered().posts - this.peek.done('process', 'tweets');
      return inFlight > 0;
    }, 'work in flight');
    const response = await fetch(`${this.url}/flows`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'Node-RED-Deployment-Type': type },
      body: JSON.stringify(flows),
    });
    assert.ok(response.ok, `the deploy was answered with ${response.status}`);
    return inFlight;
  }

  /** Waits until all posts have gone through, closes the windows, waits for their results, and stops Node-RED. */
  async finish(
    { days, slides }: Recount,
    look: (url: string) => Promise<void> = () => Promise.resolve(),
  ): Promise<void> {
    const { peek } = this;
    const done = (group: string, topic: string): boolean => peek.done(group, topic) === peek.written(topic);
    await this.until(() => peek.done('process', 'tweets') === this.expected, 'all posts are processed');
    const response = await fetch(`${this.url}/flush`);
    assert.equal(response.status, 200);
    await this.until(
      () => peek.written(TOPICS.days) >= days.size && peek.written(TOPICS.slides) >= slides.size,
      'all windows are in their topics',
    );
    await this.until(() => peek.outbox() === 0, 'all results are out');
    await this.until(
      () => done('tableau', TOPICS.days) && done('tableau', TOPICS.slides),
      'the tables have all results',
    );
    await this.until(() => done('store', 'tweets.enriched') && done('archive', 'tweets'), 'all posts are stored');
    await look(this.url);
    const said = this.#nodeRed?.log() ?? '';
    await this.#nodeRed?.stop();
    this.#nodeRed = undefined;
    assert.doesNotMatch(said, /\[error\]/u, said);
  }

  until(reached: () => boolean, what: string): Promise<void> {
    const { peek } = this;
    const said = (): string =>
      `${what}; processed ${peek.done('process', 'tweets')} of ${peek.written('tweets')}, outbox ${peek.outbox()}\n${this.#nodeRed?.log() ?? ''}`;
    return until(reached, said, { within: 240_000, every: 10 });
  }

  /** How many posts were given to the flow, and how many of them more than once. */
  delivered(): { posts: number; again: number } {
    const seen = new Set<string>();
    let again = 0;
    for (const line of readFileSync(this.#log, 'utf8').trim().split('\n')) {
      const [partition = '', first = '', last = ''] = line.split(' ');
      for (let offset = Number(first); offset <= Number(last); offset++) {
        const id = `${partition}/${offset}`;
        if (seen.has(id)) again++;
        seen.add(id);
      }
    }
    return { posts: seen.size, again };
  }

  /** The windows of a table for Tableau; each may be there once. */
  table(name: string): Windows {
    const text = readFileSync(join(this.home, 'pulseflow', 'tableau', name), 'utf8');
    const rows = parse<Record<string, string>>(text, { columns: true, bom: true });
    const windows: Windows = new Map();
    for (const row of rows) {
      const window = `${row['window.start'] ?? ''}/${row['window.end'] ?? ''}`;
      const counts = windows.get(window) ?? new Map<string, number>();
      const key = unquoted(row['counts.key'] ?? '');
      assert.ok(!counts.has(key), `${name} has ${window} ${key} twice`);
      counts.set(key, Number(row['counts.count']));
      windows.set(window, counts);
    }
    return windows;
  }

  /** The ids of all posts in finished files. */
  archived(): string[] {
    const folder = join(this.home, 'pulseflow', 'files', 'tweets');
    if (!existsSync(folder)) return [];
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    return files.flatMap((entry) => {
      assert.match(entry.name, /\.ndjson$/u);
      const lines = readFileSync(join(entry.parentPath, entry.name), 'utf8').trim().split('\n');
      return lines.map((line) => (JSON.parse(line) as FilePost).id);
    });
  }

  async dispose(): Promise<void> {
    await this.#nodeRed?.kill();
    this.#folder.remove();
  }
}

interface Recount {
  readonly days: Windows;
  readonly slides: Windows;
}

function recounted(posts: readonly FilePost[], late: readonly FilePost[]): Recount {
  const lateIds = new Set(late.map((post) => post.id));
  const counted = posts.filter((post) => !lateIds.has(post.id));
  return { days: recount(counted, DAY, DAY), slides: recount(counted, HOUR, QUARTER) };
}

function check(replay: Replay, posts: readonly FilePost[], late: readonly FilePost[]): void {
  const { days, slides } = recounted(posts, late);

  same(asLines(windowsOf(replay, TOPICS.days)), asLines(days), 'windows of a day');
  same(asLines(windowsOf(replay, TOPICS.slides)), asLines(slides), 'sliding windows');
  same(asLines(replay.table('hashtags.csv')), asLines(days), 'the table of days');
  same(asLines(replay.table('slides.csv')), asLines(slides), 'the table of sliding windows');
  same(totals(windowsOf(replay, TOPICS.days)), totals(days), 'totals of hashtags');

  const ids = late.map((post) => post.id).sort();
  same(lateIdsOf(replay, TOPICS.lateDays), ids, 'late records of the days');
  same(lateIdsOf(replay, TOPICS.lateSlides), ids, 'late records of the sliding windows');

  const rows = replay.peek.rows();
  assert.equal(rows.size, posts.length);
  const wrong = posts.filter((post) => rows.get(post.id)?.get('mood:label') !== moodOf(post.text));
  assert.deepEqual(wrong, []);

  same([...replay.archived()].sort(), posts.map((post) => post.id).sort(), 'posts in files');
}

function windowsOf(replay: Replay, topic: string): Windows {
  const windows: Windows = new Map();
  for (const { window, final, total, counts } of replay.peek.results(topic)) {
    assert.ok(final);
    const name = windowName(Date.parse(window.start), Date.parse(window.end));
    assert.ok(!windows.has(name), `${topic} has the window ${name} twice`);
    windows.set(name, new Map(counts.map(({ key, count }) => [key, count])));
    assert.equal(
      total,
      counts.reduce((sum, { count }) => sum + count, 0),
    );
  }
  return windows;
}

function lateIdsOf(replay: Replay, topic: string): string[] {
  return replay.peek
    .values<{ record: FilePost; error: { name: string } }>(topic)
    .map(({ record, error }) => {
      assert.equal(error.name, 'LateRecord');
      return record.id;
    })
    .sort();
}

function totals(windows: Windows): string[] {
  const sums = new Map<string, number>();
  for (const counts of windows.values()) for (const [key, count] of counts) sums.set(key, (sums.get(key) ?? 0) + count);
  return [...sums].map(([key, sum]) => `${key} ${sum}`).sort();
}

// assert.deepEqual on tens of thousands of lines takes minutes to word a difference: show the first few.
function same(got: readonly string[], expected: readonly string[], what: string): void {
  if (got.length === expected.length && got.every((line, index) => line === expected[index])) return;
  const expectedSet = new Set(expected);
  const gotSet = new Set(got);
  const extra = got.filter((line) => !expectedSet.has(line)).slice(0, 5);
  const missing = expected.filter((line) => !gotSet.has(line)).slice(0, 5);
  assert.fail(
    `${what}: got ${got.length}, expected ${expected.length}; too many: ${JSON.stringify(extra)}; missing: ${JSON.stringify(missing)}`,
  );
}

// Chart.js keeps its charts in a global of the page.
const BARS = `Object.values(Chart.instances)
  .filter((chart) => chart.config.type === 'horizontalBar' && chart.data.labels?.length > 0)
  .map((chart) => ({ labels: [...chart.data.labels], counts: [...chart.data.datasets[0].data] }))[0]`;

/** The bars of the dashboard, in a browser. */
async function topTenShown(url: string): Promise<Bar[]> {
  const browser = await launchBrowser();
  try {
    const { page } = await openPage(browser, `${url}/ui`);
    await page.waitForFunction(`(${BARS}) !== undefined`);
    await pause(1_500);
    const bars = await page.evaluate<{ labels: string[]; counts: number[] }>(BARS);
    return bars.labels.map((label, index) => [label, bars.counts[index] ?? 0]);
  } finally {
    await browser.close();
  }
}

function topTenOfLastDay(posts: readonly FilePost[]): Bar[] {
  const [last] = [...recount(posts, DAY, DAY)].sort(([a], [b]) => (a < b ? 1 : -1));
  const counts = [...(last?.[1] ?? [])].sort(([aKey, a], [bKey, b]) => b - a || (aKey < bKey ? -1 : 1));
  return counts.slice(0, 10).map(([key, count]) => [`#${key}`, count]);
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function unquoted(cell: string): string {
  return cell.startsWith("'") ? cell.slice(1) : cell;
}
