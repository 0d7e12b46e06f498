import { join } from 'node:path';
import { ONCE, type TrackingCase } from './case';

/** Nodes that reach out of the flow: what they do there may be done again after a crash, the record is counted once. */
export const OUTSIDE: readonly TrackingCase[] = [
  {
    name: 'exec',
    nodes: 'exec',
    outcome: 'tracked',
    note: 'The command may be run again after a crash.',
    expect: ONCE,
    maxInFlight: 3,
    flow: (tab) => [
      tab.node(
        'a',
        'exec',
        { command: 'echo', addpay: 'payload.id', append: '', useSpawn: 'false', timer: '', oldrc: false },
        tab.to('b'),
        [],
        [],
      ),
      tab.code('b', 'return { payload: { id: msg.payload.trim() } };', tab.end),
    ],
  },
  {
    name: 'request',
    nodes: 'http request',
    outcome: 'tracked',
    note: 'The request may be made again after a crash. A server that cannot be reached is an error for the record: tried again.',
    expect: ONCE,
    maxInFlight: 20,
    flow: (tab) => [
      tab.node('a', 'http request', { method: 'POST', ret: 'obj', paytoqs: 'ignore', url: tab.server }, tab.end),
    ],
  },
  {
    name: 'file',
    nodes: 'write file',
    outcome: 'tracked',
    note: 'Lines may be appended again after a crash; for a file without repeats use hdfs sink.',
    expect: ONCE,
    flow: (tab) => [
      tab.node(
        'a',
        'file',
        {
          filename: join(tab.folder, 'written.txt'),
          filenameType: 'str',
          appendNewline: true,
          createDir: true,
          overwriteFile: 'false',
          encoding: 'none',
        },
        tab.end,
      ),
    ],
  },
  {
    name: 'fileIn',
    nodes: 'read file, as a whole',
    outcome: 'tracked',
    note: '',
    expect: ONCE,
    flow: (tab) => [
      tab.node(
        'a',
        'file in',
        { filename: join(tab.folder, 'lines.txt'), filenameType: 'str', format: 'utf8', allProps: false },
        tab.to('b'),
      ),
      tab.code('b', 'msg.payload = { id: msg.key }; return msg;', tab.end),
    ],
  },
  {
    name: 'lines',
    nodes: 'read file, line by line',
    outcome: 'tracked',
    note: 'Its new messages are known by `msg.parts.id`.',
    expect: { kind: 'exactly', times: () => 2 },
    maxInFlight: 20,
    flow: (tab) => [
      tab.node('z', 'change', { rules: [{ t: 'set', p: 'topic', pt: 'msg', to: 'key', tot: 'msg' }] }, tab.to('a')),
      tab.node(
        'a',
        'file in',
        { filename: join(tab.folder, 'lines.txt'), filenameType: 'str', format: 'lines', allProps: false },
        tab.to('b'),
      ),
      tab.code('b', 'msg.payload = { id: msg.topic }; return msg;', tab.end),
    ],
  },
  {
    name: 'debug',
    nodes: 'debug',
    outcome: 'tracked',
    note: '',
    expect: ONCE,
    flow: (tab) => [
      tab.node('z', 'change', { rules: [] }, [...tab.end, tab.id('a')]),
      tab.node('a', 'debug', { active: true, tosidebar: true, console: false, complete: 'true', targetType: 'full' }),
    ],
  },
];
