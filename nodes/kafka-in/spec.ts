import { choice, config, flag, number, text } from '../common/properties';
import { defineNode } from '../common/spec';

export const spec = defineNode({
  type: 'kafka-in',
  color: '#E9C46A',
  inputs: 1,
  outputs: ['records', 'rejected', 'report'],
  properties: {
    cluster: config('kafka-cluster'),
    topic: text('', { required: true, example: 'tweets', format: 'topics' }),
    group: text('pulseflow', { required: true, format: 'group' }),
    from: choice(['earliest', 'latest', 'time'], { group: 'more' }),
    fromTime: text('', { required: true, group: 'more', example: '2h', when: { property: 'from', is: ['time'] } }),
    batch: flag(true, { group: 'more' }),
    maxBatch: number(500, { min: 1, max: 100_000, group: 'more' }),
    decode: choice(['json', 'text', 'buffer'], { group: 'more' }),
    commit: choice(['flow', 'receipt', 'manual'], { group: 'more' }),
    maxInFlight: number(2000, { min: 1, max: 1_000_000, group: 'more' }),
    retries: number(3, { min: 0, max: 1000, group: 'more' }),
    deadLetterTopic: text('', { group: 'more', example: 'tweets.dead-letters', format: 'topic' }),
  },
});
