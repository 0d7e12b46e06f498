import type { Service } from '../service';
import { fetchYarn } from './artifacts';
import { configureYarn } from './configure';

export const YARN_SERVICES: readonly Service[] = [
  {
    name: 'yarn',
    about: 'Apache Hadoop YARN 3.5, a resource manager and two node managers, and HDFS',
    needs: ['java', 'maven', 'python'],
    fetch: fetchYarn,
    configure: (folder) => configureYarn(folder),
  },
];
