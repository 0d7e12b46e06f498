import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { parse } from 'csv-parse/sync';
import Sentiment from 'sentiment';
import { storeFile } from '../../lib/store/store';
import { FakeServer } from '../lib/elasticsearch/server';
import { type NodeRed, startNodeRed } from '../support/nodeRed';
import { type ExampleNode, readExamples } from './exampleFiles';

const twitterText = createRequire(__filename)('twitter-text') as { extractHashtags(text: string): string[] };
const englishWords = createRequire(__filename)('sentiment/languages/en/labels.json') as Record<string, number>;
/** Of the others, those on real servers are in realServers.test.ts, the rest in example.test.ts. */
const examples = readExamples().filter(
  ({ name }) => !/^tweet-analytics|^kafka-dead-letters|^on-real-servers/u.test(name),
);
const PATIENCE = 20_000;
const MARK = '[result]';

interface Count {
  readonly key: string;
  readonly count: number;
}

interface Window {
  readonly window: { readonly start: string; readonly end: string };
  readonly total: number;
  readonly counts: readonly Count[];
}

interface Post {
  readonly id: string;
  readonly text: string;
  readonly created_at: string;
  readonly hashtags: readonly string[];
}

interface Rejected {
  readonly record: Post;
  readonly error: { readonly message: string };
}

/** In place of a debug node, one that writes its payload into the log. */
function heard(node: ExampleNode): ExampleNode {
  const func = `node.log(${JSON.stringify(MARK)} + JSON.stringify([node.id, msg.payload]));`;
  return node.type === 'debug' ? { ...node, type: 'function', func, outputs: 1, libs: [], wires: [[]] } : node;
}

