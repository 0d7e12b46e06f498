import { config, duration, flag, map, number, path, template, text } from '../common/properties';
import { defineNode } from '../common/spec';

export const spec = defineNode({
  type: 'hbase-sink',
  color: '#A8C5E8',
  inputs: 1,
  outputs: ['stored', 'rejected'],
  tries: 'record',
  properties: {
    cluster: config('hbase-cluster'),
    table: text('', { required: true, example: 'posts', format: 'table' }),
    rowKey: template('{{id}}', { required: true }),
    columns: map('path', { 'd:text': 'text' }, { required: true, names: 'columns' }),
    timestamp: path('', { group: 'more', example: 'created_at' }),
    salt: number(0, { min: 0, max: 1000, group: 'more' }),
    createTable: flag(true, { group: 'more' }),
    maxBatch: number(500, { min: 1, max: 100_000, group: 'more' }),
    linger: duration('5ms', { group: 'more' }),
  },
});
