import { COMPRESSIONS } from '../../lib/hbase/table';
import { choice, config, duration, flag, map, number, path, template, text } from '../common/properties';
import { defineNode } from '../common/spec';

const made = { property: 'createTable', is: ['true'] };

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
    columns: map('typed', { 'd:text': 'text' }, { required: true, names: 'columns' }),
    timestamp: path('', { group: 'more', example: 'created_at' }),
    salt: number(0, { min: 0, max: 1000, group: 'more' }),
    createTable: flag(true, { group: 'more' }),
    versions: number(3, { min: 1, max: 1000, group: 'more', when: made }),
    ttl: duration('', { group: 'more', example: '30d', when: made }),
    compression: choice(COMPRESSIONS, { group: 'more', when: made }),
    maxBatch: number(500, { min: 1, max: 100_000, group: 'more' }),
    linger: duration('5ms', { group: 'more' }),
    concurrency: number(1, { min: 1, max: 8, group: 'more' }),
  },
});
