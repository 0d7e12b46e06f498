import { Outbox } from '../../lib/delivery/outbox';
import { hashtagStep } from '../../lib/text/hashtagStep';
import { Counting } from '../../lib/windows/contribution';
import { windowGrid } from '../../lib/windows/shape';
import { WindowCounter } from '../../lib/windows/windowCounter';
import type { WindowSettings } from '../../lib/windows/windowSettings';
import { WindowState } from '../../lib/windows/windowState';
import { timed } from '../measure';
import { BATCH, batchesOf } from '../posts';
import { type Bench, type StepSubject, STEP_POSTS, step } from './step';
import { HASHTAGS } from './text';

const MINUTE = 60_000;
const TUMBLING = windowGrid(MINUTE, MINUTE);
const SLIDING = windowGrid(MINUTE, MINUTE / 6);
const SETTINGS: WindowSettings = {
  keys: ['hashtags'],
  time: 'created_at',
  value: '',
  distinct: '',
  mode: 'partition',
  delay: 10_000,
  idle: 10_000,
  shape: TUMBLING,
  emit: 'close',
  top: 20,
  maxKeys: 0,
  details: 'counts',
  history: 24,
  output: 'windows',
  durable: true,
  keepLate: false,
};

/** Counting hashtags: a message's own counts, and these merged and saved in the commit. */
export function windowSteps({ posts, drive }: Bench): StepSubject[] {
  const tagged = hashtagStep(HASHTAGS)(posts.records.slice(0, STEP_POSTS)).records;
  const batches = batchesOf(tagged, BATCH);
  const singles = batchesOf(tagged, 1);
  const counting = new Counting(SETTINGS, Date.now);
  const from = { lane: '', origin: '', asBatch: true, keepRecords: false };
  const counted = (all: readonly unknown[][], settings: WindowSettings) =>
    timed(tagged.length, async () => {
      const node = drive.fresh();
      const outbox = new Outbox(drive.store, drive.ledger, node, () => undefined);
      const counter = new WindowCounter(node, settings, new WindowState(drive.store, node), drive.ledger, outbox);
      await drive.run(all, (batch, _, message) => counter.add(message, batch, true));
      if (counter.size.windows === 0) throw new Error('no window was counted');
      outbox.close();
    });
  return [
    step(
      'windows: reading keys and times',
      'batch',
      timed(tagged.length, () => batches.map((batch) => counting.read(batch, TUMBLING, from))),
    ),
    step('windows: 1m, in memory', 'batch', counted(batches, { ...SETTINGS, durable: false })),
    step('windows: 1m, durable', 'batch', counted(batches, SETTINGS)),
    step('windows: 1m, durable', 'one', counted(singles, SETTINGS)),
    step('windows: 1m by 10s, durable', 'batch', counted(batches, { ...SETTINGS, shape: SLIDING })),
  ];
}
