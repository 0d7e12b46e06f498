import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import twitter from 'twitter-text';
import { Peek } from '../../flows/peek';
import { DAY, type FilePost, HOUR, type Windows, asLines, moodOf, recount } from '../../flows/recount';
import { TOPICS, replayFlow, replaySettings } from '../../flows/replayFlow';
import { type NodeRed, startNodeRed } from '../../support/nodeRed';
import { temporaryFolder } from '../../support/store';
import { until } from '../../support/until';
import type { HBase } from '../support/hbase';
import type { StoredCell } from '../support/hbase/tables';

const BUCKETS = 4;
/** The windows that the flow counts in: where their results come from, and the table that they go to. */
const WINDOWS = [
  { topic: TOPICS.days, table: 'days', size: DAY, slide: DAY },
  { topic: TOPICS.slides, table: 'slides', size: HOUR, slide: HOUR / 4 },
] as const;
/** Posts a second, for there to be work in flight when the last server is killed. */
const RATE = 700;
const PATIENCE = { within: 240_000, every: 20 };

/** The flow that `npm start` runs, with one config node set to a real cluster, and a second sink for windows. */
export class Storing {
  readonly #folder = temporaryFolder();
  readonly #peek = new Peek(join(this.#folder.path, 'pulseflow', 'pulseflow.db'));
  readonly #settings = join(this.#folder.path, 'settings.js');
  #nodeRed: NodeRed | undefined;

