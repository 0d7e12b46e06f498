import { choice, duration, number } from '../common/properties';
import { defineNode } from '../common/spec';

export const spec = defineNode({
  type: 'kafka-cluster',
  config: true,
  properties: {
    mode: choice(['embedded']),
    partitions: number(3, { min: 1, max: 1000, group: 'more' }),
    retention: duration('1d', { group: 'more' }),
  },
});
