import { choice } from '../common/properties';
import { defineNode } from '../common/spec';

export const spec = defineNode({
  type: 'hbase-cluster',
  config: true,
  properties: {
    mode: choice(['embedded']),
  },
});
