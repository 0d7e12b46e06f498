import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { Peek } from '../../flows/peek';
import { DAY, type FilePost, HOUR, type Windows, asLines, moodOf, recount, tagsOf } from '../../flows/recount';
import { TOPICS, replayFlow, replaySettings } from '../../flows/replayFlow';
import { type NodeRed, startNodeRed } from '../../support/nodeRed';
import { temporaryFolder } from '../../support/store';
import { until } from '../../support/until';
import type { Hdfs } from '../support/hdfs';

/** Posts a second, for there to be work in flight when the last server is killed. */
const RATE = 700;
const PATIENCE = { within: 240_000, every: 20 };
/** The windows that the flow counts in: where their results come from, and the folder that they go to. */
const WINDOWS = [
  { topic: TOPICS.days, folder: 'days', size: DAY, slide: DAY },
  { topic: TOPICS.slides, folder: 'slides', size: HOUR, slide: HOUR / 4 },
] as const;
const FOLDERS = ['archive', 'csv', 'packed', ...WINDOWS.map(({ folder }) => folder)];

interface StoredPost extends FilePost {
  readonly hashtags: readonly string[];
  readonly sentiment: { readonly label: string };
}

/** A finished file, unpacked. */
interface StoredFile {
  /** From the root on, such as `csv/date=2012-03/part-….csv`. */
  readonly path: string;
  readonly text: string;
}

/**
 * The flow that `npm start` runs, with one config node set to a real HDFS. It has an archive of posts as NDJSON; added are
 * CSV by month, packed NDJSON by language and year, and packed windows.
 */
export class Storing {
  readonly #folder = temporaryFolder();
  readonly #peek = new Peek(join(this.#folder.path, 'pulseflow', 'pulseflow.db'));
  readonly #settings = join(this.#folder.path, 'settings.js');
  #nodeRed: NodeRed | undefined;
  #said = '';

  constructor(
    private readonly file: string,
    private readonly posts: readonly FilePost[],
    private readonly hdfs: Hdfs,
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
    this.#said += this.#nodeRed?.log() ?? '';
    this.#nodeRed = undefined;
  }

  /** How many records of posts are in finished files, as far as the sinks know; in the end, each post is in three. */
  get finished(): number {
    return this.#peek.done('archive', 'tweets') + 2 * this.#peek.done('files', 'tweets.enriched') - this.spooled;
  }

  /** How many records wait for their file. */
  get spooled(): number {
    return this.#peek.spooled();
  }

  /** Waits until a share of all records is in finished files. */
  async reached(share: number): Promise<void> {
    await this.#until(() => this.finished >= share * 3 * this.posts.length, `${share} of all files`);
  }

  /** Waits until all posts and windows are in finished files, without stopping anything, then stops Node-RED. */
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
    for (const { topic, folder } of WINDOWS) await this.#until(() => done(folder, topic), `${folder} to be taken`);
    await this.#until(() => done('files', 'tweets.enriched') && done('archive', 'tweets'), 'all posts to be taken');
    await this.#until(() => peek.spooled() === 0, 'all files to be finished');
    this.#said += this.#nodeRed?.log() ?? '';
    await this.#nodeRed?.stop();
    this.#nodeRed = undefined;
    assert.doesNotMatch(this.#said, /\[error\]/u, this.#said);
  }

