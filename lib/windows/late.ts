import { type Rejection, isFields } from '../core/records';
import { windowsOf } from './assign';
import { type Contribution, windowKey } from './contribution';

/**
 * The records of a message that came too late for some of their windows, in the message's form: a list for a
 * batch, or one by one.
 */
export function lateRejections(
  contribution: Contribution,
  missed: ReadonlySet<string>,
  watermark: number,
): (Rejection | Rejection[])[] {
  const rejections: Rejection[] = [];
  const { records, times } = contribution;
  for (const [index, record] of records.entries()) {
    const time = times[index] ?? Number.NaN;
    const windows = windowsOf(time, contribution.grid).filter(({ start, end }) => missed.has(windowKey(start, end)));
    if (windows.length === 0) continue;
    const id = isFields(record) && 'id' in record ? ` ${String(record.id)}` : '';
    const names = windows.map(({ start, end }) => `${iso(start)}/${iso(end)}`).join(', ');
    const message = `Record${id} of ${iso(time)} came after the window ${names} was closed; the watermark stood at ${iso(watermark)}.`;
    rejections.push({ record, error: { name: 'LateRecord', message } });
  }
  return contribution.asBatch ? [rejections] : rejections;
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
