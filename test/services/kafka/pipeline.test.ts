import assert from 'node:assert/strict';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { Peek } from '../../flows/peek';
import {
  DAY,
  type FilePost,
  HOUR,
  type Windows,
  asLines,
  moodOf,
  readPosts,
  recount as recountWindows,
} from '../../flows/recount';
import { TOPICS, replayFlow, replaySettings } from '../../flows/replayFlow';
import { type NodeRed, startNodeRed } from '../../support/nodeRed';
import { needsShared, sharedFile } from '../../support/shared';
import { temporaryFolder } from '../../support/store';
import { type KafkaCluster, startKafka } from '../support/kafka';
import type { KafkaOptions } from '../support/kafka/settings';
import { eventually, recount } from './flow';

const FILE = sharedFile('data', 'tweets.ndjson.gz');
/** Shares of the posts that are processed when Node-RED is killed. */
const KILLS = [0.2, 0.6];
const KINDS: readonly (KafkaOptions & { readonly name: string; readonly transactions?: boolean })[] = [
  { name: 'Kafka 4', brokers: 1 },
  { name: 'Kafka 4, all kafka out in transactions', brokers: 1, transactions: true },
  { name: 'Kafka 3.9 with ZooKeeper', brokers: 1, zookeeper: true },
];

describe('the flow that npm start runs, on a real Kafka', function () {
  this.timeout(600_000);
  let posts: readonly FilePost[];
  let kafka: KafkaCluster | undefined;
  let replay: Replay | undefined;
  before(function () {
    needsShared(this, FILE);
    posts = readPosts(FILE);
  });
  afterEach(async () => {
    await replay?.dispose();
    await kafka?.stop();
    replay = kafka = undefined;
  });

  for (const { name, transactions = false, ...options } of KINDS) {
    it(`${name}: with another mode and brokers in its one cluster node, killed in between, it counts the same`, async () => {
      kafka = await startKafka(options);
      replay = new Replay(kafka, transactions);
      const { peek } = replay;
      const done =
        (group: string, count: number): (() => boolean) =>
        () =>
          (replay?.done(group) ?? 0) >= count;
      // First all posts are collected. Without transactions those collected while Node-RED dies may be there twice.
      await replay.start(false);
      if (transactions) {
        await replay.until(done('archive', 0.3 * posts.length), 'some posts to be collected');
        await replay.kill();
        assert.ok(replay.done('archive') < posts.length, 'all posts were collected before the process could be killed');
        await replay.start(false);
      }
      // Offsets count the ends of transactions, too.
      await replay.until(
        transactions
          ? async () => (await kafka?.read('tweets'))?.length === posts.length
          : done('archive', posts.length),
        'all posts to be collected',
      );
      await replay.kill();

      for (const share of KILLS) {
        await replay.start(true);
        await replay.until(done('process', share * posts.length), `${share} of all posts`);
        await replay.kill();
        const processed = replay.done('process');
        console.log(
          `      killed with ${replay.delivered() - processed} of ${posts.length} posts in the flow, ${processed} done`,
        );
        assert.ok(processed < posts.length, 'all posts were done before the process could be killed');
      }
      await replay.start(true);
      const days = recountWindows(posts, DAY, DAY);
      const slides = recountWindows(posts, HOUR, HOUR / 4);
      await replay.finish(posts.length, { days, slides });

      const written = await kafka.read('tweets');
      const ids = written.map(({ value }) => (JSON.parse(value ?? '') as FilePost).id);
      const all = posts.map(({ id }) => id);
      assert.deepEqual(recount(all, ids), { lost: [], doubled: [] });

      same(asLines(replay.table('hashtags.csv')), asLines(days), 'the table of days');
      same(asLines(replay.table('slides.csv')), asLines(slides), 'the table of slides');
      const results = await resultsIn(kafka, TOPICS.days);
      same(asLines(results.windows), asLines(days), 'the topic of days');
      if (transactions) assert.equal(results.written, results.windows.size, 'each result is written once');
      const rows = peek.rows();
      assert.equal(rows.size, posts.length);
      assert.deepEqual(
        posts.filter((post) => rows.get(post.id)?.get('mood:label') !== moodOf(post.text)),
        [],
      );
      same(replay.archived().sort(), [...all].sort(), 'posts in files');
    });
  }
});

/** Windows as Kafka's own consumer finds them. A result that was written twice has to be the same both times. */
async function resultsIn(
  kafka: KafkaCluster,
  topic: string,
): Promise<{ readonly written: number; readonly windows: Windows }> {
  const byId = new Map<string, string>();
  const windows: Windows = new Map();
  const records = await kafka.read(topic);
  for (const { value } of records) {
    const result = JSON.parse(value ?? '') as Result;
    const text = JSON.stringify([result.window, result.counts]);
    assert.equal(byId.get(result.id) ?? text, text, `${topic} has two results ${result.id}`);
    byId.set(result.id, text);
    const { start, end } = result.window;
    windows.set(`${start}/${end}`, new Map(result.counts.map(({ key, count }) => [key, count])));
  }
  assert.equal(byId.size, windows.size);
  return { written: records.length, windows };
}

interface Result {
  readonly id: string;
  readonly window: { readonly start: string; readonly end: string };
  readonly counts: readonly { readonly key: string; readonly count: number }[];
}

