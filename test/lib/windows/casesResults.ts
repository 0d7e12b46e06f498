import { type Chapter, MINUTE, SECOND, days, sessions, sliding } from './case';

const FIRST = '2020-01-01T00:00:00.000Z';
const SECOND_MINUTE = '2020-01-01T00:01:00.000Z';
/** What trends say of a window that has `a` four times, as the only window before it. */
const FOUR_AS_BEFORE = {
  trending: [],
  counts: [
    {
      ...{ key: 'a', count: 4, rank: 1, share: 1, previous: 4, change: 0 },
      ...{ expected: 4, deviation: 2, trend: 0 },
    },
  ],
};

export const RESULTS: readonly Chapter[] = [
  {
    title: 'What is counted',
    cases: [
      {
        name: 'each element of an array counts, as often as it is there',
        steps: [{ send: ['a,b,a 0:10', 'b 0:20', '- 9:00'], gives: ['0:00..1:00 a:2 b:2'] }],
      },
      {
        name: 'lines are sorted by count, then by key as its UTF-16 code units compare',
        steps: [{ send: ['b,é,Z,a,c,c,10,9 0:10', '- 9:00'], gives: ['0:00..1:00 c:2 10:1 9:1 Z:1 a:1 b:1 é:1'] }],
      },
      {
        name: 'among lines of equal counts, top keeps the first by key',
        settings: { top: 2 },
        steps: [{ send: ['b,c,a,c,d 0:10', '- 9:00'], gives: ['0:00..1:00 c:2 a:1'] }],
      },
      {
        name: 'the total counts all keys, also those that top leaves out',
        settings: { top: 1 },
        steps: [{ send: ['b,c,c 0:10', '- 9:00'], gives: [{ total: 3, counts: [{ key: 'c', count: 2 }] }] }],
      },
      {
        name: 'numbers and flags are keys as they are written',
        steps: [
          {
            send: [{ k: 7, t: FIRST }, { k: '7', t: FIRST }, { k: true, t: FIRST }, '- 9:00'],
            gives: ['0:00..1:00 7:2 true:1'],
          },
        ],
      },
      {
        name: 'names of Object.prototype count like any other key',
        steps: [
          {
            send: ['__proto__,constructor,toString,__proto__ 0:10', '- 9:00'],
            gives: ['0:00..1:00 __proto__:2 constructor:1 toString:1'],
          },
        ],
      },
      {
        name: 'without a key, all records count under *',
        settings: { keys: [] },
        steps: [{ send: ['a 0:10', 'b,c 0:20', '- 1:00'], gives: ['0:00..1:00 *:2'] }],
      },
      {
        name: 'a key may lie deeper in the record',
        settings: { keys: ['author.name'] },
        steps: [
          {
            send: [
              { author: { name: 'ann' }, t: FIRST },
              { author: { name: [] }, t: SECOND_MINUTE },
            ],
            gives: ['0:00..1:00 ann:1'],
          },
        ],
      },
      {
        name: 'a record without a key is rejected, and the others count',
        steps: [
          {
            send: [{ t: FIRST }, { k: { a: 1 }, t: FIRST }, ['no record'], 'a 0:10', '- 9:00'],
            gives: ['0:00..1:00 a:1'],
            rejects: [/no key in "k": nothing/u, /no key in "k": an object/u, /must be an object/u],
          },
        ],
      },
      {
        name: 'a value adds its sum, mean, least and greatest to each key',
        settings: { value: 'v' },
        steps: [
          {
            send: ['a 0:10 1', 'a 0:20 -4', 'b 0:20 2.5', '- 9:00 0'],
            gives: [
              {
                counts: [
                  { key: 'a', count: 2, sum: -3, mean: -1.5, min: -4, max: 1 },
                  { key: 'b', count: 1, sum: 2.5, mean: 2.5, min: 2.5, max: 2.5 },
                ],
              },
            ],
          },
        ],
      },
      {
        name: 'a record without a number as value is rejected, and the others count',
        settings: { value: 'v' },
        steps: [
          {
            send: ['a 0:10', { k: 'a', t: FIRST, v: 'much' }, { k: 'a', t: FIRST, v: null }, 'a 0:10 5', '- 9:00 0'],
            gives: [{ total: 1, counts: [{ key: 'a', count: 1, sum: 5, mean: 5, min: 5, max: 5 }] }],
            rejects: [/no number in "v": nothing/u, /no number in "v": "much"/u, /no number in "v": null/u],
          },
        ],
      },
      {
        name: 'the values of a sliding window are those of all its records',
        settings: { ...sliding(2 * MINUTE, MINUTE), value: 'v' },
        steps: [
          {
            send: ['a 0:10 5', 'a 1:10 -1', '- 2:00 0'],
            gives: [
              {
                window: { start: '2019-12-31T23:59:00.000Z', end: SECOND_MINUTE },
                counts: [{ key: 'a', count: 1, sum: 5, mean: 5, min: 5, max: 5 }],
              },
              { counts: [{ key: 'a', count: 2, sum: 4, mean: 2, min: -1, max: 5 }] },
            ],
          },
        ],
      },
      {
        name: 'the id of a result is the node’s with the window’s beginning and end',
        steps: [{ send: ['a 0:10', '- 1:00'], gives: [{ id: `w:${FIRST}/${SECOND_MINUTE}`, final: true }] }],
      },
    ],
  },
  {
    title: 'Several keys',
    cases: [
      {
        name: 'each combination counts by itself, and names its parts',
        settings: { keys: ['k', 'author.lang'] },
        steps: [
          {
            send: [
              { k: 'a', author: { lang: 'en' }, t: FIRST },
              { k: 'a', author: { lang: 'de' }, t: FIRST },
              { k: 'a', author: { lang: 'en' }, t: FIRST },
              { k: 'b', author: { lang: 'en' }, t: SECOND_MINUTE },
            ],
            gives: [
              {
                total: 3,
                counts: [
                  { key: 'a | en', keys: { k: 'a', 'author.lang': 'en' }, count: 2 },
                  { key: 'a | de', keys: { k: 'a', 'author.lang': 'de' }, count: 1 },
                ],
              },
            ],
          },
        ],
      },
      {
        name: 'arrays make every combination of their elements',
        settings: { keys: ['k', 'lang'] },
        steps: [
          {
            send: [
              { k: ['a', 'b'], lang: ['x', 'y'], t: FIRST },
              { k: ['a', 'b'], lang: 'x', t: FIRST },
              { k: [], lang: 'x', t: SECOND_MINUTE },
            ],
            gives: ['0:00..1:00 a | x:2 b | x:2 a | y:1 b | y:1'],
          },
        ],
      },
      {
        name: 'an empty array in one of the keys makes no combination',
        settings: { keys: ['k', 'lang'] },
        steps: [
          {
            send: [
              { k: 'a', lang: [], t: FIRST },
              { k: 'a', lang: 'x', t: FIRST },
              { k: [], lang: [], t: SECOND_MINUTE },
            ],
            gives: ['0:00..1:00 a | x:1'],
          },
        ],
      },
      {
        name: 'combinations that read alike but differ in their parts are counted apart',
        settings: { keys: ['k', 'lang'] },
        steps: [
          {
            send: [
              { k: 'a | b', lang: 'c', t: FIRST },
              { k: 'a', lang: 'b | c', t: FIRST },
              { k: 'a', lang: 'b | c', t: FIRST },
              { k: [], lang: [], t: SECOND_MINUTE },
            ],
            gives: [
              {
                counts: [
                  { key: 'a | b | c', keys: { k: 'a', lang: 'b | c' }, count: 2 },
                  { key: 'a | b | c', keys: { k: 'a | b', lang: 'c' }, count: 1 },
                ],
              },
            ],
          },
        ],
      },
      {
        name: 'a record that lacks one of the keys is rejected',
        settings: { keys: ['k', 'lang'] },
        steps: [{ send: ['a 0:10'], rejects: [/no key in "lang"/u] }],
      },
    ],
  },
  {
    title: 'Distinct values',
    cases: [
      {
        name: 'the different values of a field are counted for each key and for the window',
        settings: { distinct: 'user' },
        steps: [
          {
            send: [
              { k: ['a', 'b'], user: 'ann', t: FIRST },
              { k: 'a', user: 'ann', t: FIRST },
              { k: 'a', user: 'bob', t: FIRST },
              { k: [], user: 'eve', t: SECOND_MINUTE },
            ],
            gives: [
              {
                total: 4,
                counts: [
                  { key: 'a', count: 3, distinct: 2 },
                  { key: 'b', count: 1, distinct: 1 },
                ],
                distinct: 2,
                distinctError: 0.01625,
              },
            ],
          },
        ],
      },
      {
        name: 'a record without a value to tell apart counts, and adds none',
        settings: { distinct: 'user' },
        steps: [
          {
            send: [{ k: 'a', t: FIRST }, { k: 'a', user: null, t: FIRST }, { k: 'a', user: 'ann', t: FIRST }, '- 9:00'],
            gives: [{ total: 3, distinct: 1, counts: [{ key: 'a', count: 3, distinct: 1 }] }],
          },
        ],
      },
      {
        name: 'a value that comes in several panes of a sliding window is one value',
        settings: { ...sliding(2 * MINUTE, MINUTE), distinct: 'user' },
        steps: [
          {
            send: [
              { k: 'a', user: 'ann', t: FIRST },
              { k: 'a', user: 'ann', t: SECOND_MINUTE },
              { k: 'a', user: 'bob', t: SECOND_MINUTE },
              { k: [], user: 'eve', t: '2020-01-01T00:02:00Z' },
            ],
            gives: [
              { distinct: 1, counts: [{ key: 'a', count: 1, distinct: 1 }] },
              { distinct: 2, counts: [{ key: 'a', count: 3, distinct: 2 }] },
            ],
          },
        ],
      },
      {
        name: 'merged sessions join their values',
        settings: { ...sessions(10 * SECOND), delay: MINUTE, distinct: 'v' },
        steps: [
          { send: ['a 0:00 1', 'a 0:14 1'] },
          { send: ['a 0:07 2', '- 9:00 9'], gives: [{ distinct: 2, counts: [{ key: 'a', count: 3, distinct: 2 }] }] },
        ],
      },
    ],
  },
  {
    title: 'A bound on the keys',
    cases: [
      {
        name: 'as long as the keys fit, counts are exact and their error is 0',
        settings: { maxKeys: 3 },
        steps: [
          {
            send: ['a,b,c,a 0:10', '- 9:00'],
            gives: [
              {
                total: 4,
                errorBound: 0,
                counts: [
                  { key: 'a', count: 2, error: 0 },
                  { key: 'b', count: 1, error: 0 },
                  { key: 'c', count: 1, error: 0 },
                ],
              },
            ],
          },
        ],
      },
      {
        name: 'a key that does not fit takes the place of the least, with its count as error',
        settings: { maxKeys: 2 },
        steps: [
          { send: ['a,a,a,b 0:10'] },
          {
            send: ['c 0:20', '- 9:00'],
            gives: [
              {
                total: 5,
                errorBound: 1,
                counts: [
                  { key: 'a', count: 3, error: 0 },
                  { key: 'c', count: 2, error: 1 },
                ],
              },
            ],
          },
        ],
      },
      {
        name: 'the bound holds in each window apart',
        settings: { maxKeys: 1 },
        steps: [
          {
            send: ['a 0:10', 'b 1:10', '- 9:00'],
            gives: [
              { errorBound: 0, counts: [{ key: 'a', count: 1, error: 0 }] },
              { errorBound: 0, counts: [{ key: 'b', count: 1, error: 0 }] },
            ],
          },
        ],
      },
    ],
  },
  {
    title: 'Ranks',
    cases: [
      {
        name: 'a line has its rank, its share of the total, and the change since the window before',
        settings: { details: 'ranks' },
        steps: [
          {
            send: ['a,a,b 0:10', 'b,b,b,c 1:10', '- 2:00'],
            gives: [
              {
                counts: [
                  { key: 'a', count: 2, rank: 1, share: 2 / 3, previous: 0, change: 2 },
                  { key: 'b', count: 1, rank: 2, share: 1 / 3, previous: 0, change: 1 },
                ],
              },
              {
                counts: [
                  { key: 'b', count: 3, rank: 1, share: 0.75, previous: 1, change: 2 },
                  { key: 'c', count: 1, rank: 2, share: 0.25, previous: 0, change: 1 },
                ],
              },
            ],
          },
        ],
      },
      {
        name: 'the window before is that of one slide earlier, and knows keys that its top left out',
        settings: { ...sliding(2 * MINUTE, MINUTE), details: 'ranks', top: 1 },
        steps: [
          {
            send: ['b,b,a 0:10', 'a,a 1:10', '- 2:00'],
            gives: [
              { total: 3, counts: [{ key: 'b', count: 2, rank: 1, share: 2 / 3, previous: 0, change: 2 }] },
              { total: 5, counts: [{ key: 'a', count: 3, rank: 1, share: 0.6, previous: 1, change: 2 }] },
            ],
          },
        ],
      },
      {
        name: 'the count of the window before is the one that its result has, without the records that it missed',
        settings: { ...sliding(2 * MINUTE, MINUTE), details: 'ranks' },
        steps: [
          { send: ['a 0:10', 'a 1:10'], gives: ['-1:00..1:00 a:1'] },
          { send: ['a 0:20'], late: ['a 0:20 missed -1:00..1:00'] },
          {
            send: ['- 2:00'],
            gives: [{ counts: [{ key: 'a', count: 3, rank: 1, share: 1, previous: 1, change: 2 }] }],
          },
        ],
      },
      {
        name: 'a window of which nothing came is a window before of nothing',
        settings: { details: 'ranks' },
        steps: [
          {
            send: ['a 0:10', 'a 2:10', '- 3:00'],
            gives: ['0:00..1:00 a:1', { counts: [{ key: 'a', count: 1, rank: 1, share: 1, previous: 0, change: 1 }] }],
          },
        ],
      },
      {
        name: 'the day before is the calendar day before, however long',
        settings: { ...days('Europe/Berlin'), details: 'ranks' },
        steps: [
          {
            send: ['a 2024-03-30T23:00Z', 'a 2024-03-31T22:00Z', 'a 2024-04-01T21:00Z', '- 2024-04-01T22:00Z'],
            gives: [
              { counts: [{ key: 'a', count: 1, rank: 1, share: 1, previous: 0, change: 1 }] },
              { counts: [{ key: 'a', count: 2, rank: 1, share: 1, previous: 1, change: 1 }] },
            ],
          },
        ],
      },
      {
        name: 'the window before is known after a crash',
        settings: { details: 'ranks' },
        steps: [
          { send: ['a,a 0:10', 'a 1:10'], gives: ['0:00..1:00 a:2'] },
          { crash: true },
          {
            send: ['- 2:00'],
            gives: [{ counts: [{ key: 'a', count: 1, rank: 1, share: 1, previous: 2, change: -1 }] }],
          },
        ],
      },
    ],
  },
  {
    title: 'Trends',
    cases: [
      {
        name: 'what is expected is the weighted mean of the windows before; a key far above it is trending',
        // alpha = 2 / (3 + 1). In the third window a is 12 instead of 4 +- 2; b is new.
        settings: { details: 'trends', history: 3 },
        steps: [
          { send: ['a,a,a,a 0:10', 'a,a,a,a 1:10', '- 1:10'], gives: ['0:00..1:00 a:4'] },
          {
            send: ['- 2:00'],
            gives: [FOUR_AS_BEFORE],
          },
          {
            send: ['a,a,a,a,a,a,a,a,a,a,a,a,b,b 2:10', '- 3:00'],
            gives: [
              {
                trending: [{ key: 'a', count: 12, expected: 4, trend: 4 }],
                counts: [
                  {
                    ...{ key: 'a', count: 12, rank: 1, share: 12 / 14, previous: 4, change: 8 },
                    ...{ expected: 4, deviation: 2, trend: 4 },
                  },
                  {
                    ...{ key: 'b', count: 2, rank: 2, share: 2 / 14, previous: 0, change: 2 },
                    ...{ expected: 0, deviation: 1, trend: 2 },
                  },
                ],
              },
            ],
          },
          {
            send: ['a,a,a,a,a,a,a,a,b,b,b,b 3:10', '- 4:00'],
            gives: [
              {
                trending: [{ key: 'b', count: 4, expected: 1, trend: 3 }],
                counts: [
                  {
                    ...{ key: 'a', count: 8, rank: 1, share: 8 / 12, previous: 12, change: -4 },
                    ...{ expected: 8, deviation: 4, trend: 0 },
                  },
                  {
                    ...{ key: 'b', count: 4, rank: 2, share: 4 / 12, previous: 2, change: 2 },
                    ...{ expected: 1, deviation: 1, trend: 3 },
                  },
                ],
              },
            ],
          },
        ],
      },
      {
        name: 'a key that is absent from a window counts as 0 there',
        settings: { details: 'trends', history: 3 },
        steps: [
          {
            send: ['a,a,a,a,b 0:10', 'b 1:10', 'a,b 2:10', '- 3:00'],
            gives: [
              '0:00..1:00 a:4 b:1',
              '1:00..2:00 b:1',
              {
                counts: [
                  {
                    ...{ key: 'a', count: 1, rank: 1, share: 0.5, previous: 0, change: 1 },
                    ...{ expected: 2, deviation: 2, trend: -0.5 },
                  },
                  {
                    ...{ key: 'b', count: 1, rank: 2, share: 0.5, previous: 1, change: 0 },
                    ...{ expected: 1, deviation: 1, trend: 0 },
                  },
                ],
              },
            ],
          },
        ],
      },
      {
        name: 'what was learnt outlasts a crash',
        settings: { details: 'trends', history: 3 },
        steps: [
          { send: ['a,a,a,a 0:10', '- 1:00'], gives: ['0:00..1:00 a:4'] },
          { crash: true },
          {
            send: ['a,a,a,a 1:10', '- 2:00'],
            gives: [FOUR_AS_BEFORE],
          },
        ],
      },
      {
        name: 'an update is compared with the closed windows only',
        settings: { details: 'trends', history: 3, emit: 'update' },
        steps: [
          { send: ['a,a,a,a 0:10', 'a 1:10'], gives: ['0:00..1:00 a:4'] },
          {
            command: { command: 'update' },
            gives: [
              {
                final: false,
                counts: [
                  {
                    ...{ key: 'a', count: 1, rank: 1, share: 1, previous: 4, change: -3 },
                    ...{ expected: 4, deviation: 2, trend: -1.5 },
                  },
                ],
              },
            ],
          },
        ],
      },
    ],
  },
  {
    title: 'Rows',
    cases: [
      {
        name: 'a result as rows is one flat record for each line',
        settings: { output: 'rows', details: 'ranks' },
        steps: [
          {
            send: ['a,a,b 0:10', '- 1:00'],
            gives: [
              [
                {
                  ...{ id: `w:${FIRST}/${SECOND_MINUTE}:a`, window_id: `w:${FIRST}/${SECOND_MINUTE}` },
                  ...{ window_start: FIRST, window_end: SECOND_MINUTE, final: true, total: 3 },
                  ...{ key: 'a', count: 2, rank: 1, share: 2 / 3, previous: 0, change: 2 },
                },
                {
                  ...{ id: `w:${FIRST}/${SECOND_MINUTE}:b`, window_id: `w:${FIRST}/${SECOND_MINUTE}` },
                  ...{ window_start: FIRST, window_end: SECOND_MINUTE, final: true, total: 3 },
                  ...{ key: 'b', count: 1, rank: 2, share: 1 / 3, previous: 0, change: 1 },
                },
              ],
            ],
          },
        ],
      },
      {
        name: 'in rows, the parts of several keys are fields named by their paths, without dots',
        settings: { output: 'rows', keys: ['k', 'author.lang'] },
        steps: [
          {
            send: [
              { k: 'a', author: { lang: 'en' }, t: FIRST },
              { k: [], author: { lang: [] }, t: SECOND_MINUTE },
            ],
            gives: [
              [
                {
                  ...{ id: `w:${FIRST}/${SECOND_MINUTE}:a | en`, window_id: `w:${FIRST}/${SECOND_MINUTE}` },
                  ...{ window_start: FIRST, window_end: SECOND_MINUTE, final: true, total: 1 },
                  ...{ key: 'a | en', k: 'a', author_lang: 'en', count: 1 },
                },
              ],
            ],
          },
        ],
      },
    ],
  },
];
