import { choice, config, duration, paths, template, text } from '../common/properties';
import { defineNode } from '../common/spec';

export const spec = defineNode({
  type: 'hdfs-sink',
  color: '#A8C5E8',
  inputs: 1,
  outputs: ['stored', 'rejected'],
  tries: 'record',
  properties: {
    cluster: config('hdfs-cluster'),
    path: template('tweets/{{created_at|yyyy-MM-dd}}', { required: true }),
    format: choice(['csv', 'ndjson']),
    fields: paths('', { example: 'id, created_at, author.username, text' }),
    rollSize: text('64MB', { required: true, group: 'more', format: 'size' }),
    rollEvery: duration('5m', { required: true, positive: true, group: 'more' }),
    compress: choice(['none', 'gzip'], { group: 'more' }),
    spoolSize: text('256MB', { required: true, group: 'more', format: 'size' }),
  },
});
