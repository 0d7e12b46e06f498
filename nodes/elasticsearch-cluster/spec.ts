import { config, credential, duration, text } from '../common/properties';
import { defineNode } from '../common/spec';

export const spec = defineNode({
  type: 'elasticsearch-cluster',
  config: true,
  properties: {
    url: text('http://localhost:9200', {
      required: true,
      example: 'https://search-1:9200, https://search-2:9200',
      format: 'addresses',
    }),
    tls: config('tls-config', { required: false }),
    user: credential(false),
    password: credential(true),
    apiKey: credential(true),
    timeout: duration('30s', { required: true, positive: true, group: 'more' }),
  },
});
