import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface FlowNode {
  id: string;
  type: string;
  z?: string;
  name?: string;
  wires?: string[][];
  [property: string]: unknown;
}

/** How long a post may lie behind the newest one and count for certain. */
export const DELAY = '1h';

/** The topics that the replay writes its results to. */
export const TOPICS = {
  days: 'hashtag-windows',
  slides: 'slide-windows',
  lateDays: 'late-days',
  lateSlides: 'late-slides',
} as const;

/**
 * The flow that `npm start` runs, set to replay a file: windows of a day in place of the minute, and beside them windows
 * of an hour that slide by 15 minutes; late records kept in topics of their own; `GET /flush` closes all windows. What
 * passes `kafka-in` is noted in `deliveries.log`, so that a test can see what was delivered twice.
 */
export function replayFlow(file: string): FlowNode[] {
  const nodes = JSON.parse(readFileSync(join(process.cwd(), 'flows/flows.json'), 'utf8')) as FlowNode[];
  const find = (type: string, name?: string): FlowNode => {
    const found = nodes.find(
      (node) => node.type === type && (name === undefined || node.name === name || node.topic === name),
    );
    if (found === undefined) throw new Error(`flows.json has no ${type} ${name ?? ''}`);
    return found;
  };
  const source = find('twitter-poll');
  Object.assign(source, { source: 'file', file, rate: 0, batch: 500 });
  const days = find('window-count', 'hashtags per minute');
  Object.assign(days, { window: 'tumbling', size: '1d', emit: 'close', top: 0, delay: DELAY, idle: '1m' });
  Object.assign(find('window-count', 'moods per minute'), {
    window: 'tumbling',
    size: '1d',
    emit: 'close',
    delay: DELAY,
  });
  const slides = { ...days, id: 'slides', window: 'sliding', size: '1h', slide: '15m' };
  const cluster = find('kafka-cluster').id;
  const toTopic = (topic: string): FlowNode => ({
    ...find('kafka-out', 'tweets'),
    id: `out-${topic}`,
    topic,
    key: '',
    cluster,
  });
  const sentiment = find('sentiment');
  sentiment.wires?.[0]?.push(slides.id);
  slides.wires = [[`out-${TOPICS.slides}`], [`out-${TOPICS.lateSlides}`]];
  days.wires = [days.wires?.[0] ?? [], [`out-${TOPICS.lateDays}`]];
  // The dashboard's own controls would set the windows back to a minute.
  const controls = new Set(nodes.filter((node) => node.name === 'as it starts').map((node) => node.id));
  const tab = days.z ?? '';
  const kept = nodes.filter((node) => !controls.has(node.id));
  const tableReader = nodes.find((node) => node.group === 'tableau');
  if (tableReader === undefined) throw new Error('flows.json has no reader of the group tableau');
  find('kafka-in', 'tweets').wires?.[0]?.push('noted');
  kept.push(
    slides,
    toTopic(TOPICS.slides),
    toTopic(TOPICS.lateSlides),
    toTopic(TOPICS.lateDays),
    { ...tableReader, id: 'in-slides', topic: TOPICS.slides, wires: [['table-slides'], []] },
    { ...find('tableau-export'), id: 'table-slides', path: 'pulseflow/tableau/slides.csv' },
    { id: 'noted', type: 'function', z: tab, name: 'note what is delivered', func: NOTE, outputs: 0, wires: [] },
    { id: 'flush-in', type: 'http in', z: tab, url: '/flush', method: 'get', wires: [['flush']] },
    {
      id: 'flush',
      type: 'function',
      z: tab,
      func: 'return [{ flush: true }, msg];',
      outputs: 2,
      wires: [[days.id, slides.id], ['flush-out']],
    },
    { id: 'flush-out', type: 'http response', z: tab, statusCode: '200', wires: [] },
  );
  return kept;
}

const NOTE = `const { partition, firstOffset, lastOffset } = msg.kafka;
global.get('note')(partition + ' ' + firstOffset + ' ' + lastOffset);`;

/** Node-RED settings of a replay: those of `npm start`, and a function that notes deliveries on disk at once. */
export function replaySettings(log: string): string {
  return `module.exports = { ...require(${JSON.stringify(join(process.cwd(), 'scripts/settings.cjs'))}),
  functionGlobalContext: { note: (line) => require('fs').appendFileSync(${JSON.stringify(log)}, line + '\\n') } };`;
}
