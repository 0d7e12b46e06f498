import { sessionWindows, windowGrid } from '../../../lib/windows/shape';
import { type Chapter, MINUTE, SECOND, sliding } from './case';

const UPDATE = { command: { command: 'update' } } as const;
const FLUSH = { command: { command: 'flush' } } as const;
const RESET = { command: { command: 'reset' } } as const;

export const LIFE: readonly Chapter[] = [
  {
    title: 'Updates',
    cases: [
      {
        name: 'an update sends the windows that have changed, with all their keys, and marks them as not final',
        settings: { emit: 'update', delay: 9 * MINUTE },
        steps: [
          { send: ['a 0:10', 'b 1:10'] },
          { ...UPDATE, gives: ['~0:00..1:00 a:1', '~1:00..2:00 b:1'] },
          { send: ['c 1:20'] },
          { ...UPDATE, gives: ['~1:00..2:00 b:1 c:1'] },
        ],
      },
      {
        name: 'an update without changes sends nothing',
        settings: { emit: 'update' },
        steps: [{ ...UPDATE }, { send: ['a 0:10'] }, { ...UPDATE, gives: ['~0:00..1:00 a:1'] }, { ...UPDATE }],
      },
      {
        name: 'the final result of a window comes although its last update said the same',
        settings: { emit: 'update' },
        steps: [
          { send: ['a 0:10'] },
          { ...UPDATE, gives: ['~0:00..1:00 a:1'] },
          { send: ['- 1:00'], gives: ['0:00..1:00 a:1'] },
          { ...UPDATE },
        ],
      },
      {
        name: 'updates come when the timer strikes',
        settings: { emit: 'update' },
        steps: [{ send: ['a 0:10'] }, { wait: SECOND, gives: ['~0:00..1:00 a:1'] }, { wait: SECOND }],
      },
      {
        name: 'a late record changes no window, and so makes no update',
        settings: { emit: 'update' },
        steps: [
          { send: ['a 2:10'] },
          { ...UPDATE, gives: ['~2:00..3:00 a:1'] },
          { send: ['a 0:10'], late: ['a 0:10 missed 0:00..1:00'] },
          { ...UPDATE },
        ],
      },
      {
        name: 'overlapping windows are updated in the order of their ends',
        settings: { ...sliding(2 * MINUTE, MINUTE), emit: 'update' },
        steps: [{ send: ['a 0:10'] }, { ...UPDATE, gives: ['~-1:00..1:00 a:1', '~0:00..2:00 a:1'] }],
      },
    ],
  },
  {
    title: 'Flush, reset and other windows',
    cases: [
      {
        name: 'flush closes all open windows, and what comes for them later is late',
        settings: sliding(2 * MINUTE, MINUTE),
        steps: [
          { send: ['a 0:30'] },
          { ...FLUSH, gives: ['-1:00..1:00 a:1', '0:00..2:00 a:1'] },
          { send: ['b 0:40'], late: ['b 0:40 missed -1:00..1:00 0:00..2:00'] },
        ],
      },
      {
        name: 'after a flush, windows that were not open yet count as ever',
        steps: [
          { send: ['a 0:30'] },
          { ...FLUSH, gives: ['0:00..1:00 a:1'] },
          { send: ['b 1:00'] },
          { send: ['- 2:00'], gives: ['1:00..2:00 b:1'] },
        ],
      },
      {
        name: 'a flush without open windows does nothing',
        steps: [{ ...FLUSH }, { send: ['a 0:30'] }, { ...FLUSH, gives: ['0:00..1:00 a:1'] }],
      },
      {
        name: 'reset forgets all windows and the time',
        steps: [
          { send: ['a 7:30'] },
          { ...RESET },
          { send: ['a 0:30'] },
          { send: ['- 9:00'], gives: ['0:00..1:00 a:1'] },
        ],
      },
      {
        name: 'reset forgets what the partitions had reached',
        settings: { mode: 'partition', idle: MINUTE },
        steps: [
          { open: ['p', 'q'] },
          { lane: 'p', send: ['a 7:30'] },
          { ...RESET },
          { lane: 'q', send: ['a 0:30', 'a 1:30'] },
          { lane: 'p', send: ['- 1:00'], gives: ['0:00..1:00 a:1'] },
        ],
      },
      {
        name: 'reset forgets the trends and the window before',
        settings: { details: 'trends' },
        steps: [
          { send: ['a,a 0:10', '- 1:00'], gives: ['0:00..1:00 a:2'] },
          { ...RESET },
          {
            send: ['a 1:10', '- 2:00'],
            gives: [
              {
                counts: [
                  {
                    ...{ key: 'a', count: 1, rank: 1, share: 1, previous: 0, change: 1 },
                    ...{ expected: 0, deviation: 1, trend: 1 },
                  },
                ],
              },
            ],
          },
        ],
      },
      {
        name: 'another size holds from then on; windows already open close as they are',
        steps: [
          { send: ['a 0:30'] },
          { command: { command: 'shape', shape: windowGrid(5 * MINUTE, 5 * MINUTE) } },
          { send: ['a 0:40'] },
          { send: ['- 9:00'], gives: ['0:00..1:00 a:1', '0:00..5:00 a:1'] },
        ],
      },
      {
        name: 'a window that the new shape has too goes on counting',
        settings: sliding(2 * MINUTE, MINUTE),
        steps: [
          { send: ['a 0:30'] },
          { command: { command: 'shape', shape: windowGrid(2 * MINUTE, 2 * MINUTE) } },
          { send: ['b 0:40'] },
          { send: ['- 9:00'], gives: ['-1:00..1:00 a:1', '0:00..2:00 a:1 b:1'] },
        ],
      },
      {
        name: 'another shape outlasts a crash as far as its open windows go',
        steps: [
          { send: ['a 0:30'] },
          { command: { command: 'shape', shape: windowGrid(5 * MINUTE, 5 * MINUTE) } },
          { send: ['a 0:40'] },
          { crash: true },
          { send: ['- 9:00'], gives: ['0:00..1:00 a:1', '0:00..5:00 a:1'] },
        ],
      },
      {
        name: 'reset keeps another shape, over a crash too',
        steps: [
          { command: { command: 'shape', shape: windowGrid(5 * MINUTE, 5 * MINUTE) } },
          { send: ['a 0:40'] },
          { ...RESET },
          { crash: true },
          { send: ['b 0:40', '- 9:00'], gives: ['0:00..5:00 b:1'] },
        ],
      },
      {
        name: 'a session that lies exactly as a window of a grid is one result with it',
        steps: [
          { send: ['a 0:30'] },
          { command: { command: 'shape', shape: sessionWindows(MINUTE) } },
          { send: ['a,b 0:00'] },
          { send: ['- 9:00'], gives: ['0:00..1:00 a:2 b:1'] },
        ],
      },
      {
        name: 'sessions of two gaps that come to lie alike are one result',
        settings: { shape: sessionWindows(5 * SECOND), delay: MINUTE },
        steps: [
          { send: ['b 0:10'] },
          { command: { command: 'shape', shape: sessionWindows(3 * SECOND) } },
          { send: ['d 0:10', 'd 0:12'] },
          { send: ['- 9:00'], gives: ['0:10..0:15 d:2 b:1'] },
        ],
      },
      {
        name: 'sessions may follow windows of a grid, and a grid sessions',
        steps: [
          { send: ['a 0:30'] },
          { command: { command: 'shape', shape: sessionWindows(10 * SECOND) } },
          { send: ['a 0:35', 'b 0:40'] },
          { command: { command: 'shape', shape: windowGrid(2 * MINUTE, 2 * MINUTE) } },
          { send: ['c 0:45'], gives: ['0:35..0:45 a:1'] },
          { send: ['- 9:00'], gives: ['0:40..0:50 b:1', '0:00..1:00 a:1', '0:00..2:00 c:1'] },
        ],
      },
    ],
  },
  {
    title: 'The one commit',
    cases: [
      {
        name: 'open windows, the watermark and late records after a crash are as without it',
        settings: { value: 'v' },
        steps: [
          { send: ['a 0:10 1', 'b 1:10 2'], gives: ['0:00..1:00 a:1'] },
          { crash: true },
          { send: ['b 0:20 9', 'b 1:20 3'], late: ['b 0:20 9 missed 0:00..1:00'] },
          { crash: true },
          {
            send: ['- 2:00 0'],
            gives: [{ counts: [{ key: 'b', count: 2, sum: 5, mean: 2.5, min: 2, max: 3 }] }],
          },
        ],
      },
      {
        name: 'what several partitions had reached is known after a crash',
        settings: { mode: 'partition', idle: MINUTE },
        steps: [
          { open: ['p', 'q'] },
          { lane: 'p', send: ['a 0:10', 'a 9:00'] },
          { lane: 'q', send: ['b 0:20'] },
          { crash: true },
          { open: ['p', 'q'] },
          { lane: 'q', send: ['b 1:00'], gives: ['0:00..1:00 a:1 b:1'] },
        ],
      },
      {
        name: 'different values stay known after a crash',
        settings: { distinct: 'v' },
        steps: [
          { send: ['a 0:10 1', 'a 0:10 2'] },
          { crash: true },
          {
            send: ['a 0:20 1', 'a 0:20 3', '- 1:00 0'],
            gives: [{ distinct: 3, counts: [{ key: 'a', count: 4, distinct: 3 }] }],
          },
        ],
      },
      {
        name: 'keys that took the place of others stay one line each after a crash',
        settings: { maxKeys: 2 },
        steps: [
          { send: ['e 0:10'] },
          { send: ['c,b,e,d 0:10'] },
          { crash: true },
          {
            send: ['e,e 0:10', '- 1:00'],
            gives: [
              {
                total: 7,
                counts: [
                  { key: 'e', count: 4, error: 1 },
                  { key: 'd', count: 3, error: 2 },
                ],
              },
            ],
          },
        ],
      },
      {
        name: 'bounded counts and their errors stay known after a crash',
        settings: { maxKeys: 2 },
        steps: [
          { send: ['a,a,a,b,b 0:10', 'c 0:20'] },
          { crash: true },
          {
            send: ['c 0:30', '- 1:00'],
            gives: [
              {
                total: 7,
                counts: [
                  { key: 'c', count: 4, error: 2 },
                  { key: 'a', count: 3, error: 0 },
                ],
                errorBound: 2,
              },
            ],
          },
        ],
      },
    ],
  },
];
