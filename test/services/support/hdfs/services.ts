import type { Service } from '../service';
import { fetchHdfs } from './artifacts';
import { configureHdfs } from './configure';

export const HDFS_SERVICES: readonly Service[] = [
  {
    name: 'hdfs',
    about: 'Apache Hadoop HDFS 3.5, a name node and two data nodes',
    needs: ['java', 'maven'],
    fetch: fetchHdfs,
    configure: (folder) => configureHdfs(folder, {}),
  },
];
