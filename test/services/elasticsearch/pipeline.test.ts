import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Peek } from '../../flows/peek';
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
} from '../../flows/recount';
import { TOPICS, replayFlow, replaySettings } from '../../flows/replayFlow';
import { type NodeRed, startNodeRed } from '../../support/nodeRed';
import { seeded } from '../../support/random';
import { needsShared, sharedFile } from '../../support/shared';
import { temporaryFolder } from '../../support/store';
import { until } from '../../support/until';
import { type OpenSearch, startOpenSearch } from '../support/elasticsearch';
import type { StoredDocument } from '../support/elasticsearch/documents';

const FILE = sharedFile('data', 'tweets.ndjson.gz');
const SEED = Number(process.env.PULSEFLOW_SEED ?? Date.now() % 1_000_000);
/** How often each of the two is killed; `--full` asks for more. */
const KILLS = process.env.PULSEFLOW_FULL === '1' ? 4 : 1;

interface StoredPost extends FilePost {
  readonly hashtags: readonly string[];
  readonly sentiment: { readonly label: string };
}

interface StoredWindow {
  readonly id: string;
  readonly window: { readonly start: string; readonly end: string };
  readonly final: boolean;
  readonly total: number;
  readonly counts: readonly { readonly key: string; readonly count: number }[];
}

describe('all posts and windows through the deployed flow into a real OpenSearch', function () {
  this.timeout(900_000);
  let posts: readonly FilePost[];
  let server: OpenSearch;
  let replay: Replay;
  before(async function () {
    needsShared(this, FILE);
    posts = readPosts(FILE);
    server = await startOpenSearch();
    replay = new Replay(server.url);
    console.log(`    seed ${SEED} (PULSEFLOW_SEED repeats a run)`);
  });
  after(async () => {
    await (replay as Replay | undefined)?.dispose();
    await (server as OpenSearch | undefined)?.stop();
  });

  it(`with server and Node-RED killed ${KILLS} times each at random moments: nothing lost, nothing doubled, every value as in the file`, async () => {
    const random = seeded(SEED);
    const moments = Array.from({ length: 2 * KILLS }, () => Math.floor((0.05 + 0.8 * random()) * posts.length));
    await replay.start();
    for (const [index, at] of moments.sort((a, b) => a - b).entries()) {
      await replay.until(() => replay.stored() >= at, `${at} posts to be stored`);
      const stored = replay.stored();
      assert.ok(stored < posts.length, 'all posts were stored before anything could be killed');
      if (index % 2 === 0) {
        await server.kill();
        await replay.until(() => replay.says(/cannot be reached/u) > index / 2, 'the sink to notice');
        await pause(2_000 * random());
        await server.restart();
        console.log(
          `    server killed with ${stored} of ${posts.length} posts done, ${replay.stored()} when it was back`,
        );
      } else {
        await replay.kill();
        console.log(`    Node-RED killed with ${stored} of ${posts.length} posts done`);
        await replay.start();
      }
    }
    const days = recount(posts, DAY, DAY);
    const slides = recount(posts, HOUR, HOUR / 4);
    await replay.finish(posts.length, days.size, slides.size);

    const found = await server.documents.all<StoredPost>('posts-*');
    console.log(`    ${found.filter(({ version }) => version > 1).length} posts were written more than once`);
    comparePosts(found, posts);
    compareWindows(await server.documents.all<StoredWindow>('windows-days'), days);
    compareWindows(await server.documents.all<StoredWindow>('windows-slides'), slides);
  });

  it('types the fields so that a server can search, sort and sum up', async () => {
    const tag = mostFrequent(posts.flatMap(tagsOf));
    const answer = await server.documents.ask('POST', '/posts-*/_search', {
      size: 0,
      track_total_hits: true,
      query: { match: { hashtags: tag.key } },
      aggs: { years: { date_histogram: { field: 'created_at', calendar_interval: 'year', min_doc_count: 1 } } },
    });
    const { hits, aggregations } = answer as {
      hits: { total: { value: number } };
      aggregations: { years: { buckets: { key_as_string: string; doc_count: number }[] } };
    };
    assert.equal(hits.total.value, tag.count);
    const years = posts.filter((post) => tagsOf(post).includes(tag.key)).map((post) => post.created_at.slice(0, 4));
    assert.deepEqual(
      aggregations.years.buckets.map((each) => [each.key_as_string.slice(0, 4), each.doc_count]),
      [...new Set(years)].sort().map((year) => [year, years.filter((each) => each === year).length]),
    );
  });

  it('keeps keys and counts of a window together', async () => {
    const days = recount(posts, DAY, DAY);
    const [[window = '', counts = new Map<string, number>()] = []] = days;
    const [[key = '', count = 0] = []] = counts;
    const ask = async (most: number): Promise<string[]> => {
      const nested = {
        bool: { must: [{ term: { 'counts.key': key } }, { range: { 'counts.count': { gte: most } } }] },
      };
      const query = {
        bool: {
          must: [{ term: { 'window.start': window.split('/')[0] } }, { nested: { path: 'counts', query: nested } }],
        },
      };
      const answer = await server.documents.ask('POST', '/windows-days/_search', { query });
      return (answer as { hits: { hits: { _source: StoredWindow }[] } }).hits.hits.map(({ _source }) =>
        nameOf(_source),
      );
    };
    assert.deepEqual(await ask(count), [window]);
    assert.deepEqual(await ask(count + 1), []);
  });
});

