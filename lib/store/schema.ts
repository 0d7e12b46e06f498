import type { DatabaseSync } from 'node:sqlite';
import { StoreError } from '../core/errors';

/** Each entry takes the database one version up; entries are only ever appended. */
const MIGRATIONS = [
  `
  CREATE TABLE positions (source TEXT PRIMARY KEY, position TEXT NOT NULL) WITHOUT ROWID;

  CREATE TABLE topics (cluster TEXT NOT NULL, topic TEXT NOT NULL, id INTEGER NOT NULL UNIQUE, partitions INTEGER NOT NULL,
    PRIMARY KEY (cluster, topic)) WITHOUT ROWID;
  CREATE TABLE log (topic INTEGER NOT NULL, partition INTEGER NOT NULL, offset INTEGER NOT NULL, timestamp INTEGER NOT NULL,
    key BLOB, value BLOB, headers TEXT, PRIMARY KEY (topic, partition, offset)) WITHOUT ROWID;

  CREATE TABLE node_state (node TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (node, key)) WITHOUT ROWID;

  CREATE TABLE windows (node TEXT NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL, total INTEGER NOT NULL,
    changed INTEGER NOT NULL, PRIMARY KEY (node, start, end)) WITHOUT ROWID;
  CREATE TABLE window_keys (node TEXT NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL, key TEXT NOT NULL,
    count INTEGER NOT NULL, sum REAL, least REAL, greatest REAL, PRIMARY KEY (node, start, end, key)) WITHOUT ROWID;

  CREATE TABLE outbox (node TEXT NOT NULL, sequence INTEGER NOT NULL, id TEXT NOT NULL, output INTEGER NOT NULL,
    message TEXT NOT NULL, PRIMARY KEY (node, sequence)) WITHOUT ROWID;

  CREATE TABLE hbase_tables (cluster TEXT NOT NULL, name TEXT NOT NULL, id INTEGER NOT NULL UNIQUE, families TEXT NOT NULL,
    PRIMARY KEY (cluster, name)) WITHOUT ROWID;
  CREATE TABLE hbase_cells (tbl INTEGER NOT NULL, row TEXT NOT NULL, column TEXT NOT NULL, timestamp INTEGER NOT NULL,
    value BLOB NOT NULL, PRIMARY KEY (tbl, row, column, timestamp DESC)) WITHOUT ROWID;

  CREATE TABLE spool (sequence INTEGER PRIMARY KEY AUTOINCREMENT, node TEXT NOT NULL, file TEXT NOT NULL,
    header TEXT NOT NULL, records INTEGER NOT NULL, bytes INTEGER NOT NULL, at INTEGER NOT NULL, body BLOB NOT NULL);
  CREATE INDEX spool_files ON spool (node, file, header, sequence);
  CREATE TABLE extract_rows (node TEXT NOT NULL, key TEXT NOT NULL, sequence INTEGER NOT NULL, row TEXT NOT NULL,
    PRIMARY KEY (node, key)) WITHOUT ROWID;
  CREATE INDEX extract_order ON extract_rows (node, sequence);
  `,
  `
  DROP TABLE windows;
  DROP TABLE window_keys;
  CREATE TABLE window_log (id INTEGER PRIMARY KEY, node TEXT NOT NULL, part TEXT NOT NULL, content TEXT NOT NULL);
  CREATE INDEX window_log_parts ON window_log (node, part);
  `,
  // Each partition gets a number of its own, that of its topic's first one and on; see lib/log/embedded/records.ts.
  `
  CREATE TABLE log_records (id INTEGER PRIMARY KEY, timestamp INTEGER NOT NULL, key BLOB, value BLOB, headers TEXT);
  CREATE TABLE renumbered AS SELECT id,
    1 + (SELECT COALESCE(SUM(lower.partitions), 0) FROM topics AS lower WHERE lower.id < topics.id) AS first FROM topics;
  INSERT INTO log_records SELECT ((renumbered.first + partition) << 40) | offset, timestamp, key, value, headers
    FROM log JOIN renumbered ON renumbered.id = log.topic ORDER BY topic, partition, offset;
  UPDATE topics SET id = -(SELECT first FROM renumbered WHERE renumbered.id = topics.id);
  UPDATE topics SET id = -id;
  DROP TABLE renumbered;
  DROP TABLE log;
  CREATE VIEW log AS SELECT topics.id AS topic, (records.id >> 40) - topics.id AS partition,
    records.id & 1099511627775 AS offset, timestamp, key, value, headers
    FROM topics JOIN log_records AS records
    ON records.id >= topics.id << 40 AND records.id < (topics.id + topics.partitions) << 40;
  `,
  // A row of the database for each row of a table; see lib/hbase/rowText.ts.
  `
  CREATE TABLE hbase_rows (tbl INTEGER NOT NULL, row TEXT NOT NULL, cells TEXT NOT NULL);
  INSERT INTO hbase_rows
    SELECT tbl, row, json_group_array(json_array(column, timestamp, NULL, hex(value)) ORDER BY column, timestamp DESC)
    FROM hbase_cells GROUP BY tbl, row;
  CREATE UNIQUE INDEX hbase_row_keys ON hbase_rows (tbl, row);
  DROP TABLE hbase_cells;
  CREATE VIEW hbase_cells AS SELECT tbl, row, cell.value ->> 0 AS column, cell.value ->> 1 AS timestamp,
    CASE json_type(cell.value, '$[2]') WHEN 'null' THEN unhex(cell.value ->> 3) ELSE CAST(cell.value ->> 2 AS BLOB) END AS value
    FROM hbase_rows, json_each(hbase_rows.cells) AS cell;
  `,
  // See lib/log/kafka/transactions/spool.ts.
  `
  CREATE TABLE kafka_lanes (id INTEGER PRIMARY KEY, cluster TEXT NOT NULL, name TEXT NOT NULL, UNIQUE (cluster, name));
  CREATE TABLE kafka_spool (sequence INTEGER PRIMARY KEY AUTOINCREMENT, lane INTEGER NOT NULL, position INTEGER NOT NULL,
    first INTEGER NOT NULL, last INTEGER NOT NULL, node TEXT NOT NULL, topic TEXT NOT NULL, partition INTEGER NOT NULL,
    timestamp TEXT NOT NULL, key BLOB, value BLOB, headers TEXT NOT NULL);
  CREATE INDEX kafka_spool_lanes ON kafka_spool (lane);
  `,
];

/**
 * Brings a database to the newest version.
 * @throws {StoreError} if it was written by a newer Pulseflow
 */
export function migrate(db: DatabaseSync): void {
  const { user_version: version } = db.prepare('PRAGMA user_version').get() as { user_version: number };
  if (version > MIGRATIONS.length) {
    throw new StoreError(
      `it was written by a newer version of Pulseflow (schema ${version}, known ${MIGRATIONS.length})`,
    );
  }
  for (let next = version; next < MIGRATIONS.length; next++) {
    db.exec(`BEGIN; ${MIGRATIONS[next] ?? ''}; PRAGMA user_version = ${next + 1}; COMMIT`);
  }
}
