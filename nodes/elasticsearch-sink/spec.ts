import { config, duration, flag, number, path, template } from '../common/properties';
import { defineNode } from '../common/spec';

const templated = { property: 'createTemplate', is: ['true'] };

export const spec = defineNode({
  type: 'elasticsearch-sink',
  color: '#A8C5E8',
  inputs: 1,
  outputs: ['stored', 'rejected'],
  tries: 'record',
  properties: {
    cluster: config('elasticsearch-cluster'),
    index: template('posts-{{created_at|yyyy.MM}}', { required: true, format: 'index' }),
    documentId: template('{{id}}'),
    dataStream: flag(false, { group: 'more' }),
    timestamp: path('', { group: 'more', example: 'created_at' }),
    createTemplate: flag(true, { group: 'more' }),
    shards: number(1, { min: 1, max: 1024, group: 'more', when: templated }),
    replicas: number(1, { min: 0, max: 100, group: 'more', when: templated }),
    maxBatch: number(500, { min: 1, max: 100_000, group: 'more' }),
    linger: duration('20ms', { group: 'more' }),
    concurrency: number(1, { min: 1, max: 8, group: 'more' }),
  },
});
