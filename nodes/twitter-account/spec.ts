import { X_API } from '../../lib/x/api';
import { credential, text } from '../common/properties';
import { defineNode } from '../common/spec';

export const spec = defineNode({
  type: 'twitter-account',
  config: true,
  properties: {
    bearerToken: credential(true, { required: true }),
    apiUrl: text(X_API, { required: true, group: 'more', example: X_API, format: 'url' }),
  },
});
