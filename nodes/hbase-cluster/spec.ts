import { choice, config, credential, duration, text } from '../common/properties';
import { defineNode } from '../common/spec';

const rest = { property: 'mode', is: ['rest'] };

export const spec = defineNode({
  type: 'hbase-cluster',
  config: true,
  properties: {
    mode: choice(['embedded', 'rest']),
    url: text('http://localhost:8080', {
      required: true,
      example: 'http://gateway-1:8080, http://gateway-2:8080',
      format: 'addresses',
      when: rest,
    }),
    tls: config('tls-config', { required: false, when: rest }),
    user: credential(false, { when: rest }),
    password: credential(true, { when: rest }),
    timeout: duration('30s', { positive: true, group: 'more', when: rest }),
  },
});
