import { strict as assert } from 'node:assert';
import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { after, afterEach, beforeEach, describe, it } from 'mocha';
import { SettingError } from '../../../lib/core/errors';
import { LocalFileSystem } from '../../../lib/hdfs/local';
import { HdfsSink, type HdfsSinkSettings } from '../../../lib/hdfs/sink';
import { Store } from '../../../lib/store/store';
import { Message, alone, commit } from '../sinks/commits';
import { temporaryFolder } from '../../support/store';
import { until } from '../../support/until';
import { ManualClock } from '../sinks/manualClock';

const DEFAULTS: HdfsSinkSettings = { path: 'posts', format: 'ndjson', fields: [], rollSize: 1_000, rollEvery: 60_000 };

describe('hdfs sink', () => {
  const directory = temporaryFolder();
  let number = 0;
  let root = '';
  let store: Store;
  let clock: ManualClock;
  let errors: unknown[];

  beforeEach(() => {
    root = join(directory.path, String(++number));
    store = new Store(join(directory.path, `${number}.db`));
    clock = new ManualClock();
    errors = [];
  });
  afterEach(() => store.close());
  after(() => directory.remove());

  function make(settings: Partial<HdfsSinkSettings> = {}, node = 'n'): HdfsSink {
    const options = { clock, random: () => 0.5, onError: (error: unknown) => void errors.push(error) };
    return new HdfsSink(store, node, new LocalFileSystem(root), { ...DEFAULTS, ...settings }, options);
  }

  function send(sink: HdfsSink, records: unknown[]): void {
    const message = new Message();
    assert.equal(sink.add(records, message).safe, undefined);
    commit(store, [message]);
  }

  const files = (): string[] =>
    readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
      .sort();
  const read = (file: string): string => readFileSync(join(root, file), 'utf8');

  it('shows no file before it is finished, and finishes it on its size', async () => {
    const sink = make({ rollSize: 30 });
    await sink.start();
    send(sink, [{ id: 1 }, { id: 2 }]);
    await clock.pass(0);
    assert.deepEqual([sink.status().waiting, sink.status().files], [2, 0]);
    send(sink, [{ id: 3 }, { id: 4 }]);
    await sink.rollAll();
    assert.equal(files().length, 1);
    assert.match(files()[0] ?? '', /^posts\/part-\w+-\w+-000000001-000000002\.ndjson$/u);
    assert.equal(read(files()[0] ?? ''), '{"id":1}\n{"id":2}\n{"id":3}\n{"id":4}\n');
    assert.deepEqual(sink.status(), { waiting: 0, bytes: 0, blocked: 0, files: 1, lastError: undefined });
    await sink.close();
  });

  it('makes files of that size of what has come together, and leaves the rest', async () => {
    const sink = make({ rollSize: 50 });
    for (let id = 10; id < 33; id++) send(sink, [{ id }]);
    await sink.start();
    await sink.rollAll();
    assert.deepEqual(
      files().map((file) => read(file).length),
      [50, 50, 50, 50, 30],
    );
    assert.equal(files().map(read).join('').length, 230);
    await sink.close();
  });

  it('finishes a file so long after its first record', async () => {
    const sink = make();
    await sink.start();
    send(sink, [{ id: 1 }]);
    await clock.pass(40_000);
    send(sink, [{ id: 2 }]);
    await clock.pass(19_999);
    assert.equal(sink.status().files, 0);
    await clock.pass(1);
    await sink.rollAll();
    assert.deepEqual([sink.status().files, files().length], [1, 1]);
    await sink.close();
    assert.deepEqual(clock.pending, []);
  });

  it('finishes every file on close', async () => {
    const sink = make({ path: '{{lang}}/posts.csv', format: 'csv', fields: ['id', 'text'] });
    await sink.start();
    send(sink, [
      { id: 1, lang: 'en', text: 'a' },
      { id: 2, lang: 'de', text: '=b' },
    ]);
    send(sink, [{ id: 3, lang: 'en', text: '"c"\n' }]);
    await sink.close();
    const found = Object.fromEntries(files().map((file) => [file.split('/')[0] ?? '', rowsOf(read(file))] as const));
    assert.deepEqual(found, {
      de: [
        ['id', 'text'],
        ['2', "'=b"],
      ],
      en: [
        ['id', 'text'],
        ['1', 'a'],
        ['3', '"c"\n'],
      ],
    });
  });

  it('gives back records that fit into no file', async () => {
    const sink = make({ path: '{{lang}}' });
    const message = new Message();
    const { rejected, safe } = sink.add([{ id: 1 }, null], message);
    assert.deepEqual([rejected.length, safe, message.deltas.size], [2, undefined, 0]);
    await sink.close();
  });

  it('waits for the commit of a message that no source answers for', async () => {
    const sink = make();
    const { safe } = sink.add([{ id: 1 }], alone(store));
    assert.ok(safe);
    assert.equal(sink.status().waiting, 0);
    await safe;
    assert.equal(sink.status().waiting, 1);
    await sink.close();
  });

  it('goes on with what waited at the end of the last run', async () => {
    const before = make();
    send(before, [{ id: 1 }]);
    store.close();
    store = new Store(join(directory.path, `${number}.db`));
    await clock.pass(60_000);
    const after = make();
    await after.start();
    await after.close();
    assert.deepEqual(files().map(read), ['{"id":1}\n']);
  });

  it('keeps what cannot be written, says so, and writes it once it can', async () => {
    writeFileSync(root, 'in the way');
    const sink = make({ rollSize: 1 });
    await sink.start();
    send(sink, [{ id: 1 }]);
    await sink.rollAll();
    assert.match(sink.status().lastError ?? '', /could not write/u);
    send(sink, [{ id: 2 }]);
    rmSync(root);
    await clock.pass(5_000);
    await sink.rollAll();
    assert.equal(files().map(read).sort().join(''), '{"id":1}\n{"id":2}\n');
    assert.equal(sink.status().lastError, undefined);
    assert.ok(errors.length >= 1);
    await sink.close();
  });

  it('does not try a failed file again with every commit', async () => {
    writeFileSync(root, 'in the way');
    const sink = make({ rollSize: 1 });
    await sink.start();
    for (let each = 0; each < 20; each++) {
      send(sink, [{ id: each }]);
      await clock.pass(1);
    }
    assert.ok(errors.length <= 2, `${errors.length} failures`);
    rmSync(root);
    await sink.close();
    assert.equal(files().map(read).join('').split('\n').length, 21);
  });

  it('tries a failed file again after growing pauses, and says so once', async () => {
    writeFileSync(root, 'in the way');
    const sink = make({ rollSize: 1 });
    await sink.start();
    send(sink, [{ id: 1 }]);
    const pauses: number[] = [];
    for (let failure = 0; failure < 6; failure++) {
      await until(() => clock.pending.length > 0, 'a failure');
      pauses.push(...clock.pending);
      await clock.pass(clock.pending[0] ?? 0);
    }
    assert.deepEqual(pauses, [1_000, 2_000, 2_500, 2_500, 2_500, 2_500]);
    assert.equal(errors.length, 1);
    await until(() => clock.pending.length > 0, 'the last failure');
    rmSync(root);
    await clock.pass(15_000);
    await until(() => sink.status().lastError === undefined, 'the file');
    assert.deepEqual(files().map(read), ['{"id":1}\n']);
    assert.deepEqual(clock.pending, []);
    await sink.close();
  });

  it('never gives two nodes, or two stores, the same file', async () => {
    for (const node of ['n', 'm']) {
      const sink = make({}, node);
      await sink.start();
      send(sink, [{ node }]);
      await sink.close();
    }
    store.close();
    rmSync(join(directory.path, `${number}.db`));
    store = new Store(join(directory.path, `${number}.db`));
    await clock.pass(1);
    const sink = make();
    await sink.start();
    send(sink, [{ node: 'n again' }]);
    await sink.close();
    assert.equal(files().length, 3);
  });

  for (const [name, settings, setting] of [
    ['a size of nothing', { rollSize: 0 }, 'rollSize'],
    ['a time of nothing', { rollEvery: 0 }, 'rollEvery'],
    ['a path that leaves the root', { path: '../x' }, 'path'],
    ['a malformed field', { fields: ['a..b'] }, 'fields'],
  ] as const) {
    it(`does not start with ${name}`, () => {
      assert.throws(
        () => make(settings),
        (error: unknown) => error instanceof SettingError && error.setting === setting,
      );
    });
  }
});

function rowsOf(csv: string): string[][] {
  return parse(csv, { record_delimiter: ['\r\n', '\n'] });
}
