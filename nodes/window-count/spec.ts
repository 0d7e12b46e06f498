import { choice, duration, number, path, paths, text } from '../common/properties';
import { defineNode } from '../common/spec';

const grid = { property: 'window', is: ['tumbling', 'sliding'] } as const;

export const spec = defineNode({
  type: 'window-count',
  color: '#8FD3C8',
  inputs: 1,
  keepsState: true,
  outputs: ['windows', 'late'],
  tries: 'time',
  properties: {
    key: paths('hashtags', { example: 'hashtags' }),
    time: path('created_at', { example: 'created_at' }),
    window: choice(['tumbling', 'sliding', 'session']),
    size: duration('1m', { required: true, positive: true, when: grid }),
    slide: duration('15s', {
      required: true,
      positive: true,
      atMost: 'size',
      when: { property: 'window', is: ['sliding'] },
    }),
    gap: duration('10m', { required: true, positive: true, when: { property: 'window', is: ['session'] } }),
    emit: choice(['close', 'update'], { group: 'more' }),
    every: duration('1s', {
      required: true,
      positive: true,
      group: 'more',
      when: { property: 'emit', is: ['update'] },
    }),
    top: number(0, { group: 'more', min: 0, max: 1_000_000 }),
    delay: duration('10s', { group: 'more' }),
    watermark: choice(['partition', 'stream'], { group: 'more' }),
    idle: duration('1m', { group: 'more' }),
    timeZone: text('', { group: 'more', example: 'Asia/Shanghai', format: 'timeZone', when: grid }),
    value: path('', { group: 'more', example: 'sentiment.score' }),
    distinct: path('', { group: 'more', example: 'author.username' }),
    details: choice(['counts', 'ranks', 'trends'], { group: 'more' }),
    history: number(24, { min: 1, max: 10_000, group: 'more', when: { property: 'details', is: ['trends'] } }),
    output: choice(['windows', 'rows'], { group: 'more' }),
    maxKeys: number(0, { min: 0, max: 10_000_000, group: 'more', when: grid }),
    state: choice(['durable', 'memory'], { group: 'more' }),
  },
});
