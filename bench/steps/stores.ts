import { join } from 'node:path';
import { EmbeddedHBase } from '../../lib/hbase/embedded';
import { HBaseSink } from '../../lib/hbase/sink';
import type { FileFormat } from '../../lib/hdfs/encode';
import { LocalFileSystem } from '../../lib/hdfs/local';
import { HdfsSink } from '../../lib/hdfs/sink';
import { Cleaner } from '../../lib/posts/clean';
import { NodeState } from '../../lib/store/nodeState';
import { TableauExport } from '../../lib/tableau/export';
import { timed } from '../measure';
import { BATCH, batchesOf } from '../posts';
import { type Bench, type StepSubject, STEP_POSTS, step } from './step';

const FIELDS = ['id', 'text', 'created_at', 'lang'];
const NEVER = 1e12;

/** Steps that keep something in the store: cleaning with its memory of identities, and the sinks. */
export function storeSteps({ posts, drive }: Bench): StepSubject[] {
  const records = posts.records.slice(0, STEP_POSTS);
  const batches = batchesOf(records, BATCH);
  const singles = batchesOf(records, 1);
  const { store } = drive;

  const nothing = (all: readonly object[][]) => timed(records.length, () => drive.run(all, () => undefined));
  const cleaned = (all: readonly object[][]) =>
    timed(records.length, () => {
      const cleaner = new Cleaner(CLEAN, new NodeState(store, drive.fresh()));
      return drive.run(all, (batch, contributor) => none(cleaner.clean(batch, contributor).outcome.rejected));
    });
  const spooled = (all: readonly object[][], format: FileFormat) =>
    timed(records.length, () => {
      const settings = { path: 'tweets/{{created_at|yyyy-MM-dd}}', format, fields: format === 'csv' ? FIELDS : [] };
      const files = new LocalFileSystem(join(drive.path, 'files'));
      const sink = new HdfsSink(store, drive.fresh(), files, { ...settings, rollSize: NEVER, rollEvery: NEVER });
      return drive.run(all, (batch, contributor) => none(sink.add(batch, contributor).rejected));
    });
  const extracted = (all: readonly object[][]) =>
    timed(records.length, () => {
      const settings = { fields: FIELDS, mode: 'upsert', keyFields: ['id'], every: NEVER } as const;
      const extract = new TableauExport(store, drive.fresh(), { write: () => Promise.resolve() }, settings);
      return drive.run(all, (batch, contributor) => none(extract.add(batch, contributor).rejected));
    });
  const put = (together: boolean) =>
    timed(records.length, async () => {
      const sink = hbaseSink(new EmbeddedHBase(store, 'bench'), drive.fresh());
      for (const batch of batches) {
        const parts = together ? [batch] : batchesOf(batch, 1);
        for (const rejected of await Promise.all(parts.map((part) => sink.add(part)))) none(rejected);
      }
    });
  return [
    step('ledger and commit, no step', 'batch', nothing(batches)),
    step('ledger and commit, no step', 'one', nothing(singles)),
    step('tweet-clean', 'batch', cleaned(batches)),
    step('tweet-clean', 'one', cleaned(singles)),
    step('hbase-sink: 5 cells', 'batch', put(true)),
    step('hbase-sink: 5 cells', 'one', put(false)),
    step('hdfs-sink: spool, CSV', 'batch', spooled(batches, 'csv')),
    step('hdfs-sink: spool, NDJSON', 'batch', spooled(batches, 'ndjson')),
    step('hdfs-sink: spool, NDJSON', 'one', spooled(singles, 'ndjson')),
    step('tableau-export: rows', 'batch', extracted(batches)),
  ];
}

const CLEAN = {
  fields: [
    'id',
    'text',
    'created_at',
    'lang',
    'author.username',
    'public_metrics.like_count',
    'public_metrics.retweet_count',
  ],
  required: ['id', 'text', 'created_at'],
  missing: 'reject',
  defaults: {},
  dedupe: 'id',
  maxLength: 25_000,
} as const;

function hbaseSink(cluster: EmbeddedHBase, table: string): HBaseSink {
  const columns = { 'd:text': 'text', 'd:time': 'created_at', 'd:lang': 'lang', 'd:id': 'id', 'd:again': 'text' };
  const settings = { table, createTable: true, rowKey: '{{id}}', columns, timestamp: 'created_at', salt: 0 };
  return new HBaseSink(cluster, settings, { maxBatch: BATCH, linger: 5 });
}

function none(rejected: readonly { readonly error: { readonly message: string } }[]): void {
  if (rejected.length > 0) throw new Error(`a post was rejected: ${rejected[0]?.error.message ?? ''}`);
}
