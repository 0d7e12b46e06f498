import { FIELDS_OF_INTEREST, LONGEST_POST } from '../../lib/posts/post';
import { choice, map, number, path, paths } from '../common/properties';
import { defineNode } from '../common/spec';

export const spec = defineNode({
  type: 'tweet-clean',
  color: '#8FD3C8',
  inputs: 1,
  keepsState: true,
  outputs: ['records', 'rejected'],
  tries: 'record',
  properties: {
    fields: paths(FIELDS_OF_INTEREST.join(', '), { example: 'id, text, author.username' }),
    required: paths('id, text, created_at', { example: 'id, text' }),
    missing: choice(['reject', 'default'], { group: 'more' }),
    defaults: map('text', {}, { group: 'more', names: 'fields', when: { property: 'missing', is: ['default'] } }),
    dedupe: path('id', { example: 'id' }),
    dedupeSize: number(100_000, { group: 'more', min: 1, max: 10_000_000 }),
    maxLength: number(LONGEST_POST, { group: 'more', min: 0, max: 100_000_000 }),
    outliers: paths('', { group: 'more', example: 'public_metrics.like_count' }),
    outlierAction: choice(['mark', 'reject'], { group: 'more' }),
    outlierFactor: number(3.5, { group: 'more', min: 0.1, max: 1_000_000 }),
    outlierWindow: number(500, { group: 'more', min: 3, max: 10_000 }),
  },
});
