import type { EditorNode } from '../editor/index';
import { type Timeline, drawTimeline } from '../editor/timeline';

/** Draws the windows that the event falls into, and says the same in words. */
export function showTrial(answer: unknown, area: HTMLElement, node: EditorNode): void {
  const { event, delay, windows, holding } = answer as Timeline;
  const say = (key: string, values?: Record<string, string>): string => node._(`window-count.trial.${key}`, values);
  const isSession = $('#node-input-window').val() === 'session';
  const time = timeFormat(
    windows.map(({ start, end }) => end - start),
    String($('#node-input-timeZone').val() ?? ''),
  );
  const held = windows.filter(({ holds }) => holds);
  const summary = document.createElement('p');
  summary.textContent = isSession ? say('session') : say(holding === 1 ? 'one' : 'several', { count: String(holding) });
  const list = document.createElement('ul');
  for (const { start, end } of held) {
    const item = document.createElement('li');
    const values = { start: time(start), end: time(end), complete: time(end + delay) };
    item.textContent = say(isSession ? 'sessionWindow' : 'window', values);
    list.append(item);
  }
  const words = { event: say('event', { time: time(event) }), delay: say('delay') };
  area.append(drawTimeline({ event, delay, windows, holding }, { ...words, time, summary: summary.textContent }));
  area.append(summary, list);
  if (held.length < holding) list.append(Object.assign(document.createElement('li'), { textContent: '…' }));
}

/** Writes times as short as the windows allow, in UTC or the time zone of calendar days. */
function timeFormat(lengths: readonly number[], timeZone: string): (time: number) => string {
  const zone = timeZone.trim() === '' ? 'UTC' : timeZone.trim();
  const isShort = Math.min(...lengths) < 1_000;
  const isLong = Math.max(...lengths) >= 12 * 3_600_000;
  const format = new Intl.DateTimeFormat(RED.i18n.lang(), {
    timeZone: zone,
    hourCycle: 'h23',
    ...(isLong ? { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' } : { timeStyle: 'medium' }),
    ...(isShort ? { timeStyle: undefined, minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3 } : {}),
  });
  return (time) => format.format(time);
}
