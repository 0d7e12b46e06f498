import type { TrackingCase } from './case';

const ONCE = { kind: 'exactly' } as const;
const SEVENTH = (n: number): boolean => n % 7 === 0;
const THROW = 'if (msg.payload.n % 7 === 0) throw new Error("every seventh"); return msg;';

/** Nodes that pass messages on, and the ways between nodes. */
export const ROUTES: readonly TrackingCase[] = [
  {
    name: 'nothing',
    nodes: 'nothing wired at all',
    outcome: 'tracked',
    note: 'A record with nowhere to go is finished.',
    expect: { kind: 'exactly', times: () => 0 },
    instant: true,
    flow: () => [],
  },
  {
    name: 'diamond',
    nodes: 'several wires, meeting again',
    outcome: 'tracked',
    note: 'A record is finished once every branch is.',
    expect: { kind: 'exactly', times: () => 2 },
    flow: (tab) => [
      tab.node('a', 'change', { rules: [] }, tab.to('b', 'c')),
      tab.node('b', 'change', { rules: [] }, tab.end),
      tab.code('c', 'setTimeout(() => { node.send(msg); node.done(); }, 3);', tab.end),
    ],
  },
  {
    name: 'switch',
    nodes: 'switch',
    outcome: 'tracked',
    note: 'A record that no rule takes is finished.',
    expect: { kind: 'exactly', times: (n) => (n < 900 ? 1 : 0) },
    flow: (tab) => [
      tab.node(
        'a',
        'switch',
        {
          property: 'payload.n',
          propertyType: 'msg',
          rules: [
            { t: 'lt', v: '500', vt: 'num' },
            { t: 'btwn', v: '500', vt: 'num', v2: '899', v2t: 'num' },
          ],
          checkall: 'true',
          repair: false,
          outputs: 2,
        },
        tab.end,
        tab.end,
      ),
    ],
  },
  {
    name: 'filter',
    nodes: 'filter (rbe)',
    outcome: 'tracked, if',
    note: 'What it blocks is finished. What it has seen is forgotten at a restart.',
    expect: ONCE,
    flow: (tab) => [tab.node('a', 'rbe', { func: 'rbe', property: 'payload.n', topi: 'topic' }, tab.end)],
  },
  {
    name: 'change',
    nodes: 'change',
    outcome: 'tracked',
    note: '',
    expect: ONCE,
    flow: (tab) => [
      tab.node('a', 'change', { rules: [{ t: 'set', p: 'payload.x', pt: 'msg', to: '1', tot: 'num' }] }, tab.end),
    ],
  },
  {
    name: 'template',
    nodes: 'template',
    outcome: 'tracked',
    note: '',
    expect: ONCE,
    flow: (tab) => [
      tab.node(
        'a',
        'template',
        {
          field: 'payload',
          fieldType: 'msg',
          syntax: 'mustache',
          template: '{"id":"{{{payload.id}}}"}',
          output: 'json',
        },
        tab.end,
      ),
    ],
  },
  {
    name: 'link',
    nodes: 'link out, link in',
    outcome: 'tracked',
    note: '',
    expect: ONCE,
    flow: (tab) => [
      tab.node('a', 'link out', { mode: 'link', links: tab.to('b') }),
      tab.node('b', 'link in', { links: tab.to('a') }, tab.end),
    ],
  },
  {
    name: 'linkCall',
    nodes: 'link call, link out (return)',
    outcome: 'tracked',
    note: 'A call that is not answered in time fails; it is tried again.',
    expect: { kind: 'exactly', dead: (n) => n % 97 === 0 },
    flow: (tab) => [
      tab.node('a', 'link call', { links: tab.to('b'), linkType: 'static', timeout: '1' }, tab.end),
      tab.node('b', 'link in', { links: [] }, tab.to('c')),
      tab.code(
        'c',
        'if (msg.payload.n % 97 === 0) return; await new Promise((d) => setTimeout(d, 2)); return msg;',
        tab.to('d'),
      ),
      tab.node('d', 'link out', { mode: 'return', links: [] }),
    ],
  },
  {
    name: 'subflow',
    nodes: 'subflow',
    outcome: 'tracked',
    note: 'As the nodes in it.',
    expect: ONCE,
    flow: (tab) => [
      tab.node('a', `subflow:${tab.id('sub')}`, {}, tab.end),
      {
        id: tab.id('sub'),
        type: 'subflow',
        name: 'a subflow',
        in: [{ x: 0, y: 0, wires: [{ id: tab.id('inner') }] }],
        out: [{ x: 0, y: 0, wires: [{ id: tab.id('inner'), port: 0 }] }],
      },
      {
        ...tab.node('inner', 'delay', { pauseType: 'delay', timeout: '3', timeoutUnits: 'milliseconds' }, []),
        z: tab.id('sub'),
      },
    ],
  },
  {
    name: 'junction',
    nodes: 'junction',
    outcome: 'tracked',
    note: '',
    expect: ONCE,
    flow: (tab) => [tab.node('a', 'junction', {}, tab.end)],
  },
  {
    name: 'catch',
    nodes: 'catch, with a way on',
    outcome: 'tracked',
    note: 'An error that it takes up is no failure: the record is finished with the branch behind it.',
    expect: ONCE,
    flow: (tab) => [tab.code('a', THROW, tab.end), tab.node('b', 'catch', { scope: tab.to('a') }, tab.end)],
  },
  {
    name: 'catchEnd',
    nodes: 'catch, nothing behind it',
    outcome: 'tracked',
    note: 'An error that it takes up is finished: neither tried again nor a dead letter.',
    expect: { kind: 'exactly', times: (n) => (SEVENTH(n) ? 0 : 1) },
    flow: (tab) => [tab.code('a', THROW, tab.end), tab.node('b', 'catch', { scope: tab.to('a') }, [])],
  },
  {
    name: 'complete',
    nodes: 'complete',
    outcome: 'tracked',
    note: 'What goes on behind it belongs to the record.',
    expect: ONCE,
    flow: (tab) => [
      tab.code('a', 'await new Promise((d) => setTimeout(d, 2)); return msg;', []),
      tab.node('b', 'complete', { scope: tab.to('a') }, tab.to('c')),
      tab.node('c', 'delay', { pauseType: 'delay', timeout: '3', timeoutUnits: 'milliseconds' }, tab.end),
    ],
  },
];
