import { EmbeddedLog } from '../../lib/log/embedded/embeddedLog';
import { StreamWriter } from '../../lib/log/streamWriter';
import type { Drive } from '../drive';
import { timed } from '../measure';
import { BATCH, batchesOf } from '../posts';
import { type Bench, type StepSubject, STEP_POSTS, step } from './step';

const PARTITIONS = 3;

/** Writing the embedded log, as kafka-out does, and reading it, without the parsing. */
export async function logSteps({ posts, drive }: Bench): Promise<StepSubject[]> {
  const records = posts.records.slice(0, STEP_POSTS);
  const batches = batchesOf(records, BATCH);
  const singles = batchesOf(records, 1);
  const log = new EmbeddedLog(drive.store, { name: 'bench', partitions: PARTITIONS, retention: 0 });
  drive.onDispose(() => log.close());
  const full = drive.fresh();
  await write(drive, log, full, batches);
  const appended = (all: readonly object[][]) => timed(records.length, () => write(drive, log, drive.fresh(), all));
  return [
    step('log: encode and append', 'batch', appended(batches)),
    step('log: encode and append', 'one', appended(singles)),
    step(
      'log: read',
      'batch',
      timed(records.length, () => readAll(log, full, drive.fresh(), records.length)),
    ),
  ];
}

function write(drive: Drive, log: EmbeddedLog, topic: string, batches: readonly object[][]): Promise<void> {
  const writer = new StreamWriter(log, { topic, key: 'id', encode: 'json' });
  return drive.run(batches, (batch, contributor) => writer.write(batch, contributor));
}

async function readAll(log: EmbeddedLog, topic: string, group: string, expected: number): Promise<void> {
  let seen = 0;
  let finish: () => void = () => undefined;
  const finished = new Promise<void>((resolve) => (finish = resolve));
  const consumer = log.consume(
    { topics: [topic], group, from: 'earliest', maxBatch: BATCH },
    {
      assigned: () => undefined,
      revoked: () => undefined,
      room: () => Promise.resolve(BATCH),
      batch: (_, { records }) => {
        seen += records.length;
        if (seen === expected) finish();
      },
      atEnd: () => undefined,
      error: (error) => {
        throw error;
      },
    },
  );
  await finished;
  await consumer.close();
}
