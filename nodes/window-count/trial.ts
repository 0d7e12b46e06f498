import { SettingError } from '../../lib/core/errors';
import { windowsAround } from '../../lib/windows/around';
import { timeOf } from '../../lib/windows/eventTime';
import { shapeOf } from '../../lib/windows/shape';
import type { Red } from '../common/red';
import { offerTrial } from '../common/trial';
import { spec } from './spec';

const USED = ['window', 'size', 'slide', 'gap', 'timeZone', 'delay', 'emit', 'every'] as const;

/** Shows the windows that an event of a time falls into, and when each is complete; all times in ms since the epoch. */
export function offerWindowTrial(RED: Red): void {
  offerTrial(RED, spec, USED, (settings, sample) => {
    const event = timeOf(sample.trim());
    if (Number.isNaN(event)) throw new SettingError(RED._('window-count.trial.time', { value: sample.slice(0, 80) }));
    return { event, delay: settings.delay, ...windowsAround(shapeOf(settings), event) };
  });
}