  /** Compares every record and every value in the cluster with the file. */
  async check(): Promise<void> {
    const files = await this.#readAll();
    for (const { path } of files) assert.match(path, /\/part-[^/.]+\.(?:csv|ndjson|ndjson\.gz)$/u, 'a finished file');
    const of = (folder: string): StoredFile[] => files.filter(({ path }) => path.startsWith(`${folder}/`));
    await this.#compareWithShell(files);

    this.#checkPosts(of('archive').flatMap(recordsOf), (post) => post.created_at.slice(0, 7).replace('-', '/'), isSame);
    this.#checkPosts(
      of('packed').flatMap(recordsOf),
      ({ lang, created_at: at }) => `lang=${lang}/${at.slice(0, 4)}`,
      isEnriched,
    );
    this.#checkPosts(
      of('csv').flatMap(rowsOf),
      (post) => `date=${post.created_at.slice(0, 7)}`,
      (row, post) =>
        isSame({ ...row, text: unguarded(row.text) }, post) && row['sentiment.label'] === moodOf(post.text),
    );
    for (const { folder, size, slide } of WINDOWS)
      assert.deepEqual(asLines(windowsIn(of(folder))), asLines(recount(this.posts, size, slide)), folder);
    console.log(`      ${files.length} files`);
  }

  async dispose(): Promise<void> {
    await this.kill();
    this.#folder.remove();
  }

  /** Each post of the file once, in the right partition, and like this. */
  #checkPosts<Row extends { readonly id: string }>(
    found: readonly Placed<Row>[],
    placeOf: (post: FilePost) => string,
    isLike: (row: Row, post: FilePost) => boolean,
  ): void {
    const rows = new Map(found.map((each) => [each.record.id, each]));
    const lost = this.posts.filter(({ id }) => !rows.has(id)).length;
    const doubled = found.length - rows.size;
    assert.deepEqual({ lost, doubled, all: found.length }, { lost: 0, doubled: 0, all: this.posts.length });
    const wrong = this.posts.filter((post) => {
      const row = rows.get(post.id);
      return row?.place !== placeOf(post) || !isLike(row.record, post);
    });
    assert.deepEqual(wrong.slice(0, 3), [], `${wrong.length} posts differ`);
  }

  /** All files below the root, hidden ones too, as WebHDFS has them. */
  async #readAll(): Promise<StoredFile[]> {
    const root = `/user/${this.hdfs.user}/pulseflow`;
    const tree = await this.hdfs.files.tree(root);
    const files: StoredFile[] = [];
    for (const { path } of tree) {
      const bytes = await this.hdfs.files.read(path);
      files.push({
        path: path.slice(root.length + 1),
        text: (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString(),
      });
    }
    return files;
  }

  /** Hadoop's own shell finds the same lines, and unpacks what is packed. */
  async #compareWithShell(files: readonly StoredFile[]): Promise<void> {
    const root = `/user/${this.hdfs.user}/pulseflow`;
    const globs = FOLDERS.flatMap((folder) => ['*', '*/*'].map((each) => `${root}/${folder}/${each}/part-*`));
    const told = await this.hdfs.shell('-ls', '-R', root);
    assert.equal(told.filter((line) => line.startsWith('-')).length, files.length);
    for (const line of told) assert.doesNotMatch(line, /\/\./u, 'a temporary file or folder');
    const some = globs.filter((glob) => files.some(({ path }) => isIn(path, glob.slice(root.length + 1))));
    const lines = await this.hdfs.shell('-text', ...some);
    const expected = files.flatMap(({ text }) => text.split('\n').slice(0, -1));
    const sorted = [lines, expected].map((each) => each.sort());
    const differs = sorted[0]?.findIndex((line, index) => line !== sorted[1]?.[index]) ?? -1;
    assert.equal(sorted[0]?.[differs], sorted[1]?.[differs]);
    assert.equal(lines.length, expected.length);
  }

  #flow(): unknown[] {
    const flow = replayFlow(this.file);
    for (const node of flow) if (node.type === 'twitter-poll') node.rate = RATE;
    const cluster = flow.find(({ type }) => type === 'hdfs-cluster');
    const sink = flow.find(({ type }) => type === 'hdfs-sink');
    const reader = flow.find(({ type, group }) => type === 'kafka-in' && group === 'store');
    if (cluster === undefined || sink === undefined || reader === undefined) throw new Error('the flow has changed');
    const { url, user } = this.hdfs;
    Object.assign(cluster, { mode: 'webhdfs', url, user, root: 'pulseflow', timeout: '5s' });
    const often = { ...sink, rollSize: '200KB', rollEvery: '2s', wires: [[], []] };
    const into = (id: string, path: string, more: object): object => ({ ...often, id, path, ...more });
    Object.assign(sink, { ...often, id: sink.id, path: 'archive/{{created_at|yyyy/MM}}', rollEvery: '4s' });
    const csv = { format: 'csv', fields: 'id, text, created_at, lang, sentiment.label' };
    const packed = { format: 'ndjson', fields: '', compress: 'gzip' };
    return [
      ...flow,
      { ...reader, id: 'read-posts', group: 'files', wires: [['to-csv', 'to-packed'], []] },
      ...WINDOWS.flatMap(({ topic, folder }) => [
        { ...reader, id: `read-${folder}`, group: folder, topic, wires: [[`to-${folder}`], []] },
        into(`to-${folder}`, `${folder}/{{window.start|yyyy/MM}}`, packed),
      ]),
      into('to-csv', 'csv/date={{created_at|yyyy-MM}}', csv),
      into('to-packed', 'packed/lang={{lang}}/{{created_at|yyyy}}', packed),
    ];
  }

  #until(reached: () => boolean, what: string): Promise<void> {
    const said = (): string =>
      `${what}; ${this.finished} records in files, ${this.spooled} in spools\n${this.#nodeRed?.log() ?? ''}`;
    return until(reached, said, PATIENCE);
  }
}

interface StoredWindow {
  readonly window: { readonly start: string; readonly end: string };
  readonly counts: readonly { readonly key: string; readonly count: number }[];
}

/** A record and its partition: the folder in the folder of its sink. */
interface Placed<Row> {
  readonly record: Row;
  readonly place: string;
}

function placeOf(path: string): string {
  return path.split('/').slice(1, -1).join('/');
}

function recordsOf<Row = StoredPost>({ path, text }: StoredFile): Placed<Row>[] {
  const lines = text.split('\n').slice(0, -1);
  return lines.map((line) => ({ record: JSON.parse(line) as Row, place: placeOf(path) }));
}

type Row = FilePost & { readonly 'sentiment.label': string };

function rowsOf({ path, text }: StoredFile): Placed<Row>[] {
  return parse<Row>(text, { columns: true, record_delimiter: '\r\n' }).map((record) => ({
    record,
    place: placeOf(path),
  }));
}

/** Counts by key of each window, of which each must be there once. */
function windowsIn(files: readonly StoredFile[]): Windows {
  const windows: Windows = new Map();
  for (const { record } of files.flatMap((file) => recordsOf<StoredWindow>(file))) {
    const name = `${record.window.start}/${record.window.end}`;
    assert.ok(!windows.has(name), `${name} is there twice`);
    windows.set(name, new Map(record.counts.map(({ key, count }) => [key, count])));
  }
  return windows;
}

/** A text that a spreadsheet would take for a formula has an apostrophe in front. */
function unguarded(text: string): string {
  return /^'[=+\-@\t\r＝＋－＠]/u.test(text) ? text.slice(1) : text;
}

function isSame(record: FilePost, post: FilePost): boolean {
  return (Object.keys(post) as (keyof FilePost)[]).every((name) => record[name] === post[name]);
}

function isEnriched(record: StoredPost, post: FilePost): boolean {
  return (
    isSame(record, post) &&
    record.sentiment.label === moodOf(post.text) &&
    String(record.hashtags) === String(tagsOf(post))
  );
}

function isIn(path: string, glob: string): boolean {
  return new RegExp(`^${glob.replaceAll('*', '[^/]*')}$`, 'u').test(path);
}
