import { type Chapter, MINUTE, SECOND, sliding } from './case';

export const GRID: readonly Chapter[] = [
  {
    title: 'Windows that follow each other',
    cases: [
      {
        name: 'a record at the beginning of a window belongs to it',
        steps: [{ send: ['a 1:00', '- 9:00'], gives: ['1:00..2:00 a:1'] }],
      },
      {
        name: 'a record a millisecond before the end belongs to the window',
        steps: [{ send: ['a 0:59.999', '- 9:00'], gives: ['0:00..1:00 a:1'] }],
      },
      {
        name: 'a record exactly at the end belongs to the next window',
        steps: [{ send: ['a 0:00', 'b 1:00', '- 9:00'], gives: ['0:00..1:00 a:1', '1:00..2:00 b:1'] }],
      },
      {
        name: 'windows lie on a grid that begins in 1970, wherever the first record lies',
        settings: sliding(7 * MINUTE, 7 * MINUTE),
        // 2020-01-01 is minute 26,297,280 since 1970, 2 more than a multiple of 7.
        steps: [{ send: ['a 0:00', '- 30:00'], gives: ['-2:00..5:00 a:1'] }],
      },
      {
        name: 'a window without records has no result',
        steps: [{ send: ['a 0:30', 'b 5:30', '- 9:00'], gives: ['0:00..1:00 a:1', '5:00..6:00 b:1'] }],
      },
      {
        name: 'results come in the order of their ends, whatever the order of the records',
        steps: [
          {
            send: ['c 2:30', 'a 0:30', 'b 1:30', '- 9:00'],
            gives: ['0:00..1:00 a:1', '1:00..2:00 b:1', '2:00..3:00 c:1'],
          },
        ],
      },
      {
        name: 'records of several messages make one result',
        steps: [
          { send: ['a 0:10'] },
          { send: ['a 0:20', 'b 0:05'] },
          { send: ['- 1:00'], gives: ['0:00..1:00 a:2 b:1'] },
        ],
      },
      {
        name: 'a message without records changes nothing',
        steps: [{ send: ['a 0:10'] }, { send: [] }, { send: ['- 1:00'], gives: ['0:00..1:00 a:1'] }, { send: [] }],
      },
    ],
  },
  {
    title: 'Windows that overlap',
    cases: [
      {
        name: 'a record counts in each window that covers it',
        settings: sliding(3 * MINUTE, MINUTE),
        steps: [{ send: ['a 0:30', '- 9:00'], gives: ['-2:00..1:00 a:1', '-1:00..2:00 a:1', '0:00..3:00 a:1'] }],
      },
      {
        name: 'a record at the beginning of a window is not in the one that ends there',
        settings: sliding(2 * MINUTE, MINUTE),
        steps: [{ send: ['a 1:00', '- 9:00'], gives: ['0:00..2:00 a:1', '1:00..3:00 a:1'] }],
      },
      {
        name: 'the size need not be a multiple of the slide: a record counts in two windows or in one',
        // 2020-01-01 is a multiple of 2 minutes; windows of 3 minutes begin at every other minute.
        settings: sliding(3 * MINUTE, 2 * MINUTE),
        steps: [
          {
            send: ['a 0:30', 'b 1:30', '- 9:00'],
            gives: ['-2:00..1:00 a:1', '0:00..3:00 a:1 b:1'],
          },
        ],
      },
      {
        name: 'with size no multiple of slide, a record exactly at an end is not in the window that ends',
        settings: sliding(3 * MINUTE, 2 * MINUTE),
        steps: [
          {
            send: ['a 1:00', 'b 3:00', '- 9:00'],
            gives: ['0:00..3:00 a:1', '2:00..5:00 b:1'],
          },
        ],
      },
      {
        name: 'windows close one by one as the watermark reaches their ends',
        settings: sliding(2 * MINUTE, MINUTE),
        steps: [
          { send: ['a 0:30'] },
          { send: ['a 1:30'], gives: ['-1:00..1:00 a:1'] },
          { send: ['a 2:30'], gives: ['0:00..2:00 a:2'] },
          { send: ['- 9:00'], gives: ['1:00..3:00 a:2', '2:00..4:00 a:1'] },
        ],
      },
      {
        name: 'the windows of a short slide are exact to the slide',
        settings: sliding(MINUTE, 20 * SECOND),
        steps: [
          {
            send: ['a 0:19.999', 'b 0:20', '- 9:00'],
            gives: ['-0:40..0:20 a:1', '-0:20..0:40 a:1 b:1', '0:00..1:00 a:1 b:1', '0:20..1:20 b:1'],
          },
        ],
      },
    ],
  },
];
