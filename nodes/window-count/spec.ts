import { choice, duration, number, path } from '../common/properties';
import { defineNode } from '../common/spec';

export const spec = defineNode({
  type: 'window-count',
  color: '#8FD3C8',
  inputs: 1,
  keepsState: true,
  outputs: ['windows', 'late'],
  properties: {
    key: path('hashtags', { example: 'hashtags' }),
    time: path('created_at', { example: 'created_at' }),
    window: choice(['tumbling', 'sliding']),
    size: duration('1m', { required: true }),
    slide: duration('15s', { required: true, when: { property: 'window', is: ['sliding'] } }),
    emit: choice(['close', 'update']),
    every: duration('1s', { required: true, when: { property: 'emit', is: ['update'] } }),
    top: number(0, { min: 0, max: 1_000_000 }),
    delay: duration('10s', { group: 'more' }),
    watermark: choice(['partition', 'stream'], { group: 'more' }),
    idle: duration('1m', { group: 'more' }),
    value: path('', { group: 'more', example: 'sentiment.score' }),
    state: choice(['durable', 'memory'], { group: 'more' }),
  },
});
