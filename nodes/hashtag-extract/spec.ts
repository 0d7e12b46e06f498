import { choice, choices, flag, path } from '../common/properties';
import { defineNode } from '../common/spec';

export const spec = defineNode({
  type: 'hashtag-extract',
  color: '#8FD3C8',
  inputs: 1,
  outputs: ['records', 'rejected'],
  tries: 'text',
  properties: {
    from: path('text', { required: true }),
    to: path('hashtags', { required: true }),
    kinds: choices(['hashtag', 'cashtag', 'mention'], ['hashtag'], { required: true }),
    lowercase: flag(true, { group: 'more' }),
    output: choice(['enrich', 'split'], { group: 'more' }),
  },
});
