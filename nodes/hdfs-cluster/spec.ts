import { choice, config, credential, duration, text } from '../common/properties';
import { defineNode } from '../common/spec';

const webhdfs = { property: 'mode', is: ['webhdfs'] };

export const spec = defineNode({
  type: 'hdfs-cluster',
  config: true,
  properties: {
    mode: choice(['local', 'webhdfs']),
    url: text('http://localhost:9870', {
      required: true,
      example: 'http://namenode-1:9870, http://namenode-2:9870',
      format: 'addresses',
      when: webhdfs,
    }),
    user: text('', { when: webhdfs }),
    root: text('hdfs', { required: true, format: 'file' }),
    tls: config('tls-config', { required: false, group: 'more', when: webhdfs }),
    token: credential(true, { group: 'more', when: webhdfs }),
    timeout: duration('30s', { required: true, positive: true, group: 'more', when: webhdfs }),
  },
});
