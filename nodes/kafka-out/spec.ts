import { choice, config, duration, flag, number, path, text } from '../common/properties';
import { defineNode } from '../common/spec';

export const spec = defineNode({
  type: 'kafka-out',
  color: '#E9C46A',
  inputs: 1,
  outputs: ['stored', 'rejected'],
  properties: {
    cluster: config('kafka-cluster'),
    topic: text('', { example: 'tweets', format: 'topic' }),
    key: path('', { example: 'id' }),
    encode: choice(['json', 'text', 'buffer'], { group: 'more' }),
    transactions: flag(false, { group: 'more' }),
    acks: choice(['all', 'leader', 'none'], { group: 'more' }),
    compression: choice(['none', 'gzip', 'snappy', 'lz4', 'zstd'], { group: 'more' }),
    linger: duration('5ms', { group: 'more' }),
    maxBatch: number(500, { min: 1, max: 100_000, group: 'more' }),
  },
});
