import { choice, config, flag, map, number, path, template, text } from '../common/properties';
import { defineNode } from '../common/spec';

const range = { property: 'by', is: ['range'] };
const several = { property: 'by', is: ['prefix', 'range'] };

export const spec = defineNode({
  type: 'hbase-get',
  color: '#A8C5E8',
  inputs: 1,
  outputs: ['records', 'rejected'],
  properties: {
    cluster: config('hbase-cluster'),
    table: text('', { required: true, example: 'posts', format: 'table' }),
    by: choice(['row', 'prefix', 'range']),
    row: template('{{id}}', { required: true, when: { property: 'by', is: ['row'] } }),
    prefix: template('', { example: '{{author.id}}-', when: { property: 'by', is: ['prefix'] } }),
    start: template('', { example: '{{from}}', when: range }),
    stop: template('', { example: '{{to}}', when: range }),
    columns: map('typed', {}, { names: 'columns' }),
    limit: number(0, { min: 0, when: several }),
    reversed: flag(false, { group: 'more', when: several }),
    batch: number(500, { min: 0, max: 100_000, group: 'more', when: several }),
    maxInFlight: number(10_000, { min: 1, group: 'more', when: several }),
    keyTo: path('row', { group: 'more' }),
    timeTo: path('', { group: 'more', example: 'stored_at' }),
    salt: number(0, { min: 0, max: 1000, group: 'more' }),
  },
});