  constructor(
    private readonly file: string,
    private readonly posts: readonly FilePost[],
    private readonly hbase: HBase,
  ) {
    const log = join(this.#folder.path, 'deliveries.log');
    writeFileSync(log, '');
    writeFileSync(this.#settings, replaySettings(log));
    writeFileSync(join(this.#folder.path, 'flows.json'), JSON.stringify(this.#flow()));
  }

  async start(): Promise<void> {
    this.#nodeRed = await startNodeRed({ home: this.#folder.path, settings: this.#settings });
  }

  /** Ends Node-RED as a power cut does. */
  async kill(): Promise<void> {
    await this.#nodeRed?.kill();
    this.#nodeRed = undefined;
  }

  /** How many posts are stored, as far as the flow knows. */
  get stored(): number {
    return this.#peek.done('store', 'tweets.enriched');
  }

  /** Waits until a share of all posts is stored. */
  async reached(share: number): Promise<void> {
    await this.#until(() => this.stored >= share * this.posts.length, `${share} of all posts to be stored`);
  }

  /** Waits until all posts are stored and all windows closed and stored, and stops Node-RED. */
  async finish(): Promise<void> {
    const peek = this.#peek;
    await this.#until(() => peek.done('process', 'tweets') === this.posts.length, 'all posts to be processed');
    assert.equal((await fetch(`${this.#nodeRed?.url ?? ''}/flush`)).status, 200);
    const areWritten = WINDOWS.map(({ topic, size, slide }) => {
      const windows = recount(this.posts, size, slide).size;
      return () => peek.written(topic) >= windows;
    });
    await this.#until(() => areWritten.every((isWritten) => isWritten()) && peek.outbox() === 0, 'all windows');
    const done = (group: string, topic: string): boolean => peek.done(group, topic) === peek.written(topic);
    for (const { topic, table } of WINDOWS) await this.#until(() => done(table, topic), `all ${table} to be stored`);
    await this.#until(() => done('store', 'tweets.enriched'), 'all posts to be stored');
    const said = this.#nodeRed?.log() ?? '';
    await this.#nodeRed?.stop();
    this.#nodeRed = undefined;
    assert.doesNotMatch(said, /\[error\]/u, said);
  }

  /** Compares every row and every value in the cluster with the file. */
  async check(): Promise<void> {
    const posts = await this.#scan('posts');
    const wrong = this.posts.filter((post) => !isStored(post, posts.get(saltedBy(post.id))));
    assert.deepEqual(wrong.slice(0, 3), [], `${wrong.length} posts are missing or differ`);
    assert.equal(posts.size, this.posts.length, 'rows of no post');

    for (const { table, size, slide } of WINDOWS) {
      const windows = await this.#scan(table);
      assert.deepEqual(asLines(windowsOf(windows)), asLines(recount(this.posts, size, slide)), table);
      for (const cells of windows.values()) {
        const total = newestOf(cells, 'w:total')?.readBigInt64BE();
        assert.ok(total !== undefined && Number(total) > 0, 'a total as a long');
      }
    }
  }

  async dispose(): Promise<void> {
    await this.kill();
    this.#folder.remove();
  }

  /** All versions of all cells, by row, as the gateway's scanner gives them to `fetch`. */
  async #scan(table: string): Promise<Map<string, readonly StoredCell[]>> {
    const rows = await this.hbase.tables().rows(table, 100);
    return new Map(rows.map(({ key, cells }) => [key, cells]));
  }

  #flow(): unknown[] {
    const flow = replayFlow(this.file);
    for (const node of flow) if (node.type === 'twitter-poll') node.rate = RATE;
    const cluster = flow.find(({ type }) => type === 'hbase-cluster');
    const sink = flow.find(({ type }) => type === 'hbase-sink');
    const reader = flow.find(({ type, group }) => type === 'kafka-in' && group === 'tableau');
    if (cluster === undefined || sink === undefined || reader === undefined) throw new Error('the flow has changed');
    Object.assign(cluster, { mode: 'rest', url: this.hbase.urls.join(', '), timeout: '10s' });
    const columns = sink.columns as Record<string, string>;
    Object.assign(sink, { salt: BUCKETS, columns: { ...columns, 'mood:score': 'sentiment.score|long' } });
    const windowColumns = {
      'w:start': 'window.start',
      'w:end': 'window.end',
      'w:total': 'total|long',
      'w:counts': 'counts|json',
    };
    const windows = { rowKey: '{{id}}', columns: windowColumns, timestamp: '', salt: 0 };
    return [
      ...flow,
      ...WINDOWS.flatMap(({ topic, table }) => [
        { ...reader, id: `in-${table}`, group: table, topic, wires: [[`sink-${table}`], []] },
        { ...sink, ...windows, table, id: `sink-${table}`, wires: [[], []] },
      ]),
    ];
  }

  #until(reached: () => boolean, what: string): Promise<void> {
    const said = (): string =>
      `${what}; stored ${this.stored} of ${this.#peek.written('tweets.enriched')}, processed ${this.#peek.done('process', 'tweets')}\n${this.#nodeRed?.log() ?? ''}`;
    return until(reached, said, PATIENCE);
  }
}

/** Whether a row is what the flow makes of a post, each value once. */
function isStored(post: FilePost, cells: readonly StoredCell[] | undefined): boolean {
  const expected: Record<string, string | undefined> = {
    'post:text': post.text,
    'post:created_at': post.created_at,
    'post:lang': post.lang,
    'mood:label': moodOf(post.text),
  };
  const found = new Map((cells ?? []).map(({ column, value }) => [column, value]));
  const time = Date.parse(post.created_at);
  const tags = JSON.parse(String(found.get('tags:hashtags') ?? '[]')) as string[];
  const wanted = new Set(twitter.extractHashtags(post.text).map((tag) => tag.toLowerCase()));
  const score = found.get('mood:score');
  return (
    cells?.length === found.size &&
    cells.every(({ timestamp }) => timestamp === time) &&
    Object.entries(expected).every(([column, value]) => found.get(column)?.toString() === value) &&
    new Set(tags).size === wanted.size &&
    tags.every((tag) => wanted.has(tag.toLowerCase())) &&
    score?.length === 8 &&
    Math.sign(Number(score.readBigInt64BE())) === ['negative', 'neutral', 'positive'].indexOf(moodOf(post.text)) - 1
  );
}

/** Counts by key of each window, of which each must be there once. */
function windowsOf(rows: ReadonlyMap<string, readonly StoredCell[]>): Windows {
  const windows: Windows = new Map();
  for (const cells of rows.values()) {
    const [start = '', end = '', counts = '[]'] = ['start', 'end', 'counts'].map((name) =>
      String(newestOf(cells, `w:${name}`)),
    );
    const byKey = JSON.parse(counts) as { key: string; count: number }[];
    assert.ok(byKey.length > 0 && !windows.has(`${start}/${end}`), `${start}/${end} without counts, or twice`);
    windows.set(`${start}/${end}`, new Map(byKey.map(({ key, count }) => [key, count])));
  }
  return windows;
}

function newestOf(cells: readonly StoredCell[], wanted: string): Buffer | undefined {
  return cells.find(({ column }) => column === wanted)?.value;
}

/** A key with its salt, by FNV-1a as its authors give it, in whole numbers. */
function saltedBy(key: string): string {
  let hash = 0x811c9dc5n;
  for (const byte of Buffer.from(key)) hash = ((hash ^ BigInt(byte)) * 0x01000193n) & 0xffffffffn;
  return `${hash % BigInt(BUCKETS)}-${key}`;
}
