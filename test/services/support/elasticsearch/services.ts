import type { Service } from '../service';
import { fetchOpenSearch } from './artifacts';
import { configureOpenSearch } from './configure';

/** OpenSearch, in place of Elasticsearch, whose own server no package registry has. */
export const ELASTICSEARCH_SERVICES: readonly Service[] = [
  {
    name: 'elasticsearch',
    about: 'OpenSearch 2.19, one node; it speaks the protocol of Elasticsearch',
    needs: ['java', 'maven'],
    fetch: fetchOpenSearch,
    configure: (folder) => configureOpenSearch(folder, {}),
  },
];
