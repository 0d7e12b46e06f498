import assert from 'node:assert/strict';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { messageOf } from '../../../lib/core/errors';
import { HdfsSink, type HdfsSinkSettings } from '../../../lib/hdfs/sink';
import { WebHdfs } from '../../../lib/hdfs/webhdfs/webHdfs';
import { Store } from '../../../lib/store/store';
import { FakeWebHdfs } from '../../support/fakeWebHdfs';
import { temporaryFolder } from '../../support/store';
import { until } from '../../support/until';
import { Message, commit } from '../sinks/commits';
import { ManualClock } from '../sinks/manualClock';

const PAUSE = 5_000;
const SETTINGS: HdfsSinkSettings = {
  path: '{{to}}',
  format: 'ndjson',
  fields: ['id'],
  rollSize: 1,
  rollEvery: 1e9,
};

describe('hdfs sink, and what becomes of HDFS', () => {
  const directory = temporaryFolder();
  let number = 0;
  let store: Store;
  let clock: ManualClock;
  let hdfs: FakeWebHdfs;
  let errors: string[];
  let recoveries: number;
  let sinks: HdfsSink[];

  beforeEach(async () => {
    store = new Store(join(directory.path, `${++number}.db`));
    clock = new ManualClock();
    hdfs = await new FakeWebHdfs().start();
    [errors, recoveries, sinks] = [[], 0, []];
  });
  afterEach(async () => {
    hdfs.heal();
    for (const sink of sinks) await sink.close();
    store.close();
    await hdfs.stop();
  });
  after(() => directory.remove());

  async function start(settings: Partial<HdfsSinkSettings> = {}, timeout = 300): Promise<HdfsSink> {
    const files = new WebHdfs({ url: hdfs.url, user: 'ann', token: '', root: '/', timeout });
    const sink = new HdfsSink(
      store,
      'n',
      files,
      { ...SETTINGS, ...settings },
      {
        clock,
        random: () => 0.5,
        onError: (error) => void errors.push(messageOf(error)),
        onRecovery: () => {
          recoveries++;
        },
      },
    );
    sinks.push(sink);
    await sink.start();
    return sink;
  }

  let last = 0;
  /** Has a record committed. @returns its id, or nothing if it has to wait for room */
  function send(sink: HdfsSink, to = 'a', text = ''): number | undefined {
    const message = new Message();
    const { safe } = sink.add([{ id: ++last, to, text }], message);
    if (safe !== undefined) {
      waiting.push(safe.then(() => commit(store, [message])));
      return undefined;
    }
    commit(store, [message]);
    return last;
  }
  let waiting: Promise<void>[] = [];

  /** The ids in finished files; nothing else may lie there. */
  function stored(): number[] {
    const ids: number[] = [];
    assert.deepEqual([...hdfs.folders], []);
    for (const [path, content] of hdfs.files) {
      assert.match(path, /\/part-[^/]*\.ndjson(?:\.gz)?$/u);
      const text = String(path.endsWith('.gz') ? gunzipSync(content) : content);
      for (const line of text.split('\n').slice(0, -1)) ids.push((JSON.parse(line) as { id: number }).id);
    }
    return ids.sort((a, b) => a - b);
  }

  const isDone = (sink: HdfsSink) => (): boolean => sink.status().waiting === 0;
  const hasFailed = (sink: HdfsSink) => (): boolean => sink.status().lastError !== undefined;

  it('packs files, each a whole gzip of its own', async () => {
    const sink = await start({ compress: 'gzip', rollSize: 1e9 });
    const ids = [send(sink), send(sink)];
    await sink.rollAll();
    ids.push(send(sink));
    await sink.rollAll();
    assert.equal(hdfs.files.size, 2);
    assert.ok(hdfs.names.every((name) => name.endsWith('.ndjson.gz')));
    assert.deepEqual(stored(), ids);
  });

  for (const [fault, times, failures] of [
    // A kept connection that is cut is tried once more at once.
    ['cut after', 1, 0],
    ['cut after', 2, 1],
    ['cut', 2, 1],
    ['hang', 1, 1],
  ] as const) {
    it(`has a record once if the answer to a rename is lost (${fault}, ${times})`, async () => {
      const sink = await start();
      hdfs.fail('RENAME', fault, times);
      const ids = [send(sink)];
      if (failures > 0) await until(hasFailed(sink), 'the failure');
      await clock.pass(PAUSE);
      await until(isDone(sink), 'the file');
      assert.deepEqual(stored(), ids);
      assert.deepEqual([errors.length, recoveries, sink.status().lastError], [failures, failures, undefined]);
    });
  }

  it('leaves nothing that a rename which comes to pass later could still rename', async () => {
    const sink = await start();
    hdfs.fail('RENAME', 'hang');
    send(sink);
    await until(hasFailed(sink), 'the failure');
    await clock.pass(PAUSE);
    await until(isDone(sink), 'the file');
    const steps = hdfs.asked.filter(({ op }) => ['RENAME', 'DELETE'].includes(op)).map(({ op, path }) => [op, path]);
    const [first = '', removed = '', second = ''] = steps.map(([, path]) => path ?? '');
    assert.deepEqual(
      steps.map(([op]) => op),
      ['RENAME', 'DELETE', 'RENAME', 'DELETE'],
    );
    assert.ok(first.startsWith(`${removed}/`));
    assert.ok(!second.startsWith(`${removed}/`));
  });

  it('keeps no file back for one whose folder is at its quota, and tries that one again after pauses', async () => {
    const sink = await start();
    hdfs.fail('WRITE', { exception: 'NSQuotaExceededException', message: 'quota=1' }, 99, /^\/full\//u);
    const full = [send(sink, 'full')];
    await until(hasFailed(sink), 'the failure');
    const others: (number | undefined)[] = [];
    for (let each = 0; each < 20; each++) {
      others.push(send(sink, 'b'));
      full.push(send(sink, 'full'));
    }
    await until(() => sink.status().waiting === full.length, 'the others');
    const beside = [...hdfs.files].filter(([path]) => path.startsWith('/b/'));
    assert.equal(
      beside
        .map(([, content]) => String(content))
        .join('')
        .split('\n').length,
      others.length + 1,
    );
    assert.ok(hdfs.asked.filter(({ op, path }) => op === 'WRITE' && path.startsWith('/full/')).length <= 2);
    assert.equal(errors.length, 1);
    assert.match(errors[0] ?? '', /quota of files/u);

    hdfs.heal();
    await clock.pass(PAUSE);
    await until(isDone(sink), 'all files');
    assert.deepEqual(
      stored(),
      [...full, ...others].sort((a = 0, b = 0) => a - b),
    );
    assert.equal(recoveries, 1);
  });

  it('keeps no file back for a folder with many files that refuses all of them, nor when that is large', async () => {
    const sink = await start();
    hdfs.fail('WRITE', { exception: 'DSQuotaExceededException' }, 9_999, /^\/full/u);
    const refused = Array.from({ length: 30 }, (_, n) => [send(sink, `full-${n}`), send(sink, 'full')]).flat();
    const others = Array.from({ length: 30 }, (_, n) => send(sink, `free-${n}`));
    await until(() => [...hdfs.files.keys()].filter((path) => path.startsWith('/free-')).length === 30, 'the others');
    await clock.pass(PAUSE);
    others.push(send(sink, 'free'));
    await until(() => sink.status().waiting === refused.length, 'one more');
    assert.ok(sink.status().lastError !== undefined);
    hdfs.heal();
    for (let round = 0; round < 20 && sink.status().waiting > 0; round++) {
      await clock.pass(PAUSE);
      await sink.rollAll();
    }
    assert.deepEqual(
      stored(),
      [...refused, ...others].sort((a = 0, b = 0) => a - b),
    );
    assert.equal(recoveries, 1);
  });

  it('asks a name node in safe mode with growing pauses, and says so once', async () => {
    const sink = await start();
    hdfs.fail('WRITE', { exception: 'SafeModeException' }, 999);
    const ids = [send(sink, 'a'), send(sink, 'b'), send(sink, 'c')];
    await until(hasFailed(sink), 'the failure');
    const pauses: number[] = [];
    for (let failure = 0; failure < 5; failure++) {
      const before = hdfs.count('WRITE');
      pauses.push(...clock.pending);
      await clock.pass(clock.pending[0] ?? 0);
      await until(() => hdfs.count('WRITE') > before && clock.pending.length > 0, 'the next failure');
    }
    assert.deepEqual(pauses, [1_000, 2_000, 2_500, 2_500, 2_500]);
    assert.equal(errors.length, 1);
    hdfs.heal();
    await clock.pass(PAUSE);
    await until(isDone(sink), 'all files');
    assert.deepEqual(stored(), ids);
  });

  describe('the spool', () => {
    const LIMIT = 1_000;
    const TEXT = 'x'.repeat(40);
    const settings = { spoolSize: LIMIT, fields: ['id', 'text'], rollSize: 1e9 };

    it('holds back what comes when it is full and nothing can be written, and lets it in later, in order', async () => {
      waiting = [];
      const sink = await start(settings);
      hdfs.fail('CREATE', { exception: 'SafeModeException' }, 999);
      const from = last + 1;
      for (let each = 0; each < 100; each++) {
        send(sink, 'a', TEXT);
        await clock.pass(0);
      }
      const { bytes, blocked, waiting: spooled } = sink.status();
      assert.ok(bytes >= LIMIT && bytes < LIMIT + 100, `${bytes} bytes`);
      assert.equal(blocked + spooled, 100);
      assert.equal(waiting.length, blocked);
      hdfs.heal();
      for (let round = 0; round < 100 && (sink.status().blocked > 0 || sink.status().waiting > 0); round++) {
        await clock.pass(PAUSE);
        await sink.rollAll();
      }
      await Promise.all(waiting);
      const expected = Array.from({ length: 100 }, (_, each) => from + each);
      assert.deepEqual(stored(), expected);
      const files = [...hdfs.files].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, content]) => String(content));
      const order = files
        .join('')
        .split('\n')
        .slice(0, -1)
        .map((line) => (JSON.parse(line) as { id: number }).id);
      assert.deepEqual(order, expected);
    });

    it('writes its largest files early when it is half full, however large files may be', async () => {
      const sink = await start(settings);
      const ids: (number | undefined)[] = [];
      for (let each = 0; each < 60; each++) {
        ids.push(send(sink, each % 6 === 0 ? 'small' : 'large', TEXT));
        await until(() => sink.status().bytes < LIMIT / 2 + 100, 'room');
      }
      assert.equal(sink.status().blocked, 0);
      assert.ok(hdfs.names.length >= 2 && hdfs.names.length < 10, `${hdfs.names.length} files`);
      assert.ok(hdfs.names[0]?.startsWith('/large/'));
      await sink.rollAll();
      assert.deepEqual(stored(), ids);
    });

    it('refuses what waits for it when the flow stops, for its source to give it out again', async () => {
      waiting = [];
      const sink = await start(settings);
      hdfs.fail('CREATE', { exception: 'SafeModeException' }, 999);
      for (let each = 0; each < 50; each++) send(sink, 'a', TEXT);
      assert.ok(waiting.length > 0);
      const outcomes = Promise.allSettled(waiting);
      await sink.close();
      for (const outcome of await outcomes) {
        assert.ok(outcome.status === 'rejected');
        assert.match(messageOf(outcome.reason), /flow was stopped before there was room/u);
      }
    });
  });

  it('gives up a server that hangs when the flow stops, and has each record once after the next start', async () => {
    const sink = await start({}, 60_000);
    hdfs.fail('RENAME', 'hang', 99);
    const ids = [send(sink, 'a'), send(sink, 'b')];
    await until(() => hdfs.count('RENAME') === 2, 'both renames');
    const closed = sink.close(5_000);
    await clock.pass(5_000);
    await closed;
    assert.equal(sink.status().waiting, 2);
    hdfs.heal();
    const next = await start();
    ids.push(send(next, 'a'));
    await until(isDone(next), 'all files');
    assert.deepEqual(stored(), ids);
  });

  it('lets a node that is deployed anew begin only when the old one has ended', async () => {
    const old = await start();
    hdfs.fail('RENAME', 'hang');
    const ids = [send(old)];
    await until(() => hdfs.count('RENAME') === 1, 'the rename');
    const next = start();
    ids.push(send(old));
    await next;
    await until(isDone(old), 'all files');
    assert.deepEqual(stored(), ids);
  });
});
