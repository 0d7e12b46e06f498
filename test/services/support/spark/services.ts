import type { Service } from '../service';
import { fetchSpark } from './artifacts';
import { configureSpark } from './configure';

export const SPARK_SERVICES: readonly Service[] = [
  {
    name: 'spark',
    about: 'Apache Spark 4.2, a standalone master and a worker',
    needs: ['java', 'maven', 'python'],
    fetch: fetchSpark,
    configure: (folder) => configureSpark(folder),
  },
];
