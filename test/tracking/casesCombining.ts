import { ONCE, type TrackingCase } from './case';

const TEN = { mode: 'custom', build: 'array', property: 'payload', propertyType: 'msg', count: '10', timeout: '1' };
const BATCH = { mode: 'count', count: 10, overlap: 0 };

/** Nodes that take messages apart, put them together, or keep them for a while. */
export const COMBINING: readonly TrackingCase[] = [
  {
    name: 'split',
    nodes: 'split',
    outcome: 'tracked, if',
    note: 'Not as a stream of text: there it keeps the last piece back and is done with the message all the same.',
    expect: { kind: 'exactly', times: () => 3 },
    flow: (tab) => [tab.node('a', 'split', { property: 'payload.list', arraySplt: 1, arraySpltType: 'len' }, tab.end)],
  },
  {
    name: 'splitJoin',
    nodes: 'split, then join',
    outcome: 'tracked',
    note: '',
    expect: ONCE,
    flow: (tab) => [
      tab.node('a', 'split', { property: 'payload.list', arraySplt: 1, arraySpltType: 'len' }, tab.to('b')),
      tab.node('b', 'join', { mode: 'auto', property: 'payload.list', propertyType: 'msg' }, tab.end),
    ],
  },
  {
    name: 'join',
    nodes: 'join of several records',
    outcome: 'tracked, if',
    note: 'The records of a group are finished, tried again and committed together. Set a timeout, or the last, incomplete group waits for ever; and `maxInFlight` above the size of a group.',
    expect: ONCE,
    flow: (tab) => [tab.node('a', 'join', TEN, tab.end)],
  },
  {
    name: 'joinSlow',
    nodes: 'join of several records, a slow node behind it',
    outcome: 'tracked, if',
    note: 'The same.',
    expect: ONCE,
    flow: (tab) => [
      tab.node('a', 'join', TEN, tab.to('b')),
      tab.node(
        'b',
        'delay',
        { pauseType: 'random', randomFirst: '1', randomLast: '60', randomUnits: 'milliseconds' },
        tab.end,
      ),
    ],
  },
  {
    name: 'joinFails',
    nodes: 'join of several records, a failing node behind it',
    outcome: 'tracked, if',
    note: 'The whole group is tried again; records that fail together too often become dead letters together.',
    expect: { kind: 'counted or dead', dead: (n) => n % 97 === 0 },
    flow: (tab) => [
      tab.node('a', 'join', TEN, tab.to('b')),
      tab.code(
        'b',
        'if (msg.payload.some(({ n }) => n % 97 === 0)) throw new Error("a bad record"); return msg;',
        tab.end,
      ),
    ],
  },
  {
    name: 'reduce',
    nodes: 'batch, then join (reduce)',
    outcome: 'tracked, if',
    note: 'As join.',
    expect: ONCE,
    flow: (tab) => [
      tab.node('a', 'batch', BATCH, tab.to('b')),
      tab.node(
        'b',
        'join',
        {
          mode: 'reduce',
          reduceExp: '$append($A, payload)',
          reduceInit: '[]',
          reduceInitType: 'json',
          reduceFixup: '',
        },
        tab.end,
      ),
    ],
  },
  {
    name: 'batch',
    nodes: 'batch',
    outcome: 'tracked, if',
    note: 'A record waits unfinished until its batch is full: `maxInFlight` must be above its size, and the last, incomplete batch waits. By time it does not.',
    expect: ONCE,
    flow: (tab) => [tab.node('a', 'batch', BATCH, tab.end)],
  },
  {
    name: 'batchTime',
    nodes: 'batch by time, then join',
    outcome: 'tracked',
    note: '',
    expect: ONCE,
    flow: (tab) => [
      tab.node('a', 'batch', { mode: 'interval', interval: '0.1', allowEmptySequence: false }, tab.to('b')),
      tab.node('b', 'join', { mode: 'auto' }, tab.end),
    ],
  },
  {
    name: 'sort',
    nodes: 'batch, then sort',
    outcome: 'tracked, if',
    note: 'A record waits unfinished until its sequence is complete.',
    expect: ONCE,
    flow: (tab) => [
      tab.node('a', 'batch', BATCH, tab.to('b')),
      tab.node(
        'b',
        'sort',
        { order: 'descending', target: '', targetType: 'seq', seqKey: 'payload.n', seqKeyType: 'msg' },
        tab.end,
      ),
    ],
  },
  {
    name: 'delay',
    nodes: 'delay',
    outcome: 'tracked',
    note: 'What it holds is given out again after a restart, and waits anew.',
    expect: ONCE,
    flow: (tab) => [
      tab.node('a', 'delay', { pauseType: 'delay', timeout: '30', timeoutUnits: 'milliseconds' }, tab.end),
    ],
  },
  {
    name: 'rate',
    nodes: 'delay as a rate limit that queues',
    outcome: 'tracked',
    note: '',
    expect: ONCE,
    flow: (tab) => [
      tab.node(
        'a',
        'delay',
        { pauseType: 'rate', rate: '500', nbRateUnits: '1', rateUnits: 'second', drop: false },
        tab.end,
      ),
    ],
  },
  {
    name: 'rateDrop',
    nodes: 'delay as a rate limit that drops',
    outcome: 'tracked',
    note: 'What it drops is finished: that is what it was told to do.',
    expect: { kind: 'at most once' },
    flow: (tab) => [
      tab.node(
        'a',
        'delay',
        { pauseType: 'rate', rate: '100', nbRateUnits: '1', rateUnits: 'second', drop: true },
        tab.end,
      ),
    ],
  },
  {
    name: 'triggerNow',
    nodes: 'trigger that only sends at once',
    outcome: 'tracked, if',
    note: 'What it blocks is finished. Warned of on deploy with the other kinds only.',
    expect: ONCE,
    flow: (tab) => [
      tab.node(
        'a',
        'trigger',
        { op1type: 'pay', op2type: 'nul', duration: '20', units: 'ms', bytopic: 'topic', topic: 'payload.id' },
        tab.end,
      ),
    ],
  },
  {
    name: 'trigger',
    nodes: 'trigger that sends later',
    outcome: 'not trackable',
    note: 'It is done with a message before it sends: what it holds is lost if Node-RED dies. Warned of on deploy. For a pause use delay.',
    expect: { kind: 'at most once' },
    warns: /trigger-a .*sends after it is done/u,
    flow: (tab) => [
      tab.node(
        'a',
        'trigger',
        { op1type: 'nul', op2type: 'payl', duration: '30', units: 'ms', bytopic: 'topic', topic: 'payload.id' },
        tab.end,
      ),
    ],
  },
];
