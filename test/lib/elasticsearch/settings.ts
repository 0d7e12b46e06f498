import type { ElasticsearchSinkSettings } from '../../../lib/elasticsearch/sink';

/** Settings of a sink that stores all records in one index. */
export const SETTINGS: ElasticsearchSinkSettings = {
  index: 'posts',
  documentId: '{{id}}',
  dataStream: false,
  timestamp: '',
  createTemplate: true,
  shards: 1,
  replicas: 0,
};
