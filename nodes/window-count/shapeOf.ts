import { type WindowShape, sessionWindows, windowGrid } from '../../lib/windows/shape';
import type { Settings } from '../common/spec';
import type { spec } from './spec';

type ShapeSettings = Pick<Settings<typeof spec>, 'window' | 'size' | 'slide' | 'gap' | 'timeZone'>;

/**
 * The windows that the settings describe.
 * @throws {SettingError} if there are none such
 */
export function shapeOf({ window, size, slide, gap, timeZone }: ShapeSettings): WindowShape {
  if (window === 'session') return sessionWindows(gap);
  return windowGrid(size, window === 'sliding' ? slide : size, timeZone.trim());
}