/** The replay in a Node-RED that may be killed and started again, and what it leaves behind. */
class Replay {
  readonly #folder = temporaryFolder();
  readonly peek = new Peek(join(this.#folder.path, 'pulseflow', 'pulseflow.db'));
  readonly #log = join(this.#folder.path, 'deliveries.log');
  readonly #settings = join(this.#folder.path, 'replay-settings.js');
  #nodeRed: NodeRed | undefined;

  constructor(
    private readonly kafka: KafkaCluster,
    private readonly transactions: boolean,
  ) {
    writeFileSync(this.#settings, replaySettings(this.#log));
    writeFileSync(this.#log, '');
  }

  /** @param processing whether posts are processed, or only collected and archived */
  async start(processing: boolean): Promise<void> {
    const flows = replayFlow(FILE);
    const cluster = flows.find(({ type }) => type === 'kafka-cluster');
    Object.assign(cluster ?? {}, { mode: 'kafka', brokers: this.kafka.addresses.plain.join(',') });
    for (const each of flows) if (each.type === 'kafka-out') each.transactions = this.transactions;
    const windows = flows.find(({ type }) => type === 'window-count');
    const tab = flows.find(({ id }) => id === windows?.z);
    Object.assign(tab ?? {}, { disabled: !processing });
    this.#nodeRed = await startNodeRed({ flows, home: this.#folder.path, settings: this.#settings });
  }

  async kill(): Promise<void> {
    await this.#nodeRed?.kill();
  }

  until(reached: () => boolean | Promise<boolean>, what: string): Promise<void> {
    return eventually(
      reached,
      () => `${what}; archived ${this.done('archive')}, processed ${this.done('process')}
${this.#nodeRed?.log() ?? ''}`,
    );
  }

  /** Waits until all posts have gone through, closes the windows, waits for their results, and stops Node-RED. */
  async finish(posts: number, { days, slides }: { days: Windows; slides: Windows }): Promise<void> {
    const { peek } = this;
    const ends = await this.kafka.describeGroup('archive');
    const end = this.transactions ? ends.reduce((sum, partition) => sum + partition.end, 0) : posts;
    await this.until(() => this.done('process') === end, 'all posts to be processed');
    const response = await fetch(`${this.#nodeRed?.url ?? ''}/flush`);
    assert.equal(response.status, 200);
    await this.until(
      async () =>
        (await resultsIn(this.kafka, TOPICS.days)).windows.size >= days.size &&
        (await resultsIn(this.kafka, TOPICS.slides)).windows.size >= slides.size,
      'all windows to be in their topics',
    );
    await this.until(() => peek.outbox() === 0, 'all results to be out');
    for (const group of ['archive', 'tableau', 'store'])
      await this.until(
        async () => (await this.kafka.describeGroup(group)).every(({ lag }) => lag === 0),
        `the group ${group} to be at the end`,
      );
    const said = this.#nodeRed?.log() ?? '';
    await this.#nodeRed?.stop();
    assert.doesNotMatch(said, /\[error\]/u, said);
  }

  /** How many posts a group is done with, as Node-RED's store has it. */
  done(group: string): number {
    const positions = [0, 1, 2].map((partition) => this.peek.position(`kafka/%/${group}/tweets/${partition}`));
    return positions.reduce<number>((sum, position) => sum + ((position as { next: number } | null)?.next ?? 0), 0);
  }

  /** How many different posts were given to the part that processes them. */
  delivered(): number {
    const seen = new Set<string>();
    for (const line of readFileSync(this.#log, 'utf8').trim().split('\n')) {
      const [partition = '', first = '', last = ''] = line.split(' ');
      for (let offset = Number(first); offset <= Number(last); offset++) seen.add(`${partition}/${offset}`);
    }
    return seen.size;
  }

  /** The windows of a table for Tableau; each key may be there once. */
  table(name: string): Windows {
    const text = readFileSync(join(this.#folder.path, 'pulseflow', 'tableau', name), 'utf8');
    const windows: Windows = new Map();
    for (const row of parse<Record<string, string>>(text, { columns: true, bom: true })) {
      const window = `${row['window.start'] ?? ''}/${row['window.end'] ?? ''}`;
      const counts = windows.get(window) ?? new Map<string, number>();
      // A cell that a spreadsheet might take for a formula is quoted.
      const key = (row['counts.key'] ?? '').replace(/^'/u, '');
      assert.ok(!counts.has(key), `${name} has ${window} ${key} twice`);
      windows.set(window, counts.set(key, Number(row['counts.count'])));
    }
    return windows;
  }

  /** The ids of all posts in finished files. */
  archived(): string[] {
    const folder = join(this.#folder.path, 'pulseflow', 'files', 'tweets');
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .flatMap((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8').trim().split('\n'))
      .map((line) => (JSON.parse(line) as FilePost).id);
  }

  async dispose(): Promise<void> {
    await this.kill();
    this.#folder.remove();
  }
}

/** Compares lists of thousands; says the first differences only. */
function same(got: readonly string[], expected: readonly string[], what: string): void {
  const { lost } = recount(expected, got);
  const tooMany = recount(got, expected).lost;
  assert.deepEqual({ what, lost: lost.slice(0, 5), tooMany: tooMany.slice(0, 5) }, { what, lost: [], tooMany: [] });
  assert.equal(got.length, expected.length, what);
}
