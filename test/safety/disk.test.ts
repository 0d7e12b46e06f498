import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';
import { parse } from 'csv-parse/sync';
import { isDiskFull } from '../../lib/core/diskFull';
import { LocalFileSystem } from '../../lib/hdfs/local';
import { type Store, storeFile } from '../../lib/store/store';
import { CsvExport } from '../../lib/tableau/csvExport';
import type { WindowResult } from '../../lib/windows/result';
import type { Red } from '../../nodes/common/red';
import { acquire, release } from '../../nodes/common/runtime';
import hdfsCluster from '../../nodes/hdfs-cluster/hdfs-cluster';
import hdfsSink from '../../nodes/hdfs-sink/hdfs-sink';
import kafkaCluster from '../../nodes/kafka-cluster/kafka-cluster';
import kafkaIn from '../../nodes/kafka-in/kafka-in';
import kafkaOut from '../../nodes/kafka-out/kafka-out';
import tableauExport from '../../nodes/tableau-export/tableau-export';
import twitterPoll from '../../nodes/twitter-poll/twitter-poll';
import windowCount from '../../nodes/window-count/window-count';
import { startNodeRed } from '../support/nodeRed';
import { NodeBench, type Saved, WARN, node } from '../support/nodes';
import { temporaryFolder } from '../support/store';
import { until } from '../support/until';

interface Log {
  addHandler(handler: EventEmitter): void;
  removeHandler(handler: EventEmitter): void;
}
const { log: nodeRedLog } = createRequire(__filename)('node-red') as { log: Log };

const POSTS = 3_000;
const IDS = Array.from({ length: POSTS }, (_, n) => `p${n}`);
const POST_TEXT = 'a post of some length, so that what is kept needs room. '.repeat(4);
const NDJSON = IDS.map((id) => `${JSON.stringify({ id, text: POST_TEXT })}\n`).join('');
/** A file of the system that every write to fails with "no space left on device". */
const DEV_FULL = '/dev/full';

/** Posts of a file, written to a topic, read from it, counted, exported, kept in files and in a second topic. */
const PIPELINE: Saved[] = [
  { id: 'c', type: 'kafka-cluster', mode: 'embedded', partitions: 2, retention: '1d' },
  { id: 'h', type: 'hdfs-cluster', mode: 'local', root: 'files' },
  node('poll', 'twitter-poll', { source: 'file', file: 'posts.ndjson', rate: 0, batch: true }, ['write'], []),
  node('write', 'kafka-out', { cluster: 'c', topic: 'posts', key: 'id' }, [], []),
  node('read', 'kafka-in', { cluster: 'c', topic: 'posts', batch: true, maxBatch: 50, maxInFlight: 100 }, [
    'count',
    'files',
    'table',
    'copy',
  ]),
  node('count', 'window-count', { key: 'id', time: '', size: '3650d', top: 0 }, ['windows'], []),
  node(
    'files',
    'hdfs-sink',
    { cluster: 'h', path: 'posts', format: 'csv', fields: 'id, text', rollEvery: '200ms' },
    [],
  ),
  node('table', 'tableau-export', { path: 'table.csv', fields: 'id, text', mode: 'append', every: '100ms' }, []),
  node('copy', 'kafka-out', { cluster: 'c', topic: 'copy', key: 'id' }, [], []),
];

