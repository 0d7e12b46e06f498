import { formatDuration } from '../core/durations';
import { type WindowShape, shapeOf } from '../windows/shape';
import { checkTogether } from '../windows/windowSettings';
import type { WindowNodeSettings } from './nodeSettings';
import type { Objection } from './obstacles';
import type { WindowsPlan } from './plan';

/** Names of a grid that is aligned to UTC, which is Spark's own. */
const UTC = /^(?:utc|etc\/(?:utc|uct|zulu|universal)|uct|zulu|universal)$/iu;

/**
 * What a window-count means on Spark.
 * @param object takes what it cannot mean there
 * @throws {SettingError} if the settings do not go together at all
 */
export function windowsMeaning(settings: WindowNodeSettings, object: (objection: Objection) => void): WindowsPlan {
  for (const objection of objections(settings)) object(objection);
  const { key: keys, time, value, distinct, delay, emit, every, top, maxKeys, details, output } = settings;
  const shape = utcShape(settings);
  checkTogether(shape, { emit });
  return { keys, time, value, distinct, shape, delay, emit, every, top, maxKeys, details, output };
}

function utcShape(settings: WindowNodeSettings): WindowShape {
  return shapeOf({ ...settings, timeZone: '' });
}

function* objections(settings: WindowNodeSettings): Iterable<Objection> {
  const { window, time, timeZone, watermark, emit, top, maxKeys, details, delay } = settings;
  if (time === '') {
    yield {
      setting: 'time',
      reason: 'It counts by the time of arrival, which is another one when Spark runs a batch again after a failure.',
      remedy: 'Name the field that has the time of the event, such as created_at.',
    };
  }
  if (window !== 'session' && timeZone.trim() !== '' && !UTC.test(timeZone.trim())) {
    yield {
      setting: 'timeZone',
      reason: `Its windows are calendar days of ${timeZone.trim()}; Spark's are all equally long, and aligned to UTC.`,
      remedy: 'Leave the time zone empty, or count in Node-RED.',
    };
  }
  if (watermark === 'partition') {
    yield {
      setting: 'watermark',
      reason: 'Its watermark waits for the slowest partition; Spark has one for the whole stream.',
      remedy: `Set the watermark to stream, and the delay (now ${formatDuration(delay)}) to what the partitions may lie apart.`,
    };
  }
  if (maxKeys > 0) {
    yield {
      setting: 'maxKeys',
      reason: `It keeps at most ${maxKeys} keys of a window; Spark counts every key.`,
      remedy: 'Set maxKeys to 0: the keys are spread over the executors.',
    };
  }
  if (emit === 'update' && top > 0) {
    yield {
      setting: 'top',
      reason: `It sends the ${top} largest keys of windows that are still open; Spark cannot rank keys that did not change.`,
      remedy: 'Set top to 0, or send windows when they are complete.',
    };
  }
  if (details === 'trends') {
    yield {
      setting: 'details',
      reason: 'It compares each window with the course of those before, which Spark does not keep.',
      remedy: 'Choose the details counts, and find trends in Node-RED behind a kafka-in that reads the results.',
    };
  }
  if (details === 'ranks' && window !== 'session') {
    yield {
      setting: 'details',
      reason: 'It compares each window with the one before, which Spark has forgotten.',
      remedy: 'Choose the details counts; rank and share follow from the order of the counts and the total.',
    };
  }
}
