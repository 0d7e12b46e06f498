import { type Rejection, isFields } from '../core/records';
import type { Contribution } from './contribution';
import type { LateRecord } from './openWindows';

/** The records of a message that came too late, in the message's form: a list for a batch, or one by one. */
export function lateRejections(
  { records, times, asBatch }: Contribution,
  late: readonly LateRecord[],
  watermark: number,
): (Rejection | Rejection[])[] {
  const rejections = late.map(({ at, missed }) => {
    const record = records[at];
    const id = isFields(record) && 'id' in record ? ` ${String(record.id)}` : '';
    const windows = missed.map(({ start, end }) => `${iso(start)}/${iso(end)}`).join(', ');
    const time = iso(times[at] ?? Number.NaN);
    const message = `Record${id} of ${time} came after the window ${windows} was closed; the watermark stood at ${iso(watermark)}.`;
    return { record, error: { name: 'LateRecord', message } };
  });
  return asBatch ? [rejections] : rejections;
}

/** Text that is no time beyond what dates can be, as some records have it. */
function iso(time: number): string {
  return Math.abs(time) <= 8.64e15 ? new Date(time).toISOString() : `${time} ms`;
}