describe('safety: a full disk', () => {
  describe('of the embedded store', () => {
    let bench: NodeBench;
    let store: Store;
    let log: string[];
    const logger = new EventEmitter().on('log', ({ msg }: { msg: unknown }) => log.push(String(msg)));
    beforeEach(() => {
      log = [];
      nodeRedLog.addHandler(logger);
      const borrow = (RED: Red): void => {
        RED.nodes.registerType('borrow', function (this: Parameters<Red['nodes']['createNode']>[0], saved) {
          RED.nodes.createNode(this, saved);
          ({ store } = acquire(RED));
          this.on('close', (_, done) => {
            release(RED);
            done();
          });
        });
      };
      const types = [kafkaCluster, kafkaIn, kafkaOut, twitterPoll, windowCount, hdfsCluster, hdfsSink, tableauExport];
      bench = new NodeBench([...types, borrow]);
      writeFileSync(join(bench.folder, 'posts.ndjson'), NDJSON);
    });
    afterEach(async () => {
      nodeRedLog.removeHandler(logger);
      await bench.dispose();
    });

    /** Lets the database have so many pages and no more; a full disk gives the very same error (SQLITE_FULL). */
    const limit = (pages: number): void => store.db.exec(`PRAGMA max_page_count = ${pages}`);

    it('says so and which file it is, lives, and goes on by itself: lost 0, doubled 0', async () => {
      await bench.run([...PIPELINE, node('borrow', 'borrow'), node('windows', 'probe'), node('other', 'probe')]);
      await until(() => finished(bench.folder) > 200, 'some records');
      limit(1);
      const about = new RegExp(`The disk is full: the embedded store ${storeFile(bench.folder)} .* Make room`, 'u');
      await until(
        () => about.test(log.join('\n')),
        () => log.join('\n'),
      );

      const before = finished(bench.folder);
      assert.ok(before < 2 * POSTS, 'the disk was full too late');
      bench.receive('other', { payload: 'alive' });
      assert.deepEqual(bench.recordsAt('other'), ['alive']);
      await new Promise((resolve) => setTimeout(resolve, 500));
      assert.equal(finished(bench.folder), before);

      limit(1_000_000);
      await until(
        () => finished(bench.folder) === 2 * POSTS,
        () => `all records: ${finished(bench.folder)}`,
      );
      bench.receive('count', { flush: true });
      await until(() => bench.at('windows').length > 0, 'the window');
      const counts = bench.recordsAt('windows').flatMap((each) => (each as WindowResult).counts);
      assert.deepEqual(recount(counts.flatMap(({ key, count }) => Array<string>(count).fill(key))), NOTHING_WRONG);
      await until(() => spooled(bench.folder) === 0, 'all files');
      await bench.stop();
      assert.deepEqual(recountAll(bench.folder), ALL_RIGHT);
    });
  });

  describe('of the files', function () {
    before(function () {
      if (!existsSync(DEV_FULL)) this.skip();
    });
    const folder = temporaryFolder();
    after(() => folder.remove());

    it('a file of hdfs sink: the error says so; what was begun is removed, and the next try succeeds', async () => {
      const files = new LocalFileSystem(folder.path);
      symlinkSync(DEV_FULL, join(folder.path, '.posts.csv.tmp'));
      const chunks = [Buffer.from('id\n'), Buffer.from('1\n')];
      await assert.rejects(
        files.writeTemporary('posts.csv', () => chunks),
        /^StoreError: The disk is full: .*posts\.csv.* Make room/u,
      );
      assert.deepEqual(readdirSync(folder.path), []);
      await files.rename(await files.writeTemporary('posts.csv', () => chunks), 'posts.csv');
      assert.equal(readFileSync(join(folder.path, 'posts.csv'), 'utf8'), 'id\n1\n');
    });

    it('an extract of tableau export: the same, and the old one stands', async () => {
      const file = join(folder.path, 'extract.csv');
      const extract = new CsvExport(file);
      await extract.write([{ id: '1' }], ['id']);
      symlinkSync(DEV_FULL, join(folder.path, '.extract.csv.tmp'));
      await assert.rejects(
        extract.write([{ id: '2' }], ['id']),
        /^StoreError: The disk is full: the extract .*extract\.csv .*Make room/u,
      );
      assert.equal(readFileSync(file, 'utf8'), 'id\r\n1\r\n');
      await extract.write([{ id: '2' }], ['id']);
      assert.equal(readFileSync(file, 'utf8'), 'id\r\n2\r\n');
    });

    it('tableau export shows it on the node, and shows it no longer once the extract is written', async () => {
      const bench = new NodeBench([tableauExport]);
      try {
        symlinkSync(DEV_FULL, join(bench.folder, '.table.csv.tmp'));
        await bench.run([
          node('table', 'tableau-export', { path: 'table.csv', fields: 'id', every: '1500ms' }, [], []),
        ]);
        bench.receive('table', { payload: { id: 'p1' } });
        await until(() => bench.status('table').fill === 'red', 'the failure');
        await until(() => existsSync(join(bench.folder, 'table.csv')), 'the extract');
        await until(() => bench.status('table').fill === undefined, 'the end of the failure');
        assert.match(bench.logged('table', WARN).join(), /The disk is full: the extract .*table\.csv/u);
      } finally {
        await bench.dispose();
      }
    });

    it('hdfs sink shows it on the node, and shows it no longer once its file is finished', async () => {
      const bench = new NodeBench([hdfsCluster, hdfsSink]);
      try {
        // A file where its folder should be: the first try fails, and leaves a plan with the name of the file to come.
        const folder = join(bench.folder, 'files/posts');
        mkdirSync(dirname(folder));
        writeFileSync(folder, '');
        await bench.run([
          { id: 'h', type: 'hdfs-cluster', mode: 'local', root: 'files' },
          node(
            'files',
            'hdfs-sink',
            { cluster: 'h', path: 'posts', format: 'csv', fields: 'id', rollEvery: '10ms' },
            [],
            [],
          ),
        ]);
        bench.receive('files', { payload: { id: 'p1' } });
        await until(() => bench.status('files').fill === 'red', 'the failure');

        rmSync(folder);
        mkdirSync(folder);
        const target = basename(planned(bench.folder));
        symlinkSync(DEV_FULL, join(folder, `.${target}.tmp`));
        await until(
          () =>
            bench.logged('files', WARN).some((words) => words.includes('The disk is full: ') && words.includes(target)),
          'the full disk',
        );
        await until(() => bench.status('files').fill === undefined, 'the end of the failure');
        assert.equal(readFileSync(join(folder, target), 'utf8'), 'id\r\np1\r\n');
      } finally {
        await bench.dispose();
      }
    });

    it('is told from other errors', () => {
      assert.equal(isDiskFull(Object.assign(new Error('no space'), { code: 'ENOSPC' })), true);
      assert.equal(isDiskFull(Object.assign(new Error('quota'), { code: 'EDQUOT' })), true);
      assert.equal(isDiskFull(Object.assign(new Error('full'), { code: 'ERR_SQLITE_ERROR', errcode: 13 })), true);
      assert.equal(isDiskFull(Object.assign(new Error('busy'), { code: 'ERR_SQLITE_ERROR', errcode: 5 })), false);
      assert.equal(isDiskFull(Object.assign(new Error('denied'), { code: 'EACCES' })), false);
      assert.equal(isDiskFull('full'), false);
    });
  });
});

