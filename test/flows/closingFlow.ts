interface FlowNode {
  readonly id: string;
  readonly type: string;
  readonly [property: string]: unknown;
}

/** The nodes that take their time, one on each tab. */
export const SLOW = {
  'function with a timer': { type: 'function', func: 'setTimeout(() => { node.send(msg); node.done(); }, 60);' },
  delay: {
    type: 'delay',
    pauseType: 'delay',
    timeout: '60',
    timeoutUnits: 'milliseconds',
    rate: '1',
    rateUnits: 'second',
  },
  'sink that collects': {
    ...{ type: 'hbase-sink', cluster: 'hbase', table: 'rows', rowKey: '{{id}}', columns: { 'd:n': 'n' } },
    ...{ maxBatch: 100_000, linger: '80ms' },
  },
  'function that is never done': {
    type: 'function',
    func: "if (msg.payload.n % 50 === 7 && !global.get('released')) return; node.send(msg); node.done();",
  },
} as const;

export type Kind = keyof typeof SLOW;
export const KINDS = Object.keys(SLOW) as Kind[];
export const SINK: Kind = 'sink that collects';
export const STUCK: Kind = 'function that is never done';

export const topicOf = (kind: Kind): string => `in-${KINDS.indexOf(kind)}`;
export const outTopicOf = (kind: Kind): string => `out-${KINDS.indexOf(kind)}`;

/** Which nodes have been changed, and how often: a deploy of changed nodes starts these anew. */
export interface Changes {
  readonly sources?: number;
  readonly slow?: number;
}

/**
 * A tab for each slow node, between a source and a topic; each message that leaves the source is noted in `arrived`.
 * `GET /release` lets the function that is never done be done from then on.
 */
export function closingFlow(arrived: string, { sources = 0, slow = 0 }: Changes): FlowNode[] {
  return [
    { id: 'cluster', type: 'kafka-cluster', mode: 'embedded', partitions: 3, retention: '1d' },
    { id: 'hbase', type: 'hbase-cluster', mode: 'embedded' },
    { id: 'control', type: 'tab' },
    node('control', 'asked', 'http in', { url: '/release', method: 'get' }, ['release']),
    node('control', 'release', 'function', { func: "global.set('released', true); return msg;" }, ['answer']),
    node('control', 'answer', 'http response', { statusCode: '200' }),
    ...KINDS.flatMap((kind, index) => tabOf(kind, `tab${index}`, arrived, { sources, slow })),
  ];
}

function tabOf(kind: Kind, tab: string, arrived: string, { sources, slow }: Required<Changes>): FlowNode[] {
  const { type, ...settings } = SLOW[kind];
  const reads = {
    cluster: 'cluster',
    topic: topicOf(kind),
    group: 'closing',
    batch: false,
    maxInFlight: 20,
    retries: 0,
  };
  const note = `fs.appendFileSync(${JSON.stringify(arrived)}, msg.payload.id + '\\n'); return msg;`;
  return [
    { id: tab, type: 'tab', label: kind },
    node(tab, `${tab}-in`, 'kafka-in', { ...reads, name: `source ${sources}` }, [`${tab}-note`], [], []),
    node(tab, `${tab}-note`, 'function', { func: note, libs: [{ var: 'fs', module: 'fs' }] }, [`${tab}-slow`]),
    node(tab, `${tab}-slow`, type, { ...settings, name: `slow ${slow}` }, kind === SINK ? [] : [`${tab}-out`]),
    node(tab, `${tab}-out`, 'kafka-out', { cluster: 'cluster', topic: outTopicOf(kind) }, [], []),
  ];
}

function node(tab: string, id: string, type: string, settings: object, ...wires: string[][]): FlowNode {
  return { id, type, z: tab, x: 0, y: 0, outputs: 1, ...settings, wires };
}
