import { strict as assert } from 'node:assert';
import { mkdirSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { after, afterEach, beforeEach, describe, it } from 'mocha';
import { SettingError, StoreError } from '../../../lib/core/errors';
import { Store } from '../../../lib/store/store';
import { CsvExport } from '../../../lib/tableau/csvExport';
import { type ExportSettings, TableauExport } from '../../../lib/tableau/export';
import type { Row } from '../../../lib/tableau/rows';
import type { ExtractWriter } from '../../../lib/tableau/writer';
import { Message, alone, commit } from '../sinks/commits';
import { temporaryFolder } from '../../support/store';
import { ManualClock } from '../sinks/manualClock';

const DEFAULTS: ExportSettings = { fields: [], mode: 'upsert', keyFields: ['id'], every: 10_000 };

describe('tableau export', () => {
  const directory = temporaryFolder();
  let number = 0;
  let file = '';
  let store: Store;
  let clock: ManualClock;

  beforeEach(() => {
    file = join(directory.path, String(++number), 'extract.csv');
    store = new Store(join(directory.path, `${number}.db`));
    clock = new ManualClock();
  });
  afterEach(() => store.close());
  after(() => directory.remove());

  function make(settings: Partial<ExportSettings> = {}, writer: ExtractWriter = new CsvExport(file)): TableauExport {
    return new TableauExport(store, 'n', writer, { ...DEFAULTS, ...settings }, { clock });
  }

  function send(target: TableauExport, records: unknown[]): void {
    const message = new Message();
    assert.equal(target.add(records, message).safe, undefined);
    commit(store, [message]);
  }

  const table = (): string[][] => parse(readFileSync(file, 'utf8'), { record_delimiter: ['\r\n', '\n', '\r'] });

  it('writes what has changed, each so often and on close', async () => {
    const target = make();
    target.start();
    send(target, [{ id: 1, text: 'a' }]);
    await clock.pass(9_999);
    assert.equal(target.status().written, 0);
    await clock.pass(1);
    await target.writeOut();
    assert.deepEqual(table(), [
      ['id', 'text'],
      ['1', 'a'],
    ]);
    send(target, [{ id: 2, text: '=b' }]);
    await target.close();
    assert.deepEqual(table(), [
      ['id', 'text'],
      ['1', 'a'],
      ['2', "'=b"],
    ]);
    assert.deepEqual([target.status().written, clock.pending], [2, []]);
    assert.deepEqual(readdirSync(join(file, '..')), ['extract.csv']);
  });

  it('does not touch the file when nothing has changed', async () => {
    const target = make();
    target.start();
    send(target, [{ id: 1 }]);
    await target.writeOut();
    const { ino } = statSync(file);
    for (let each = 0; each < 3; each++) await clock.pass(10_000);
    await target.close();
    assert.equal(target.status().written, 1);
    assert.equal(statSync(file).ino, ino);
  });

  it('puts an update in the place of what the record had, fewer or other keys included', async () => {
    const target = make({ fields: ['id', 'total', 'counts.key', 'counts.count'] });
    send(target, [
      {
        id: 'w1',
        total: 3,
        counts: [
          { key: 'tea', count: 2 },
          { key: 'rain', count: 1 },
        ],
      },
      { id: 'w2', total: 1, counts: [{ key: 'sun', count: 1 }] },
    ]);
    send(target, [{ id: 'w1', total: 9, counts: [{ key: 'snow', count: 9 }] }]);
    await target.close();
    assert.deepEqual(table(), [
      ['id', 'total', 'counts.key', 'counts.count'],
      ['w1', '9', 'snow', '9'],
      ['w2', '1', 'sun', '1'],
    ]);
  });

  it('takes the last of one batch, and keys like __proto__', async () => {
    const target = make();
    send(target, [
      { id: '__proto__', n: 1 },
      { id: 'constructor', n: 2 },
      { id: '__proto__', n: 3 },
    ]);
    await target.close();
    assert.deepEqual(table().slice(1), [
      ['__proto__', '3'],
      ['constructor', '2'],
    ]);
  });

  it('appends', async () => {
    const target = make({ mode: 'append' });
    send(target, [{ id: 1 }, { id: 1 }]);
    send(target, [{ id: 1 }]);
    await target.close();
    assert.deepEqual(table(), [['id'], ['1'], ['1'], ['1']]);
  });

  it('overwrites with each message', async () => {
    const target = make({ mode: 'overwrite' });
    send(target, [{ id: 1, old: true }, { id: 2 }]);
    send(target, [{ id: 3 }]);
    await target.close();
    assert.deepEqual(table(), [['id'], ['3']]);
  });

  it('keeps the table if a message that should overwrite it has nothing but bad records', () => {
    const target = make({ mode: 'overwrite' });
    send(target, [{ id: 1 }]);
    const { rejected } = target.add(['bad'], new Message());
    assert.deepEqual([rejected.length, target.status().records], [1, 1]);
  });

  it('gives back records without a key', () => {
    const { rejected, safe } = make().add([{ id: null }, { text: 'x' }], new Message());
    assert.deepEqual([rejected.map(({ error }) => error.name), safe], [['RecordError', 'RecordError'], undefined]);
  });

  it('waits for the commit of a message that no source answers for', async () => {
    const target = make();
    await target.add([{ id: 1 }], alone(store)).safe;
    assert.equal(target.status().records, 1);
  });

  it('keeps nothing of a commit that failed, and takes it when it is made again', () => {
    const target = make();
    const message = new Message();
    target.add([{ id: 1 }], message);
    assert.throws(
      () =>
        commit(store, [message], () => {
          throw new Error('disk full');
        }),
      StoreError,
    );
    assert.equal(target.status().records, 0);
    commit(store, [message]);
    assert.equal(target.status().records, 1);
  });

  it('goes on after a restart, and writes what a crash kept from being written', async () => {
    send(make(), [{ id: 1, a: 'x' }]);
    store.close();
    store = new Store(join(directory.path, `${number}.db`));
    const target = make();
    send(target, [
      { id: 2, b: 'y' },
      { id: 1, a: 'z' },
    ]);
    await target.close();
    assert.deepEqual(table(), [
      ['id', 'a', 'b'],
      ['1', 'z', ''],
      ['2', '', 'y'],
    ]);
  });

  it('writes what the instance before a deploy took, though it is committed after it', async () => {
    const old = make();
    const message = new Message();
    old.add([{ id: 1 }], message);
    await old.close();
    const renewed = make();
    commit(store, [message]);
    await renewed.close();
    assert.deepEqual(table(), [['id'], ['1']]);
  });

  it('writes the table of one moment, whatever is committed meanwhile', async () => {
    const seen: Row[] = [];
    const writer: ExtractWriter = {
      write: async (rows) => {
        for (const row of rows) {
          if (seen.push(row) === 1)
            send(target, [
              { id: 2, n: 'new' },
              { id: 3, n: 'new' },
            ]);
          await new Promise((resolve) => setImmediate(resolve));
        }
      },
    };
    const target = make({}, writer);
    send(target, [
      { id: 1, n: 'old' },
      { id: 2, n: 'old' },
    ]);
    await target.writeOut();
    assert.deepEqual(seen, [
      { id: 1, n: 'old' },
      { id: 2, n: 'old' },
    ]);
    assert.equal(target.status().changed, true);
    seen.length = 0;
    await target.writeOut();
    assert.deepEqual(
      seen.map(({ n }) => n),
      ['old', 'new', 'new'],
    );
  });

  it('keeps the rows and the old file if it cannot write, and writes them later', async () => {
    mkdirSync(file, { recursive: true });
    const errors: unknown[] = [];
    const target = new TableauExport(store, 'n', new CsvExport(file), DEFAULTS, {
      clock,
      onError: (error) => void errors.push(error),
    });
    send(target, [{ id: 1 }]);
    await target.writeOut();
    assert.match(target.status().lastError ?? '', /extract .* could not be written.*kept and written later/u);
    assert.equal(errors.length, 1);
    rmSync(file, { recursive: true });
    await target.close();
    assert.deepEqual(table(), [['id'], ['1']]);
    assert.equal(target.status().lastError, undefined);
  });

  it('writes a long table, page by page', async () => {
    const target = make({ mode: 'append' });
    send(
      target,
      Array.from({ length: 2_500 }, (_, id) => ({ id })),
    );
    await target.close();
    assert.deepEqual(table(), [['id'], ...Array.from({ length: 2_500 }, (_, id) => [String(id)])]);
  });

  it('forgets the table of a deleted node', () => {
    const target = make();
    send(target, [{ id: 1 }]);
    target.forget();
    assert.equal(target.status().records, 0);
  });

  it('does not take the keys of records for ever more columns', () => {
    const target = make();
    const wide = Object.fromEntries(Array.from({ length: 999 }, (_, index) => [`f${index}`, index]));
    send(target, [{ id: 1, ...wide }]);
    const [rejection] = target.add([{ id: 2, one: 1 }], new Message()).rejected;
    assert.match(rejection?.error.message ?? '', /1000 columns already.*Name the fields/u);
  });

  it('does not start with a time of nothing', () => assert.throws(() => make({ every: 0 }), SettingError));
  it('does not start with a malformed key', () => assert.throws(() => make({ keyFields: ['a..b'] }), SettingError));
});
