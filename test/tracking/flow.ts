import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dashboard2 } from '../support/dashboard2';
import { type FlowNode, Tab, type TrackingCase } from './case';

/** How many records each case is given. */
export const RECORDS = 1_000;
export const GROUP = 'tracking';
const CLUSTER = 'cluster';

export interface Places {
  /** Where the test's own HTTP server answers. */
  readonly server: string;
  /** The user directory. */
  readonly home: string;
}

/** One flow with a tab for each case, all running side by side; `GET /flush` closes all windows. */
export function trackingFlow(cases: readonly TrackingCase[], { server, home }: Places): FlowNode[] {
  return [
    { id: CLUSTER, type: 'kafka-cluster', mode: 'embedded', partitions: 3, retention: '1d' },
    ...dashboard2(),
    { id: 'control', type: 'tab', label: 'control' },
    { id: 'flushIn', type: 'http in', z: 'control', url: '/flush', method: 'get', wires: [['flush']] },
    {
      id: 'flush',
      type: 'function',
      z: 'control',
      func: 'return [{ flush: true }, msg];',
      outputs: 2,
      wires: [['flushOut'], ['answer']],
    },
    {
      id: 'flushOut',
      type: 'link out',
      z: 'control',
      mode: 'link',
      links: cases.map(({ name }) => `${name}-flush`),
      wires: [],
    },
    { id: 'answer', type: 'http response', z: 'control', statusCode: '200', wires: [] },
    ...cases.flatMap((each) => tabOf(each, new Tab(each.name, server, home))),
  ];
}

function tabOf({ name, flow, maxInFlight = 70 }: TrackingCase, tab: Tab): FlowNode[] {
  const nodes = flow(tab);
  const [first] = nodes;
  const source = {
    cluster: CLUSTER,
    topic: topicOf(name),
    group: GROUP,
    batch: false,
    maxInFlight,
    retries: 2,
    deadLetterTopic: deadTopicOf(name),
  };
  const windows = { key: 'id', time: '', window: 'tumbling', size: '3650d', emit: 'close', top: 0, state: 'durable' };
  return [
    { id: name, type: 'tab', label: name },
    tab.node('in', 'kafka-in', source, first === undefined ? [] : [first.id], []),
    ...nodes,
    tab.node('count', 'window-count', windows, [tab.id('windows')], []),
    tab.node('out', 'kafka-out', { cluster: CLUSTER, topic: outTopicOf(name) }, [], []),
    tab.node('windows', 'kafka-out', { cluster: CLUSTER, topic: windowTopicOf(name) }, [], []),
    tab.node('flush', 'link in', { links: ['flushOut'] }, [tab.id('count')]),
  ];
}

export const topicOf = (name: string): string => `in-${name}`;
export const outTopicOf = (name: string): string => `out-${name}`;
export const deadTopicOf = (name: string): string => `dead-${name}`;
export const windowTopicOf = (name: string): string => `windows-${name}`;
export const idOf = (name: string, n: number): string => `${name}/${n}`;

/** Puts nodes of somebody's own, that throw in their handlers, into a user directory. */
export function installThrowers(home: string): void {
  const folder = join(home, 'node_modules/node-red-contrib-throwers');
  mkdirSync(folder, { recursive: true });
  const nodes = { thrower: 'thrower.js' };
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'node-red-contrib-throwers', version: '1.0.0', 'node-red': { nodes } }),
  );
  const html = (type: string): string =>
    `<script type="text/javascript">RED.nodes.registerType('${type}', { category: 'test', defaults: {}, inputs: 1, outputs: 1 });</script>`;
  writeFileSync(join(folder, 'thrower.html'), html('thrower') + html('old-thrower'));
  writeFileSync(join(folder, 'thrower.js'), THROWERS);
}

const THROWERS = `module.exports = (RED) => {
  const throwIt = (msg) => {
    if (msg.payload.n % 7 === 0) throw new Error('every seventh');
  };
  RED.nodes.registerType('thrower', function (saved) {
    RED.nodes.createNode(this, saved);
    this.on('input', (msg, send, done) => { throwIt(msg); send(msg); done(); });
  });
  RED.nodes.registerType('old-thrower', function (saved) {
    RED.nodes.createNode(this, saved);
    this.on('input', (msg) => { throwIt(msg); this.send(msg); });
  });
};
`;
