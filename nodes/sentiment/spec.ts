import { choice, path } from '../common/properties';
import { defineNode } from '../common/spec';

export const spec = defineNode({
  type: 'sentiment',
  color: '#8FD3C8',
  inputs: 1,
  outputs: ['records', 'rejected'],
  tries: 'text',
  properties: {
    property: path('text', { required: true }),
    engine: choice(['afinn']),
    to: path('sentiment', { required: true, group: 'more' }),
  },
});
