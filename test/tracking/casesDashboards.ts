import { DASHBOARD2, dashboard2Page } from '../support/dashboard2';
import { type FlowNode, ONCE, type Tab, type TrackingCase } from './case';

const HANDED_OVER = 'Finished when it is handed to the dashboard, whether anyone looks or not.';

/** A number for the widget, which goes on to `next`; the record is kept beside it. */
function toNumber(tab: Tab, ...next: string[]): FlowNode[] {
  return [
    tab.node('z', 'change', { rules: [{ t: 'set', p: 'record', pt: 'msg', to: 'payload', tot: 'msg' }] }, tab.to('y')),
    tab.node(
      'y',
      'change',
      { rules: [{ t: 'set', p: 'payload', pt: 'msg', to: 'payload.n', tot: 'msg' }] },
      tab.to(...next),
    ),
  ];
}

/** What makes the record the payload again. */
function toRecord(tab: Tab): FlowNode {
  return tab.code('b', 'msg.payload = msg.record; return msg;', tab.end);
}

/** Widgets of both dashboards. */
export const DASHBOARDS: readonly TrackingCase[] = [
  ...(['text', 'chart', 'gauge', 'template'] as const).map((widget): TrackingCase => ({
    name: `ui${widget}`,
    nodes: `node-red-dashboard: ${widget}`,
    outcome: 'tracked',
    note: HANDED_OVER,
    expect: ONCE,
    flow: (tab) => [
      ...toNumber(tab, 'a', 'b'),
      tab.node(
        'a',
        `ui_${widget}`,
        { ...WIDGETS[widget], group: tab.id('group'), order: 1, width: 0, height: 0, name: '' },
        ...(widget === 'template' ? [[]] : []),
      ),
      toRecord(tab),
      { id: tab.id('group'), type: 'ui_group', name: widget, tab: tab.id('uitab'), order: 1, disp: true, width: '6' },
      { id: tab.id('uitab'), type: 'ui_tab', name: tab.name, icon: 'dashboard', order: 1 },
    ],
  })),
  ...(['text', 'table', 'notification'] as const).map((widget) => ofDashboard2(widget, 'at the side')),
  ...(['chart', 'gauge', 'template'] as const).map((widget) => ofDashboard2(widget, 'on the way')),
  {
    ...ofDashboard2('button', 'on the way'),
    nodes: 'Dashboard 2.0: button that messages press',
    note: 'What it sends when a person presses it belongs to no record.',
  },
];

/** A widget of Dashboard 2.0, behind which the record goes on (those that pass messages on), or beside it. */
function ofDashboard2(widget: keyof typeof WIDGETS2, place: 'at the side' | 'on the way'): TrackingCase {
  const onTheWay = place === 'on the way';
  return {
    name: `ui2${widget}`,
    nodes: `Dashboard 2.0: ${widget}${onTheWay ? ', with a way on' : ''}`,
    outcome: 'tracked',
    note: HANDED_OVER,
    expect: ONCE,
    flow: (tab) => [
      ...toNumber(tab, ...(onTheWay ? ['a'] : ['a', 'b'])),
      tab.node(
        'a',
        `ui-${widget}`,
        { ...WIDGETS2[widget], group: tab.id('group'), ui: DASHBOARD2, order: 1, width: 0, height: 0, name: '' },
        ...(onTheWay ? [tab.to('b')] : []),
      ),
      toRecord(tab),
      ...dashboard2Page(tab.id('group'), tab.name),
    ],
  };
}

const COLOURS = ['#2A6F97', '#E76F51', '#2A9D8F'];
const WIDGETS = {
  text: { label: 'text', format: '{{msg.payload}}', layout: 'row-spread' },
  chart: {
    label: 'chart',
    chartType: 'line',
    legend: 'false',
    xformat: 'HH:mm:ss',
    interpolate: 'linear',
    removeOlder: 1,
    removeOlderPoints: '50',
    removeOlderUnit: '60',
    cutout: 0,
    colors: COLOURS,
    outputs: 1,
  },
  gauge: {
    gtype: 'gage',
    title: 'gauge',
    label: 'units',
    format: '{{value}}',
    min: 0,
    max: 1000,
    colors: COLOURS,
    seg1: '',
    seg2: '',
  },
  template: {
    format: '<div>{{msg.payload}}</div>',
    storeOutMessages: true,
    fwdInMessages: true,
    resendOnRefresh: true,
    templateScope: 'local',
  },
} as const;

const WIDGETS2 = {
  text: { label: 'text', format: '{{msg.payload}}', layout: 'row-spread', value: 'payload', valueType: 'msg' },
  table: { label: 'table', maxrows: 50, passthru: false, autocols: true, columns: [], action: 'append' },
  notification: { position: 'top right', displayTime: '1', raw: false, allowDismiss: true },
  chart: {
    label: 'chart',
    chartType: 'line',
    category: 'topic',
    categoryType: 'msg',
    xAxisProperty: '',
    xAxisPropertyType: 'timestamp',
    xAxisType: 'time',
    yAxisProperty: 'payload',
    yAxisPropertyType: 'msg',
    action: 'append',
    removeOlder: 1,
    removeOlderUnit: '60',
    removeOlderPoints: '50',
    colors: COLOURS,
  },
  gauge: {
    gtype: 'gauge-half',
    gstyle: 'needle',
    title: 'gauge',
    value: 'payload',
    valueType: 'msg',
    min: 0,
    max: 1000,
    segments: [{ from: '0', color: '#2A9D8F' }],
  },
  template: { format: '<div>{{ msg.payload }}</div>', templateScope: 'local', passthru: true, storeOutMessages: true },
  button: {
    label: 'button',
    emulateClick: true,
    enableClick: true,
    payload: 'pressed',
    payloadType: 'str',
    topic: 'topic',
    topicType: 'msg',
  },
} as const;
