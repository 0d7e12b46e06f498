import { type Chapter, MINUTE, SECOND, sessions } from './case';

const GAP = sessions(10 * SECOND);

export const SESSIONS: readonly Chapter[] = [
  {
    title: 'Sessions',
    cases: [
      {
        name: 'a record alone makes a session as long as the gap',
        settings: GAP,
        steps: [{ send: ['a 0:05', '- 9:00'], gives: ['0:05..0:15 a:1'] }],
      },
      {
        name: 'records less than the gap apart are one session, which ends the gap after the last',
        settings: GAP,
        steps: [{ send: ['a 0:00', 'a 0:09.999', 'a 0:15', '- 9:00'], gives: ['0:00..0:25 a:3'] }],
      },
      {
        name: 'records exactly the gap apart are two sessions',
        settings: GAP,
        steps: [{ send: ['a 0:00', 'a 0:10', '- 9:00'], gives: ['0:00..0:10 a:1', '0:10..0:20 a:1'] }],
      },
      {
        name: 'the order in which records come does not matter',
        settings: { ...GAP, delay: MINUTE },
        steps: [{ send: ['a 0:18'] }, { send: ['a 0:00'] }, { send: ['a 0:09', '- 9:00'], gives: ['0:00..0:28 a:3'] }],
      },
      {
        name: 'a record between two sessions bridges them into one',
        settings: { ...GAP, delay: MINUTE },
        steps: [{ send: ['a 0:00', 'a 0:14'] }, { send: ['a 0:07'] }, { send: ['- 9:00'], gives: ['0:00..0:24 a:3'] }],
      },
      {
        name: 'a record exactly the gap from both its neighbours bridges nothing',
        settings: { ...GAP, delay: MINUTE },
        steps: [
          { send: ['a 0:00', 'a 0:20'] },
          { send: ['a 0:10'] },
          { send: ['- 9:00'], gives: ['0:00..0:10 a:1', '0:10..0:20 a:1', '0:20..0:30 a:1'] },
        ],
      },
      {
        name: 'two records at the same instant are one session',
        settings: GAP,
        steps: [{ send: ['a 0:05', 'a 0:05', '- 9:00'], gives: ['0:05..0:15 a:2'] }],
      },
      {
        name: 'each key has sessions of its own',
        settings: GAP,
        steps: [
          {
            send: ['a 0:00', 'b 0:05', 'a 0:08', 'b 0:30', '- 9:00'],
            gives: ['0:05..0:15 b:1', '0:00..0:18 a:2', '0:30..0:40 b:1'],
          },
        ],
      },
      {
        name: 'sessions of several keys with the same beginning and end are one result',
        settings: GAP,
        steps: [
          {
            send: ['b,a 0:00', 'a,b 0:05', 'c 0:00', '- 9:00'],
            gives: ['0:00..0:10 c:1', '0:00..0:15 a:2 b:2'],
          },
        ],
      },
      {
        name: 'results come in the order of their ends, then of their beginnings',
        settings: GAP,
        steps: [
          {
            send: ['b 0:10', 'a 0:03', 'a 0:10', 'c 0:00', '- 9:00'],
            gives: ['0:00..0:10 c:1', '0:03..0:20 a:2', '0:10..0:20 b:1'],
          },
        ],
      },
      {
        name: 'a session whose end the watermark equals is closed',
        settings: GAP,
        steps: [{ send: ['a 0:00'] }, { send: ['- 0:09.999'] }, { send: ['- 0:10'], gives: ['0:00..0:10 a:1'] }],
      },
      {
        name: 'a session is closed before the next message, which begins a new one close by',
        settings: GAP,
        steps: [
          { send: ['a 0:00', '- 0:10'], gives: ['0:00..0:10 a:1'] },
          { send: ['a 0:05'] },
          { send: ['- 0:15'], gives: ['0:05..0:15 a:1'] },
        ],
      },
      {
        name: 'a record is late once the watermark has reached its own time plus the gap',
        settings: GAP,
        steps: [
          { send: ['- 0:20'] },
          { send: ['a 0:10'], late: ['a 0:10 missed 0:10..0:20'] },
          { send: ['a 0:10.001'] },
          { send: ['- 9:00'], gives: ['0:10.001..0:20.001 a:1'] },
        ],
      },
      {
        name: 'a record that is late by its own interval does not join a session that is still open around it',
        settings: GAP,
        steps: [
          { send: ['a 0:00', 'a 0:08', 'a 0:16', 'a 0:24'] },
          { send: ['a 0:12'], late: ['a 0:12 missed 0:12..0:22'] },
          { send: ['- 9:00'], gives: ['0:00..0:34 a:4'] },
        ],
      },
      {
        name: 'a record in time extends an open session to the front',
        settings: { ...GAP, delay: 20 * SECOND },
        steps: [{ send: ['a 0:20'] }, { send: ['a 0:12'] }, { send: ['- 9:00'], gives: ['0:12..0:30 a:2'] }],
      },
      {
        name: 'sessions wait for the slowest partition, too',
        settings: { ...GAP, mode: 'partition' },
        steps: [
          { open: ['p', 'q'] },
          { lane: 'p', send: ['a 0:00', 'a 9:00'] },
          { lane: 'q', send: ['a 0:05'] },
          { lane: 'q', send: ['- 0:20'], gives: ['0:00..0:15 a:2'] },
        ],
      },
      {
        name: 'merged sessions add up their values',
        settings: { ...GAP, delay: MINUTE, value: 'v' },
        steps: [
          { send: ['a 0:00 4', 'a 0:14 -1'] },
          {
            send: ['a 0:07 3', '- 9:00 0'],
            gives: [{ counts: [{ key: 'a', count: 3, sum: 6, mean: 2, min: -1, max: 4 }] }],
          },
        ],
      },
      {
        name: 'each combination of several keys has sessions of its own',
        settings: { ...GAP, keys: ['k', 'lang'] },
        steps: [
          {
            send: [
              { k: 'a', lang: 'en', t: '2020-01-01T00:00:00Z' },
              { k: 'a', lang: 'de', t: '2020-01-01T00:00:05Z' },
              { k: 'a', lang: 'en', t: '2020-01-01T00:00:09Z' },
              { k: 'a', lang: 'de', t: '2020-01-01T00:09:00Z' },
            ],
            gives: ['0:05..0:15 a | de:1', '0:00..0:19 a | en:2'],
          },
        ],
      },
      {
        name: 'flush closes all sessions',
        settings: GAP,
        steps: [
          { send: ['a 0:00', 'b 0:05'] },
          { command: { command: 'flush' }, gives: ['0:00..0:10 a:1', '0:05..0:15 b:1'] },
          { send: ['a 0:05'], late: ['a 0:05 missed 0:05..0:15'] },
          { send: ['a 0:05.001'] },
          { command: { command: 'flush' }, gives: ['0:05.001..0:15.001 a:1'] },
        ],
      },
      {
        name: 'sessions outlast a crash',
        settings: { ...GAP, delay: MINUTE },
        steps: [
          { send: ['a 0:00', 'a 0:14', 'b 0:00'] },
          { crash: true },
          { send: ['a 0:07'] },
          { crash: true },
          { send: ['- 9:00'], gives: ['0:00..0:10 b:1', '0:00..0:24 a:3'] },
        ],
      },
      {
        name: 'a session has ranks and shares, but nothing to compare them with',
        settings: { ...GAP, details: 'ranks' },
        steps: [
          {
            send: ['a,a,a,b 0:00', '- 9:00'],
            gives: [
              {
                total: 4,
                counts: [
                  { key: 'a', count: 3, rank: 1, share: 0.75 },
                  { key: 'b', count: 1, rank: 2, share: 0.25 },
                ],
              },
            ],
          },
        ],
      },
    ],
  },
];
