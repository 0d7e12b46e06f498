import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Ledger } from '../../../lib/delivery/ledger';
import { EmbeddedHBase } from '../../../lib/hbase/embedded';
import { EmbeddedLog } from '../../../lib/log/embedded/embeddedLog';
import type { LogRecord } from '../../../lib/log/log';
import { Store } from '../../../lib/store/store';
import { temporaryFolder } from '../../support/store';

/** The tables of the second version that later ones changed, as it made them. */
const SECOND_VERSION = `
  CREATE TABLE positions (source TEXT PRIMARY KEY, position TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE topics (cluster TEXT NOT NULL, topic TEXT NOT NULL, id INTEGER NOT NULL UNIQUE, partitions INTEGER NOT NULL,
    PRIMARY KEY (cluster, topic)) WITHOUT ROWID;
  CREATE TABLE log (topic INTEGER NOT NULL, partition INTEGER NOT NULL, offset INTEGER NOT NULL, timestamp INTEGER NOT NULL,
    key BLOB, value BLOB, headers TEXT, PRIMARY KEY (topic, partition, offset)) WITHOUT ROWID;
  CREATE TABLE hbase_tables (cluster TEXT NOT NULL, name TEXT NOT NULL, id INTEGER NOT NULL UNIQUE, families TEXT NOT NULL,
    PRIMARY KEY (cluster, name)) WITHOUT ROWID;
  CREATE TABLE hbase_cells (tbl INTEGER NOT NULL, row TEXT NOT NULL, column TEXT NOT NULL, timestamp INTEGER NOT NULL,
    value BLOB NOT NULL, PRIMARY KEY (tbl, row, column, timestamp DESC)) WITHOUT ROWID;
  PRAGMA user_version = 2;`;

const CELLS = [
  ['r1', 'd:a', 2, Buffer.from('newer, é 😂')],
  ['r1', 'd:a', 1, Buffer.from('older')],
  ['r1', 'd:b', 5, Buffer.from([0, 255, 128])],
  ['r2', 'd:a', 3, Buffer.alloc(0)],
] as const;

describe('a store of an older version', () => {
  const folder = temporaryFolder();
  const file = join(folder.path, 'pulseflow.db');
  let store: Store;

  before(() => {
    const db = new DatabaseSync(file);
    db.exec(SECOND_VERSION);
    const topic = db.prepare('INSERT INTO topics VALUES (?, ?, ?, ?)');
    topic.run('main', 'a', 1, 3);
    topic.run('other', 'b', 2, 1);
    topic.run('main', 'c', 3, 2);
    const record = db.prepare('INSERT INTO log VALUES (?, ?, ?, ?, ?, ?, ?)');
    for (const [id, partitions] of [
      [1, 3],
      [2, 1],
      [3, 2],
    ] as const) {
      for (let partition = 0; partition < partitions; partition++) {
        for (let offset = 7; offset < 9; offset++)
          record.run(id, partition, offset, offset, 'k', `${id}/${partition}/${offset}`, '{"h":"v"}');
      }
    }
    db.prepare('INSERT INTO hbase_tables VALUES (?, ?, ?, ?)').run('c', 'posts', 4, '{"d":3}');
    const cell = db.prepare('INSERT INTO hbase_cells VALUES (4, ?, ?, ?, ?)');
    for (const each of CELLS) cell.run(...each);
    db.close();
    store = new Store(file);
  });
  after(() => {
    store.close();
    folder.remove();
  });

  it('keeps its records with their partitions and offsets, and goes on behind them', async () => {
    const ledger = new Ledger(store);
    for (const [cluster, topic, id, partitions] of [
      ['main', 'a', 1, 3],
      ['other', 'b', 2, 1],
      ['main', 'c', 3, 2],
    ] as const) {
      const log = new EmbeddedLog(store, { name: cluster, partitions: 1, retention: 0 });
      for (let partition = 0; partition < partitions; partition++) {
        await log.append(topic, [{ key: null, value: 'new', partition, timestamp: 9 }], ledger.contributor({}));
      }
      const found = await readAll(log, topic, partitions * 3);
      for (let partition = 0; partition < partitions; partition++) {
        assert.deepEqual(found.get(partition), [
          { offset: 7, timestamp: 7, key: 'k', value: `${id}/${partition}/7`, headers: { h: 'v' } },
          { offset: 8, timestamp: 8, key: 'k', value: `${id}/${partition}/8`, headers: { h: 'v' } },
          { offset: 9, timestamp: 9, key: null, value: 'new', headers: {} },
        ]);
      }
      log.close();
    }
    ledger.close();
  });

  it('shows its records in the view "log", by topic, partition and offset', () => {
    const rows = store
      .prepare(
        `SELECT topics.topic AS name, partition, offset, value FROM log JOIN topics ON topics.id = log.topic
         WHERE cluster = 'main' AND offset = 8 ORDER BY name, partition`,
      )
      .all();
    assert.deepEqual(
      rows.map((row) => Object.values(row)),
      [
        ['a', 0, 8, '1/0/8'],
        ['a', 1, 8, '1/1/8'],
        ['a', 2, 8, '1/2/8'],
        ['c', 0, 8, '3/0/8'],
        ['c', 1, 8, '3/1/8'],
      ],
    );
  });

  it('keeps its rows with all versions, also of values that are no text', async () => {
    const table = await new EmbeddedHBase(store, 'c').open('posts', { createTable: false, families: ['d'] });
    const cells = [...((await table.get('r1', 9))?.cells ?? []), ...((await table.get('r2', 9))?.cells ?? [])];
    assert.deepEqual(
      cells.map(({ column, timestamp, value }) => [column, timestamp, value]),
      CELLS.map(([, ...cell]) => cell),
    );
    assert.equal(await table.count(), 2);
  });

  it('shows its cells in the view "hbase_cells", those put since as well', async () => {
    const table = await new EmbeddedHBase(store, 'c').open('posts', { createTable: false, families: ['d'] });
    await table.put([
      {
        row: 'r3',
        cells: [
          { column: 'd:text', timestamp: 1, value: 'é "😂"' },
          { column: 'd:bytes', timestamp: 1, value: Buffer.from([255, 0]) },
        ],
      },
    ]);
    const rows = store.prepare('SELECT row, column, timestamp, value FROM hbase_cells ORDER BY row, column').all();
    assert.deepEqual(
      rows.map(({ row, column, timestamp, value }) => [row, column, timestamp, Buffer.from(value as Uint8Array)]),
      [...CELLS, ['r3', 'd:bytes', 1, Buffer.from([255, 0])], ['r3', 'd:text', 1, Buffer.from('é "😂"')]],
    );
  });
});

/** What is read of a topic, by partition. */
async function readAll(log: EmbeddedLog, topic: string, expected: number): Promise<Map<number, LogRecord[]>> {
  const found = new Map<number, LogRecord[]>();
  let seen = 0;
  await new Promise<void>((resolve, reject) => {
    log.consume(
      { topics: [topic], group: 'g', from: 'earliest', maxBatch: 2 },
      {
        assigned: () => undefined,
        revoked: () => undefined,
        room: () => Promise.resolve(seen < expected ? 10 : 0),
        batch: ({ partition }, { records }) => {
          found.set(partition, [...(found.get(partition) ?? []), ...records]);
          seen += records.length;
          if (seen === expected) resolve();
        },
        atEnd: () => undefined,
        error: reject,
      },
    );
  });
  return found;
}