describe('the small examples, all at once', function () {
  this.timeout(60_000);
  let nodeRed: NodeRed;
  let search: FakeServer;

  before(async () => {
    search = await FakeServer.start();
    const flows = examples.flatMap(({ nodes }) => nodes).filter(({ type }) => type !== 'global-config');
    // What passes into the counting of the live stream is heard as well.
    const tap = { id: 'tap', type: 'debug', z: idOf('window-count-trending-topics', 'hashtags', 'z'), x: 0, y: 0 };
    const counted = idOf('window-count-trending-topics', 'hashtags');
    const tapped = flows.map((node) =>
      node.id === counted ? { ...node, wires: [[...(node.wires?.[0] ?? []), 'tap'], []] } : node,
    );
    // The address that an example has may be that of somebody's server.
    const addressed = [...tapped, tap as ExampleNode].map((node) =>
      node.type === 'elasticsearch-cluster' ? { ...node, url: search.url } : node,
    );
    nodeRed = await startNodeRed({ flows: addressed.map(heard) });
  });
  after(async () => {
    await nodeRed.stop();
    await search.stop();
  });

  function idOf(example: string, name: string, property: 'id' | 'z' = 'id'): string {
    const node = examples.find((each) => each.name === example)?.nodes.find((each) => each.name === name);
    assert.ok(node, `${example} has no node "${name}"`);
    return node[property] ?? '';
  }

  async function press(example: string, name: string): Promise<void> {
    const response = await fetch(`${nodeRed.url}/inject/${idOf(example, name)}`, { method: 'POST' });
    assert.ok(response.ok, `${name} was answered with ${response.status}`);
  }

  function heardAt(id: string): unknown[] {
    return nodeRed
      .log()
      .split('\n')
      .slice(0, -1)
      .filter((line) => line.includes(MARK))
      .map((line) => JSON.parse(line.slice(line.indexOf(MARK) + MARK.length)) as [string, unknown])
      .filter(([from]) => from === id)
      .map(([, payload]) => payload);
  }

  async function until(reached: () => boolean, what: string): Promise<void> {
    const end = Date.now() + PATIENCE;
    while (!reached()) {
      if (Date.now() > end) assert.fail(`waited in vain for ${what}\n${nodeRed.log()}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** What the debug node of an example shows, once it has shown so much. */
  async function shown(example: string, name: string, atLeast = 1): Promise<unknown[]> {
    const id = idOf(example, name);
    await until(() => heardAt(id).length >= atLeast, `${atLeast} at "${name}" of ${example}`);
    return heardAt(id);
  }

  /** What a button sends. */
  function sample(example: string, name: string): unknown {
    const button = examples.find((each) => each.name === example)?.nodes.find((each) => each.name === name);
    return JSON.parse(button?.props?.[0]?.v ?? 'null');
  }

  it('finds the hashtags of a typed text', async () => {
    const example = 'hashtag-extract-typed-text';
    for (const name of ['an English text', 'other scripts']) {
      const before = heardAt(idOf(example, 'hashtags of the text')).length;
      await press(example, name);
      const found = (await shown(example, 'hashtags of the text', before + 1)).at(-1) as Post & { count: number };
      const tags = new Set(
        twitterText.extractHashtags((sample(example, name) as Post).text).map((tag) => tag.toLowerCase()),
      );
      assert.deepEqual(
        found.hashtags.filter((tag) => !/^[@$]/u.test(tag)),
        [...tags],
      );
      assert.equal(found.count, found.hashtags.length);
    }
    await press(example, 'no text');
    assert.match(((await shown(example, 'no text here')) as Rejected[])[0]?.error.message ?? '', /has no text/u);
  });

  it('judges the mood of a typed text', async () => {
    const example = 'sentiment-typed-text';
    const oracle = new Sentiment();
    // A language of its own: `extras` would change the words of English for every later user of the module.
    oracle.registerLanguage('praise', { labels: { ...englishWords, sick: 3 } });
    const buttons = ['a good day', 'not so good', 'sick is good'];
    for (const [index, name] of buttons.entries()) {
      await press(example, name);
      const found = (await shown(example, 'the mood', index + 1)).at(-1) as { text: string; score: number };
      const language = name === 'sick is good' ? 'praise' : 'en';
      assert.equal(found.score, oracle.analyze(found.text, { language }).score, found.text);
    }
    await press(example, 'no text');
    await shown(example, 'no text here');
  });

  it('shows the mood of two brands side by side', async () => {
    const example = 'sentiment-two-brands';
    const oracle = new Sentiment();
    const posts = ['a few posts', 'some more'].flatMap((name) => sample(example, name) as Post[]);
    const expected = Object.fromEntries(
      ['Aurora', 'Borealis'].map((brand) => {
        const scores = posts.filter(({ text }) => text.includes(brand)).map(({ text }) => oracle.analyze(text).score);
        return [brand, { posts: scores.length, mood: scores.reduce((sum, each) => sum + each, 0) / scores.length }];
      }),
    );
    await press(example, 'a few posts');
    await press(example, 'some more');
    await until(() => {
      const last = heardAt(idOf(example, 'both brands')).at(-1) as typeof expected | undefined;
      return last?.Aurora?.posts === expected.Aurora?.posts && last?.Borealis?.posts === expected.Borealis?.posts;
    }, 'all mentions of both brands');
    assert.deepEqual(heardAt(idOf(example, 'both brands')).at(-1), expected);
  });

  it('keeps clean posts and says why others are taken out', async () => {
    const example = 'tweet-clean-rejected';
    await press(example, 'six posts');
    const kept = (await shown(example, 'kept')).flat() as Post[];
    const out = (await shown(example, 'taken out')).flat() as { id: string; why: string }[];
    assert.deepEqual(
      kept.map(({ id }) => id),
      ['1', '5'],
    );
    assert.deepEqual(Object.keys(kept[0] ?? {}).sort(), ['author', 'created_at', 'id', 'lang', 'text']);
    assert.deepEqual(out.map(({ id }) => id).sort(), ['1', '2', '3', '4']);
    assert.match(out.find(({ id }) => id === '1')?.why ?? '', /was here before/u);
  });

  it('writes a topic and reads it, in batches and one by one', async () => {
    const example = 'kafka-write-and-read';
    const readings = sample(example, 'six readings') as { sensor: string; n: number }[];
    await press(example, 'six readings');
    const singles = (await shown(example, 'one record', readings.length)) as typeof readings;
    const records = (): typeof readings =>
      (heardAt(idOf(example, 'a batch')) as { records: typeof readings }[]).flatMap((batch) => batch.records);
    await until(() => records().length >= readings.length, 'the batches');
    for (const read of [singles, records()]) {
      const sorted = [...read].sort((one, other) => one.n - other.n);
      assert.deepEqual(sorted, readings);
      const roof = read.filter(({ sensor }) => sensor === 'roof').map(({ n }) => n);
      assert.deepEqual(roof, [1, 3, 6], 'the order of one sensor');
    }
  });

  it('stores rows, writes a repeated one over itself, and reads them back', async () => {
    const example = 'hbase-rows';
    await press(example, 'two posts');
    await shown(example, 'stored');
    await press(example, 'one is edited');
    await shown(example, 'stored', 2);
    await press(example, 'no id');
    await shown(example, 'rejected');
    const db = new DatabaseSync(storeFile(nodeRed.home), { readOnly: true });
    const cells = db
      .prepare(
        `SELECT row, CAST(value AS TEXT) AS value FROM hbase_cells
          WHERE column = 'post:text' AND row IN ('1', '2') ORDER BY row, timestamp DESC`,
      )
      .all() as unknown as { row: string; value: string }[];
    db.close();
    const newest = Object.fromEntries([...cells].reverse().map(({ row, value }) => [row, value]));
    assert.deepEqual(newest, { 1: 'Sun now #London', 2: 'Sun at last #tea' });

    const [edited] = sample(example, 'one is edited') as object[];
    const [, second] = sample(example, 'two posts') as object[];
    const withKey = (record: object | undefined): object => {
      const { id, at, ...rest } = record as { id: string; at: string };
      return { ...rest, row: id, at };
    };
    await press(example, 'row 1');
    const { at, ...row } = withKey(edited) as { at: string };
    assert.deepEqual(await shown(example, 'found'), [row]);
    assert.equal(at, '2026-03-04T06:00:00.000Z');
    await press(example, 'row 9');
    const [missing] = (await shown(example, 'not found')) as Rejected[];
    assert.match(missing?.error.message ?? '', /"example-posts" has no row "9"/u);
    await press(example, 'all rows');
    assert.deepEqual(await shown(example, 'all'), [[withKey(second), withKey(edited)]]);
  });

  it('stores posts and counts in Elasticsearch, and says so when it is away', async () => {
    const example = 'elasticsearch-posts-and-counts';
    const posts = (sample(example, 'posts') as Post[]).map((post) => ({
      ...post,
      hashtags: [...new Set(twitterText.extractHashtags(post.text).map((tag) => tag.toLowerCase()))],
    }));
    await press(example, 'posts');
    await shown(example, 'posts stored');
    await press(example, 'no id');
    await shown(example, 'posts rejected');
    await search.goAway();
    await press(example, 'close all windows');
    await until(() => nodeRed.log().includes('cannot be reached: nothing listens there'), 'the sink to say so');
    await search.comeBack();
    await shown(example, 'counts stored', 3);
    const documents = [...search.documents.values()];
    const of = (index: string): unknown[] =>
      documents.filter((each) => each.index === index).map(({ source }) => source);
    assert.deepEqual(of('example-posts-2026.03'), posts);
    const counts = of('example-windows') as { key: string; count: number; window_start: string; window_end: string }[];
    for (const { window_start: start, window_end: end } of counts) {
      const lines = counts.filter((each) => each.window_start === start).map(pair);
      assert.deepEqual(lines, recount(posts, { start, end }));
    }
    assert.equal(
      counts.reduce((sum, { count }) => sum + count, 0),
      posts.flatMap(({ hashtags }) => hashtags).length,
    );
    assert.deepEqual([...search.templates.keys()].sort(), ['pulseflow-example-posts-x', 'pulseflow-example-windows']);
  });

  it('writes a file for each day', async () => {
    const example = 'hdfs-sink-rolled-files';
    await press(example, 'posts of two days');
    await press(example, 'no date');
    await shown(example, 'rejected');
    const folder = join(nodeRed.home, 'pulseflow/example-files/posts');
    const rows = (day: string): string[][] => {
      const path = join(folder, day);
      const files = existsSync(path) ? readdirSync(path).filter((file) => file.endsWith('.csv')) : [];
      return files.flatMap((file) => rowsOf(join(path, file)));
    };
    await until(() => rows('2026-03-04').length === 1 && rows('2026-03-05').length === 2, 'the files');
    assert.deepEqual(
      rows('2026-03-04').map(([id, , text]) => [id, text]),
      [['1', 'Rain, again, #London']],
    );
    assert.deepEqual(
      rows('2026-03-05').map(([id, , text]) => [id, text]),
      [
        ['2', "'=SUM(A1:A9)"],
        ['3', 'She said "tea"'],
      ],
    );
  });

  it('keeps a table up to date', async () => {
    const example = 'tableau-export-table';
    const file = join(nodeRed.home, 'pulseflow/example-table.csv');
    const rows = (): string[] =>
      existsSync(file) ? rowsOf(file).map((row) => [row[0], ...row.slice(2)].join(' ')) : [];
    await press(example, 'first counts');
    await until(() => rows().length === 3, 'the first table');
    assert.deepEqual(rows().sort(), ['w1 rain 1', 'w1 tea 2', 'w2 sun 4']);
    await press(example, 'corrected');
    await until(() => rows().length === 2, 'the corrected table');
    assert.deepEqual(rows().sort(), ['w1 tea 3', 'w2 sun 4']);
  });

  it('counts in tumbling, sliding and session windows', async () => {
    const example = 'window-count-three-kinds';
    const posts = sample(example, 'six posts') as Post[];
    await press(example, 'six posts');
    await press(example, 'close all windows');
    const tumbling = (await shown(example, 'in tumbling windows', 4)) as Window[];
    const sliding = (await shown(example, 'in sliding windows', 6)) as Window[];
    const sessions = (await shown(example, 'in session windows', 3)) as Window[];
    for (const [windows, minutes] of [
      [tumbling, 1],
      [sliding, 2],
    ] as const) {
      for (const { window, counts } of windows) {
        assert.equal(Date.parse(window.end) - Date.parse(window.start), minutes * 60_000);
        assert.deepEqual(counts.map(pair), recount(posts, window));
      }
      const occurrences = posts.flatMap(({ hashtags }) => hashtags).length;
      assert.equal(
        windows.reduce((sum, { total }) => sum + total, 0),
        occurrences * minutes,
      );
    }
    const spans = sessions.flatMap(({ window, counts }) =>
      counts.map(({ key, count }) => `${key} ${count} ${window.start.slice(14, 19)}-${window.end.slice(14, 19)}`),
    );
    assert.deepEqual(spans.sort(), [
      'rain 1 00:40-01:25',
      'rain 2 01:50-03:05',
      'tea 1 04:00-04:45',
      'tea 3 00:10-01:50',
    ]);
  });

  it('counts the trending hashtags of a keyword', async () => {
    const example = 'window-count-trending-topics';
    const results = (await shown(example, 'trending', 2)) as Window[];
    const late = new Set((heardAt(idOf(example, 'late')).flat() as Rejected[]).map(({ record }) => record.id));
    const posts = (heardAt('tap').flat() as Post[]).filter(({ id }) => !late.has(id));
    for (const { text } of posts) assert.match(text, /love/iu);
    for (const { window, counts } of results.slice(0, 2)) {
      assert.deepEqual(counts.map(pair), recount(posts, window).slice(0, 10));
    }
  });

  it('alerts when a hashtag triples, and then only', async () => {
    const example = 'window-count-hashtag-triples';
    for (const name of ['a quiet minute', 'a busy minute', 'a quiet minute', 'a quiet minute'])
      await press(example, name);
    const alerts = (await shown(example, 'alert')) as { hashtag: string; count: number; previous: number }[][];
    assert.deepEqual(
      alerts.flat().map(({ hashtag, count, previous }) => [hashtag, previous, count]),
      [['rain', 2, 6]],
    );
  });

  it('replays the file that comes with it', async () => {
    const example = 'twitter-poll-replay-file';
    const lines = readFileSync(join(process.cwd(), 'examples/posts-to-replay.ndjson'), 'utf8').trim().split('\n');
    const posts = lines.slice(0, -1).map((line) => {
      const post = JSON.parse(line) as Post;
      return {
        ...post,
        hashtags: [...new Set(twitterText.extractHashtags(post.text).map((tag) => tag.toLowerCase()))],
      };
    });
    await shown(example, 'broken line');
    await shown(example, 'ten minutes of posts', 3);
    await press(example, 'close the last window');
    const windows = (await shown(example, 'ten minutes of posts', 4)) as Window[];
    assert.equal(windows.length, 4);
    for (const { window, counts } of windows) assert.deepEqual(counts.map(pair), recount(posts, window));
    assert.equal(
      windows.reduce((sum, { total }) => sum + total, 0),
      posts.flatMap(({ hashtags }) => hashtags).length,
    );
  });

  it('shows the way of posts from X without an account', async () => {
    await press('twitter-poll-search-x', 'a post as X gives it');
    const [post] = (await shown('twitter-poll-search-x', 'posts of X')).flat() as Post[];
    assert.deepEqual(post?.hashtags, ['london', 'tea']);
    assert.equal(examples.flatMap(({ nodes }) => nodes).find(({ name }) => name === 'search on X')?.d, true);
  });

  it('reports no error', () => {
    assert.doesNotMatch(nodeRed.log(), /\[error\]|missing types/iu);
  });
});

/** The rows of a CSV file below its head. */
function rowsOf(file: string): string[][] {
  return parse(readFileSync(file, 'utf8'), { from: 2 });
}

const pair = ({ key, count }: Count): [string, number] => [key, count];

/** The hashtags of the posts in a window, the most frequent first. */
function recount(posts: readonly Post[], { start, end }: Window['window']): [string, number][] {
  const counts = new Map<string, number>();
  for (const { created_at: at, hashtags } of posts) {
    if (Date.parse(at) < Date.parse(start) || Date.parse(at) >= Date.parse(end)) continue;
    for (const tag of hashtags) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  }
  return [...counts].sort(([one, first], [other, second]) => second - first || (one < other ? -1 : 1));
}
