import { choice, text } from '../common/properties';
import { defineNode } from '../common/spec';

export const spec = defineNode({
  type: 'hdfs-cluster',
  config: true,
  properties: {
    mode: choice(['local']),
    root: text('hdfs', { required: true, format: 'file' }),
  },
});
