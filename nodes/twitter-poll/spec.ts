import { choice, config, duration, number, text } from '../common/properties';
import { defineNode } from '../common/spec';

const search = { property: 'source', is: ['search'] } as const;
const paced = { property: 'source', is: ['sample', 'file'] } as const;

export const spec = defineNode({
  type: 'twitter-poll',
  color: '#E9C46A',
  inputs: 1,
  outputs: ['posts', 'rejected', 'report'],
  properties: {
    source: choice(['sample', 'file', 'search']),
    account: config('twitter-account', { when: search }),
    query: text('', { required: true, example: '#nodered lang:en', when: search }),
    file: text('', {
      required: true,
      example: 'tweets.ndjson.gz',
      format: 'file',
      when: { property: 'source', is: ['file'] },
    }),
    rate: number(50, { min: 0, max: 1_000_000, when: paced }),
    interval: duration('2s', { group: 'more', when: search }),
    postBudget: number(1_000, { min: 0, max: 3_000_000, when: search }),
    maxResults: number(10, { min: 10, max: 100, group: 'more', when: search }),
    seed: text('pulseflow', { group: 'more', when: { property: 'source', is: ['sample'] } }),
    batch: number(100, { min: 1, max: 100_000, group: 'more' }),
  },
});
