import { ONCE, SEVENTH, THROW, type TrackingCase } from './case';

const DEAD_SEVENTH = { kind: 'exactly', dead: SEVENTH } as const;

/** What a function node, or a node of somebody's own, may do. */
export const FUNCTIONS: readonly TrackingCase[] = [
  {
    name: 'functionMany',
    nodes: 'function that returns many messages',
    outcome: 'tracked',
    note: 'New messages too, as long as they are returned or sent before it is done.',
    expect: { kind: 'exactly', times: () => 3 },
    flow: (tab) => [
      tab.code('a', 'const { payload } = msg; return [[{ payload }, { payload }], { payload }];', tab.end, tab.end),
    ],
  },
  {
    name: 'functionNothing',
    nodes: 'function that returns nothing',
    outcome: 'tracked',
    note: 'The record is finished.',
    expect: { kind: 'exactly', times: (n) => n % 2 },
    flow: (tab) => [tab.code('a', 'return msg.payload.n % 2 === 1 ? msg : null;', tab.end)],
  },
  {
    name: 'functionAwait',
    nodes: 'function that awaits',
    outcome: 'tracked',
    note: '',
    expect: ONCE,
    flow: (tab) => [tab.code('a', 'await new Promise((d) => setTimeout(d, 3)); return msg;', tab.end)],
  },
  {
    name: 'functionLater',
    nodes: 'function that sends later and calls node.done()',
    outcome: 'tracked',
    note: '',
    expect: ONCE,
    flow: (tab) => [tab.code('a', 'setTimeout(() => { node.send(msg); node.done(); }, 3);', tab.end)],
  },
  {
    name: 'functionLate',
    nodes: 'function that sends later and does not call node.done()',
    outcome: 'not trackable',
    note: 'Node-RED takes it as done when its code returns: what it sends afterwards is lost if Node-RED dies in between. Warned of on deploy. Call `node.done()` after the last `node.send()`, or use `await`.',
    expect: { kind: 'at most once' },
    warns: /functionLate-a .*sends later/u,
    flow: (tab) => [tab.code('a', 'setTimeout(() => node.send(msg), 20);', tab.end)],
  },
  {
    name: 'functionNever',
    nodes: 'function that never calls the node.done() it promises',
    outcome: 'not trackable',
    note: 'The record is never finished, and nothing behind it either; the source stops reading when `maxInFlight` is reached. The log names the node after a minute.',
    expect: { kind: 'unfinished', node: 'functionNever-a' },
    flow: (tab) => [tab.code('a', 'node.send(msg); if (msg.never) node.done();', tab.end)],
  },
  {
    name: 'functionThrows',
    nodes: 'function that throws',
    outcome: 'tracked',
    note: 'Tried again, then a dead letter.',
    expect: DEAD_SEVENTH,
    flow: (tab) => [tab.code('a', THROW, tab.end)],
  },
  {
    name: 'functionOnce',
    nodes: 'function that throws, but not again',
    outcome: 'tracked',
    note: 'What went through before the error in the failed attempt does not count.',
    expect: ONCE,
    flow: (tab) => [
      tab.code(
        'a',
        `const { id, n } = msg.payload;
        node.send({ payload: msg.payload });
        if (n % 7 === 0 && !context.get(id)) { context.set(id, true); throw new Error('the first time'); }`,
        tab.end,
      ),
    ],
  },
  {
    name: 'functionError',
    nodes: 'function that calls node.error(text, msg)',
    outcome: 'tracked',
    note: 'An error for the record, as one that is thrown: unless a catch node takes it up, tried again, then a dead letter.',
    expect: DEAD_SEVENTH,
    flow: (tab) => [
      tab.code('a', 'if (msg.payload.n % 7 === 0) { node.error("every seventh", msg); return; } return msg;', tab.end),
    ],
  },
  {
    name: 'thrower',
    nodes: 'node of a module whose handler throws',
    outcome: 'tracked',
    note: 'As if it had called `done(error)`.',
    expect: DEAD_SEVENTH,
    flow: (tab) => [tab.node('a', 'thrower', {}, tab.end)],
  },
  {
    name: 'throwerCaught',
    nodes: 'the same, with a catch node',
    outcome: 'tracked',
    note: 'Finished with the branch behind the catch node.',
    expect: ONCE,
    flow: (tab) => [tab.node('a', 'thrower', {}, tab.end), tab.node('b', 'catch', { scope: tab.to('a') }, tab.end)],
  },
  {
    name: 'oldThrower',
    nodes: 'node of the old kind (no `done`) whose handler throws',
    outcome: 'tracked',
    note: 'As if it had called `done(error)`.',
    expect: DEAD_SEVENTH,
    flow: (tab) => [tab.node('a', 'old-thrower', {}, tab.end)],
  },
];
