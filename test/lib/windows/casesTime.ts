import { type Chapter, DAY, MINUTE, SECOND, ZERO, days, sliding } from './case';

const APART = { mode: 'partition', idle: MINUTE } as const;

export const TIME: readonly Chapter[] = [
  {
    title: 'The watermark',
    cases: [
      {
        name: 'a window whose end the watermark equals is closed',
        steps: [{ send: ['a 0:30'] }, { send: ['b 1:00'], gives: ['0:00..1:00 a:1'] }],
      },
      {
        name: 'a window whose end lies a millisecond after the watermark is open',
        steps: [{ send: ['a 0:30'] }, { send: ['a 0:59.999'] }, { send: ['b 1:00'], gives: ['0:00..1:00 a:2'] }],
      },
      {
        name: 'the watermark lies the delay behind the newest record',
        settings: { delay: 30 * SECOND },
        steps: [{ send: ['a 0:10', 'b 1:29.999'] }, { send: ['b 1:30'], gives: ['0:00..1:00 a:1'] }],
      },
      {
        name: 'once the watermark has moved, results come without a further message',
        steps: [{ send: ['a 0:10', 'b 1:00'], gives: ['0:00..1:00 a:1'] }, { send: [] }],
      },
      {
        name: 'a record is judged by the watermark before its message: none of its own message makes it late',
        steps: [{ send: ['b 9:00', 'a 0:10'], gives: ['0:00..1:00 a:1'] }],
      },
      {
        name: 'an old record does not move the watermark back',
        steps: [
          { send: ['a 5:00'] },
          { send: ['b 4:10'], late: ['b 4:10 missed 4:00..5:00'] },
          { send: ['c 4:20'], late: ['c 4:20 missed 4:00..5:00'] },
          { send: ['- 6:00'], gives: ['5:00..6:00 a:1'] },
        ],
      },
      {
        name: 'a late record still moves the watermark as far as its time goes',
        settings: sliding(2 * MINUTE, MINUTE),
        steps: [
          { send: ['a 1:00'] },
          {
            send: ['b 0:30', 'c 2:00'],
            gives: ['0:00..2:00 a:1 b:1'],
            late: ['b 0:30 missed -1:00..1:00'],
          },
        ],
      },
      {
        name: 'a record without a key moves the watermark',
        steps: [{ send: ['a 0:10'] }, { send: ['- 1:00'], gives: ['0:00..1:00 a:1'] }],
      },
      {
        name: 'a record that is rejected does not move the watermark',
        steps: [
          { send: ['a 0:10'] },
          { send: [{ k: {}, t: ZERO + 9 * MINUTE }], rejects: [/no key in "k"/u] },
          { send: ['a 0:20'] },
          { send: ['- 1:00'], gives: ['0:00..1:00 a:2'] },
        ],
      },
      {
        name: 'a record more than a day ahead of the clock is rejected, and moves nothing',
        steps: [
          { send: ['a 0:10'] },
          { send: [{ k: 'b', t: '9999-01-01T00:00:00Z' }], rejects: [/more than a day ahead/u] },
          { send: ['a 0:20'] },
          { send: ['- 1:00'], gives: ['0:00..1:00 a:2'] },
        ],
      },
      {
        name: 'a record exactly a day ahead of the clock counts',
        // The clock of the cases stands at 2030-01-01.
        steps: [
          { send: ['a 0:10', { k: 'b', t: Date.UTC(2030, 0, 2) }], gives: ['0:00..1:00 a:1'] },
          { send: [{ k: 'b', t: Date.UTC(2030, 0, 2) + 1 }], rejects: [/more than a day ahead/u] },
        ],
      },
      {
        name: 'a record from before 1970 is late from the start, for the watermark begins there',
        steps: [
          {
            send: ['a 1969-12-31T23:59:30Z', 'b 1970-01-01T00:00:30Z'],
            late: ['a 1969-12-31T23:59:30Z missed 1969-12-31T23:59Z..1970-01-01T00:00Z'],
          },
          { send: ['- 1970-01-01T00:01:00Z'], gives: ['1970-01-01T00:00Z..1970-01-01T00:01Z b:1'] },
        ],
      },
    ],
  },
  {
    title: 'Late records',
    cases: [
      {
        name: 'a record whose window is closed is late, and names the window it missed',
        steps: [
          { send: ['a 0:10', 'b 1:00'], gives: ['0:00..1:00 a:1'] },
          { send: ['a 0:20'], late: ['a 0:20 missed 0:00..1:00'] },
          { send: ['- 9:00'], gives: ['1:00..2:00 b:1'] },
        ],
      },
      {
        name: 'a record older than the watermark whose window is open counts',
        steps: [{ send: ['a 0:50'] }, { send: ['a 0:10'] }, { send: ['- 1:00'], gives: ['0:00..1:00 a:2'] }],
      },
      {
        name: 'a record is late for a window that would be new, too',
        steps: [{ send: ['a 5:00'] }, { send: ['b 1:10'], late: ['b 1:10 missed 1:00..2:00'] }],
      },
      {
        name: 'a late record counts for those sliding windows that are still open, and names the one that it missed',
        settings: sliding(2 * MINUTE, MINUTE),
        steps: [
          { send: ['a 1:30'] },
          { send: ['b 0:30'], late: ['b 0:30 missed -1:00..1:00'] },
          { send: ['- 9:00'], gives: ['0:00..2:00 a:1 b:1', '1:00..3:00 a:1'] },
        ],
      },
      {
        name: 'a record late for all of its sliding windows names each of them',
        settings: sliding(2 * MINUTE, MINUTE),
        steps: [{ send: ['a 5:00'] }, { send: ['b 0:30'], late: ['b 0:30 missed -1:00..1:00 0:00..2:00'] }],
      },
      {
        name: 'a late record among others of its message takes none of them along',
        steps: [
          { send: ['a 2:10'] },
          {
            send: ['x 0:10', 'a 2:20', 'y 1:59.999'],
            late: ['x 0:10 missed 0:00..1:00', 'y 1:59.999 missed 1:00..2:00'],
          },
          { send: ['- 3:00'], gives: ['2:00..3:00 a:2'] },
        ],
      },
      {
        name: 'a late record with several keys is late once',
        steps: [{ send: ['a 2:10'] }, { send: ['x,y 0:10'], late: ['x,y 0:10 missed 0:00..1:00'] }],
      },
    ],
  },
  {
    title: 'Partitions',
    cases: [
      {
        name: 'the watermark is the least over the partitions of the greatest time in each',
        settings: APART,
        steps: [
          { open: ['p', 'q'] },
          { lane: 'p', send: ['a 0:10', 'a 5:00'] },
          { lane: 'q', send: ['b 0:20', 'b 1:00'], gives: ['0:00..1:00 a:1 b:1'] },
        ],
      },
      {
        name: 'a partition of which nothing has come yet holds all windows open',
        settings: APART,
        steps: [{ open: ['p', 'q'] }, { lane: 'p', send: ['a 0:10', 'a 9:00'] }],
      },
      {
        name: 'a partition that is read from now on holds windows open from now on',
        settings: APART,
        steps: [
          { lane: 'p', send: ['a 0:10'] },
          { wait: SECOND },
          { open: ['q'] },
          { lane: 'p', send: ['a 9:00'] },
          { lane: 'q', send: ['b 0:20', '- 1:00'], gives: ['0:00..1:00 a:1 b:1'] },
        ],
      },
      {
        name: 'what a quick partition has sent makes nothing of a slow one late',
        settings: APART,
        steps: [
          { open: ['p', 'q'] },
          { lane: 'q', send: ['b 0:10'] },
          { lane: 'p', send: ['a 9:00'] },
          { lane: 'q', send: ['b 0:20'] },
          { lane: 'q', send: ['b 2:00'], gives: ['0:00..1:00 b:2'] },
        ],
      },
      {
        name: 'in stream mode the newest record of any partition moves the watermark',
        settings: { mode: 'stream' },
        steps: [
          { open: ['p', 'q'] },
          { lane: 'p', send: ['a 0:10', 'a 5:00'], gives: ['0:00..1:00 a:1'] },
          { lane: 'q', send: ['b 0:20'], late: ['b 0:20 missed 0:00..1:00'] },
        ],
      },
      {
        name: 'the delay lies behind the least partition, too',
        settings: { ...APART, delay: 30 * SECOND },
        steps: [
          { open: ['p', 'q'] },
          { lane: 'p', send: ['a 0:10', 'a 9:00'] },
          { lane: 'q', send: ['b 1:29.999'] },
          { lane: 'q', send: ['b 1:30'], gives: ['0:00..1:00 a:1'] },
        ],
      },
      {
        name: 'a partition read to its end and silent for the idle time is left out',
        settings: APART,
        steps: [
          { open: ['p', 'q'] },
          { lane: 'q', send: ['b 0:10'] },
          { lane: 'p', send: ['a 9:00'] },
          { atEnd: ['q'] },
          { wait: MINUTE / 2 },
          { lane: 'p', send: ['a 9:10'] },
          { wait: MINUTE / 2 + 1, gives: ['0:00..1:00 b:1'] },
        ],
      },
      {
        name: 'a silent partition that is not read to its end is not left out',
        settings: APART,
        steps: [
          { open: ['p', 'q'] },
          { lane: 'q', send: ['b 0:10'] },
          { wait: 2 * MINUTE },
          { lane: 'p', send: ['a 9:00'] },
          { wait: 100 },
        ],
      },
      {
        name: 'a partition that was never heard of is left out once it is read to its end and silent',
        settings: APART,
        steps: [
          { open: ['p', 'q'], atEnd: ['q'] },
          { lane: 'p', send: ['a 0:10', 'a 9:00'] },
          { wait: 100 },
          { wait: 2 * MINUTE, gives: ['0:00..1:00 a:1'] },
        ],
      },
      {
        name: 'an idle partition that speaks again is judged by the watermark like any other',
        settings: APART,
        steps: [
          { open: ['p', 'q'] },
          { lane: 'q', send: ['b 0:10'] },
          { atEnd: ['q'] },
          { wait: 2 * MINUTE },
          { lane: 'p', send: ['a 1:10'], gives: ['0:00..1:00 b:1'] },
          { lane: 'q', send: ['b 0:20', 'b 1:20'], late: ['b 0:20 missed 0:00..1:00'] },
          { lane: 'p', send: ['a 9:00'] },
          { lane: 'q', send: ['- 2:00'], gives: ['1:00..2:00 a:1 b:1'] },
        ],
      },
      {
        name: 'the watermark moves when a partition falls idle, even if no window closes by it',
        settings: APART,
        steps: [
          { open: ['p', 'q'] },
          { lane: 'q', send: ['b 0:10'] },
          { lane: 'q', send: ['- 1:00'] },
          { atEnd: ['q'] },
          { lane: 'p', send: ['a 2:10'], gives: ['0:00..1:00 b:1'] },
          { wait: 2 * MINUTE },
          { lane: 'q', send: ['b 1:30'], late: ['b 1:30 missed 1:00..2:00'] },
        ],
      },
      {
        name: 'a record late by an idle partition is not in the sliding window that it missed, though that was not open',
        settings: { ...APART, ...sliding(2 * MINUTE, MINUTE) },
        steps: [
          { open: ['p', 'q'] },
          { atEnd: ['q'] },
          { lane: 'p', send: ['a 4:00'] },
          { wait: SECOND },
          { wait: 2 * MINUTE },
          { lane: 'p', send: ['b 3:10'], late: ['b 3:10 missed 2:00..4:00'] },
          { lane: 'p', send: ['- 5:00'], gives: ['3:00..5:00 a:1 b:1'] },
        ],
      },
      {
        name: 'when all partitions are idle the watermark stays where it is',
        settings: APART,
        steps: [
          { open: ['p', 'q'], atEnd: ['p', 'q'] },
          { lane: 'p', send: ['a 0:10', 'a 9:00'] },
          { lane: 'q', send: ['b 0:20'] },
          { wait: 2 * MINUTE },
        ],
      },
    ],
  },
  {
    title: 'What a time may be',
    cases: [
      {
        name: 'ISO text, with Z or an offset',
        steps: [
          {
            send: [
              { k: 'z', t: '2020-01-01T00:00:30.000Z' },
              { k: 'berlin', t: '2020-01-01T01:00:30+01:00' },
              { k: 'kolkata', t: '2020-01-01T05:30:30.5+05:30' },
              { k: 'new york', t: '2019-12-31T19:00:59.999-05:00' },
              '- 9:00',
            ],
            gives: ['0:00..1:00 berlin:1 kolkata:1 new york:1 z:1'],
          },
        ],
      },
      {
        name: 'seconds and milliseconds since 1970, told apart by their size',
        steps: [{ send: [{ k: 's', t: ZERO / 1000 }, { k: 'ms', t: ZERO }, '- 9:00'], gives: ['0:00..1:00 ms:1 s:1'] }],
      },
      {
        name: 'fractions of a second are kept, those of a millisecond are cut off',
        steps: [
          {
            send: [{ k: 's', t: ZERO / 1000 + 59.5 }, { k: 'ms', t: ZERO + 59_999.9 }, '- 9:00'],
            gives: ['0:00..1:00 ms:1 s:1'],
          },
        ],
      },
      {
        name: 'numbers as text',
        steps: [
          {
            send: [{ k: 's', t: String(ZERO / 1000) }, { k: 'ms', t: String(ZERO) }, '- 9:00'],
            gives: ['0:00..1:00 ms:1 s:1'],
          },
        ],
      },
      {
        name: 'the time of arrival, where no field is named',
        settings: { time: '' },
        steps: [
          { send: ['a', 'b'] },
          { wait: 59_999 },
          { send: ['a'] },
          { wait: 1 },
          { send: ['-'], gives: ['2030-01-01T00:00Z..2030-01-01T00:01Z a:2 b:1'] },
        ],
      },
      {
        name: 'a record without a usable time is rejected, and the others count',
        steps: [
          {
            send: [{ k: 'a' }, { k: 'a', t: 'yesterday' }, { k: 'a', t: null }, { k: 'a', t: {} }, 'a 0:10', '- 9:00'],
            gives: ['0:00..1:00 a:1'],
            rejects: [
              /no usable time in "t"/u,
              /no usable time in "t": "yesterday"/u,
              /no usable time/u,
              /no usable time/u,
            ],
          },
        ],
      },
    ],
  },
  {
    title: 'Calendar days',
    cases: [
      {
        name: 'a day of Shanghai begins at 16:00 UTC',
        settings: days('Asia/Shanghai'),
        steps: [
          {
            send: ['a 2024-01-01T15:59:59.999Z', 'b 2024-01-01T16:00Z', '- 2024-01-09T00:00Z'],
            gives: ['2023-12-31T16:00Z..2024-01-01T16:00Z a:1', '2024-01-01T16:00Z..2024-01-02T16:00Z b:1'],
          },
        ],
      },
      {
        name: 'a day of Kolkata begins at half past the hour',
        settings: days('Asia/Kolkata'),
        steps: [
          {
            send: ['a 2024-06-01T18:29:59Z', 'b 2024-06-01T18:30Z', '- 2024-06-09T00:00Z'],
            gives: ['2024-05-31T18:30Z..2024-06-01T18:30Z a:1', '2024-06-01T18:30Z..2024-06-02T18:30Z b:1'],
          },
        ],
      },
      {
        name: 'the day on which Berlin puts its clocks forward has 23 hours',
        settings: days('Europe/Berlin'),
        steps: [
          {
            send: ['a 2024-03-30T23:00Z', 'a 2024-03-31T21:59:59Z', 'b 2024-03-31T22:00Z', '- 2024-04-09T00:00Z'],
            gives: ['2024-03-30T23:00Z..2024-03-31T22:00Z a:2', '2024-03-31T22:00Z..2024-04-01T22:00Z b:1'],
          },
        ],
      },
      {
        name: 'the day on which Berlin puts its clocks back has 25 hours',
        settings: days('Europe/Berlin'),
        steps: [
          {
            send: ['a 2024-10-26T22:00Z', 'a 2024-10-27T22:59:59Z', 'b 2024-10-27T23:00Z', '- 2024-11-09T00:00Z'],
            gives: ['2024-10-26T22:00Z..2024-10-27T23:00Z a:2', '2024-10-27T23:00Z..2024-10-28T23:00Z b:1'],
          },
        ],
      },
      {
        name: 'a day whose midnight was skipped, as once in São Paulo, begins at one o’clock',
        settings: days('America/Sao_Paulo'),
        steps: [
          {
            send: ['a 2018-11-04T02:59:59Z', 'b 2018-11-04T03:00Z', 'c 2018-11-05T02:00Z', '- 2018-11-09T00:00Z'],
            gives: [
              '2018-11-03T03:00Z..2018-11-04T03:00Z a:1',
              '2018-11-04T03:00Z..2018-11-05T02:00Z b:1',
              '2018-11-05T02:00Z..2018-11-06T02:00Z c:1',
            ],
          },
        ],
      },
      {
        name: 'a day that a zone left out, as Samoa did, has no window',
        settings: days('Pacific/Apia'),
        steps: [
          {
            send: ['a 2011-12-30T09:59:59Z', 'b 2011-12-30T10:00Z', '- 2012-01-09T00:00Z'],
            gives: ['2011-12-29T10:00Z..2011-12-30T10:00Z a:1', '2011-12-30T10:00Z..2011-12-31T10:00Z b:1'],
          },
        ],
      },
      {
        name: 'windows of seven days begin on Thursdays, as 1970 did',
        settings: days('Asia/Shanghai', 7),
        steps: [
          {
            send: ['a 2024-01-03T15:59:59Z', 'b 2024-01-03T16:00Z', 'b 2024-01-10T15:59:59Z', '- 2024-02-01T00:00Z'],
            gives: ['2023-12-27T16:00Z..2024-01-03T16:00Z a:1', '2024-01-03T16:00Z..2024-01-10T16:00Z b:2'],
          },
        ],
      },
      {
        name: 'windows of two days that begin every day overlap by a day, over a change of the clocks too',
        settings: days('Europe/Berlin', 2, 1),
        steps: [
          {
            send: ['a 2024-03-31T12:00Z', '- 2024-04-09T00:00Z'],
            gives: ['2024-03-29T23:00Z..2024-03-31T22:00Z a:1', '2024-03-30T23:00Z..2024-04-01T22:00Z a:1'],
          },
        ],
      },
      {
        name: 'windows of three days need not begin at a multiple of their slide of two',
        settings: days('Asia/Shanghai', 3, 2),
        // 2024-01-01 is day 19,723; windows begin on even days.
        steps: [
          {
            send: ['a 2023-12-31T17:00Z', 'b 2024-01-01T17:00Z', '- 2024-01-09T00:00Z'],
            gives: ['2023-12-30T16:00Z..2024-01-02T16:00Z a:1 b:1', '2024-01-01T16:00Z..2024-01-04T16:00Z b:1'],
          },
        ],
      },
      {
        name: 'a record is late for a calendar day like for any window',
        settings: days('Europe/Berlin'),
        steps: [
          { send: ['a 2024-03-31T22:00Z'] },
          {
            send: ['b 2024-03-31T21:00Z'],
            late: ['b 2024-03-31T21:00Z missed 2024-03-30T23:00Z..2024-03-31T22:00Z'],
          },
        ],
      },
      {
        name: 'calendar days outlast a crash',
        settings: days('Europe/Berlin', 2, 1),
        steps: [
          { send: ['a 2024-03-31T12:00Z'] },
          { crash: true },
          {
            send: ['b 2024-03-31T13:00Z', '- 2024-04-09T00:00Z'],
            gives: ['2024-03-29T23:00Z..2024-03-31T22:00Z a:1 b:1', '2024-03-30T23:00Z..2024-04-01T22:00Z a:1 b:1'],
          },
        ],
      },
      {
        name: 'without a zone, windows of a day are days of UTC',
        settings: sliding(DAY, DAY),
        steps: [
          {
            send: ['a 2024-03-31T23:59:59Z', 'b 2024-04-01T00:00Z', '- 2024-04-09T00:00Z'],
            gives: ['2024-03-31T00:00Z..2024-04-01T00:00Z a:1', '2024-04-01T00:00Z..2024-04-02T00:00Z b:1'],
          },
        ],
      },
    ],
  },
];