function comparePosts(found: readonly StoredDocument<StoredPost>[], posts: readonly FilePost[]): void {
  const stored = new Map(found.map((each) => [each.source.id, each]));
  assert.deepEqual(
    { lost: posts.filter(({ id }) => !stored.has(id)).length, doubled: found.length - stored.size, all: found.length },
    { lost: 0, doubled: 0, all: posts.length },
  );
  const wrong = posts.filter((post) => {
    const document = stored.get(post.id);
    if (document === undefined) return true;
    const { hashtags, sentiment, ...fields } = document.source;
    const isInPlace =
      document.id === post.id && document.index === `posts-${post.created_at.slice(0, 7).replace('-', '.')}`;
    const isSame = (Object.keys(post) as (keyof FilePost)[]).every((name) => fields[name] === post[name]);
    return !isInPlace || !isSame || sentiment.label !== moodOf(post.text) || String(hashtags) !== String(tagsOf(post));
  });
  assert.deepEqual(wrong.slice(0, 3), []);
}

function compareWindows(found: readonly StoredDocument<StoredWindow>[], expected: Windows): void {
  const windows: Windows = new Map();
  for (const { source: result, id } of found) {
    assert.ok(result.final);
    assert.equal(id, result.id);
    assert.ok(!windows.has(nameOf(result)), `${nameOf(result)} is there twice`);
    windows.set(nameOf(result), new Map(result.counts.map(({ key, count }) => [key, count])));
    assert.equal(
      result.total,
      result.counts.reduce((sum, { count }) => sum + count, 0),
    );
  }
  const [got, wanted] = [asLines(windows), asLines(expected)];
  const differs = got.findIndex((line, index) => line !== wanted[index]);
  assert.deepEqual([got[differs], got.length], [differs < 0 ? undefined : wanted[differs], wanted.length]);
}

function nameOf({ window }: StoredWindow): string {
  return `${window.start}/${window.end}`;
}

function mostFrequent(keys: readonly string[]): { key: string; count: number } {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  const [key = '', count = 0] = [...counts].sort(([, a], [, b]) => b - a)[0] ?? [];
  return { key, count };
}

/** The replay in a Node-RED that may be killed and started again. */
class Replay {
  readonly #folder = temporaryFolder();
  readonly #peek = new Peek(join(this.#folder.path, 'pulseflow', 'pulseflow.db'));
  readonly #settings = join(this.#folder.path, 'replay-settings.js');
  #nodeRed: NodeRed | undefined;
  #said = '';

  constructor(url: string) {
    writeFileSync(this.#settings, replaySettings(join(this.#folder.path, 'deliveries.log')));
    writeFileSync(join(this.#folder.path, 'flows.json'), JSON.stringify(searchFlow(url)));
  }

  async start(): Promise<void> {
    this.#nodeRed = await startNodeRed({ home: this.#folder.path, settings: this.#settings });
  }

  async kill(): Promise<void> {
    await this.#nodeRed?.kill();
    this.#said += this.#nodeRed?.log() ?? '';
    this.#nodeRed = undefined;
  }

  /** How often the log says something, over all starts. */
  says(words: RegExp): number {
    return (this.#said + (this.#nodeRed?.log() ?? '')).split('\n').filter((line) => words.test(line)).length;
  }

  /** How many posts the flow is done with storing. */
  stored(): number {
    return this.#peek.done('search', 'tweets.enriched');
  }

  until(reached: () => boolean | Promise<boolean>, what: string): Promise<void> {
    const said = (): string => `${what}; ${this.stored()} posts stored\n${this.#nodeRed?.log() ?? ''}`;
    return until(reached, said, { within: 300_000, every: 10 });
  }

  /** Waits until all posts have gone through, closes the windows, and waits until their results are stored. */
  async finish(posts: number, days: number, slides: number): Promise<void> {
    const peek = this.#peek;
    await this.until(() => peek.done('process', 'tweets') === posts, 'all posts to be processed');
    assert.equal((await fetch(`${this.#nodeRed?.url ?? ''}/flush`)).status, 200);
    await this.until(() => peek.written(TOPICS.days) >= days && peek.written(TOPICS.slides) >= slides, 'all windows');
    await this.until(() => peek.outbox() === 0, 'all results to be out');
    for (const topic of ['tweets.enriched', TOPICS.days, TOPICS.slides])
      await this.until(() => peek.done('search', topic) === peek.written(topic), `all of ${topic} to be stored`);
    const said = this.#said + (this.#nodeRed?.log() ?? '');
    await this.#nodeRed?.stop();
    this.#nodeRed = undefined;
    assert.doesNotMatch(said, /\[error\]/u, said);
  }

  async dispose(): Promise<void> {
    await this.kill();
    this.#folder.remove();
  }
}

/** The flow of the replay, with posts and windows of both kinds going into Elasticsearch as well. */
function searchFlow(url: string): object[] {
  const flow = replayFlow(FILE);
  const reader = flow.find(({ group }) => group === 'store');
  if (reader === undefined) throw new Error('flows.json has no reader of the group store');
  const cluster = { id: 'search', type: 'elasticsearch-cluster', url, timeout: '10s' };
  const stored = (topic: string, index: string): object[] => [
    { ...reader, id: `read-${topic}`, group: 'search', topic, wires: [[`store-${topic}`], [], []] },
    {
      ...reader,
      id: `store-${topic}`,
      type: 'elasticsearch-sink',
      cluster: cluster.id,
      index,
      replicas: 0,
      wires: [[], []],
    },
  ];
  return [
    ...flow,
    cluster,
    ...stored('tweets.enriched', 'posts-{{created_at|yyyy.MM}}'),
    ...stored(TOPICS.days, 'windows-days'),
    ...stored(TOPICS.slides, 'windows-slides'),
  ];
}