/**
 * No file of the process may grow beyond a size: the operating system cuts the write that reaches it short and refuses
 * the next (EFBIG), for the database, its log and the files alike.
 */
describe('safety: a Node-RED whose files may not grow', function () {
  this.timeout(90_000);

  it('lives, says why, and goes on by itself once they may: lost 0, doubled 0', async function () {
    if (!canLimit()) this.skip();
    const home = temporaryFolder();
    writeFileSync(join(home.path, 'posts.ndjson'), NDJSON);
    const nodeRed = await startNodeRed({ home: home.path, flows: [{ id: 'f', type: 'tab' }, ...PIPELINE] });
    const limit = (bytes: string): unknown =>
      execFileSync('prlimit', ['--pid', String(nodeRed.pid), `--fsize=${bytes}:`]);
    try {
      limit('100000');
      await until(
        () => /could not (keep a change|write|be written)/u.test(nodeRed.log()),
        () => nodeRed.log(),
      );
      await pause(3_000);
      const before = finished(home.path);
      assert.ok(before < 2 * POSTS, 'nothing was refused');
      assert.equal((await fetch(nodeRed.url)).status, 200);

      limit('unlimited');
      await until(
        () => finished(home.path) >= 2 * POSTS && spooled(home.path) === 0,
        () => `${2 * POSTS} records, not ${finished(home.path)}\n${nodeRed.log()}`,
        { within: 40_000, every: 100 },
      );
      await nodeRed.stop();
      assert.deepEqual(recountAll(home.path), ALL_RIGHT);
    } finally {
      await nodeRed.kill();
      home.remove();
    }
  });
});

/** `prlimit` of util-linux changes the limits of a process that runs. */
function canLimit(): boolean {
  return process.platform === 'linux' && spawnSync('prlimit', ['--version']).status === 0;
}

const NOTHING_WRONG = { lost: 0, doubled: 0 };
const ALL_RIGHT = { topic: NOTHING_WRONG, copy: NOTHING_WRONG, files: NOTHING_WRONG, table: NOTHING_WRONG };

/** How often each post is there, against once. */
function recount(ids: readonly string[]): typeof NOTHING_WRONG {
  const times = new Map<string, number>();
  for (const id of ids) times.set(id, (times.get(id) ?? 0) + 1);
  const doubled = [...times.values()].filter((count) => count > 1).length;
  return { lost: IDS.filter((id) => !times.has(id)).length, doubled };
}

function recountAll(home: string): typeof ALL_RIGHT {
  const column = (file: string): string[] =>
    parse<{ id: string }>(readFileSync(file), { columns: true }).map(({ id }) => id);
  return {
    topic: recount(topic(home, 'posts')),
    copy: recount(topic(home, 'copy')),
    files: recount(finishedFiles(home).flatMap(column)),
    table: recount(column(join(home, 'table.csv'))),
  };
}

/** Those of hdfs sink. */
function finishedFiles(home: string): string[] {
  const folder = join(home, 'files/posts');
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.csv') && !name.startsWith('.'))
    .map((name) => join(folder, name));
}

function query<Row>(home: string, sql: string, ...values: string[]): Row[] {
  const db = new DatabaseSync(storeFile(home), { readOnly: true });
  try {
    return db.prepare(sql).all(...values) as unknown as Row[];
  } finally {
    db.close();
  }
}

function topic(home: string, name: string): string[] {
  const sql = 'SELECT value FROM log JOIN topics ON topics.id = log.topic WHERE topics.topic = ?';
  return query<{ value: string }>(home, sql, name).map(({ value }) => (JSON.parse(value) as { id: string }).id);
}

/** Records that wait for a file of hdfs sink. */
function spooled(home: string): number {
  return query<{ chunks: number }>(home, 'SELECT count(*) AS chunks FROM spool')[0]?.chunks ?? 0;
}

/** The file that hdfs sink is about to finish. */
function planned(home: string): string {
  const [plan] = query<{ value: string }>(home, "SELECT value FROM node_state WHERE key LIKE 'roll/%'");
  return (JSON.parse(plan?.value ?? '{}') as { target: string }).target;
}

/** Records in both topics: those that have come in, and those that the flow has finished with. */
function finished(home: string): number {
  return query<{ records: number }>(home, 'SELECT count(*) AS records FROM log')[0]?.records ?? 0;
}
