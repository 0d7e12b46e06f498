import { choice, duration, paths, text } from '../common/properties';
import { defineNode } from '../common/spec';

export const spec = defineNode({
  type: 'tableau-export',
  color: '#A8C5E8',
  inputs: 1,
  outputs: ['stored', 'rejected'],
  properties: {
    format: choice(['csv'], { group: 'more' }),
    path: text('tableau/extract.csv', { required: true, format: 'file' }),
    fields: paths('', { example: 'window.start, counts.key, counts.count' }),
    mode: choice(['upsert', 'append', 'overwrite']),
    keyFields: paths('id', { required: true, when: { property: 'mode', is: ['upsert'] } }),
    every: duration('10s', { required: true, group: 'more' }),
  },
});
