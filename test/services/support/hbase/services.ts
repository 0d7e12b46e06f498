import type { Service } from '../service';
import { fetchHdfs } from '../hdfs/artifacts';
import { fetchHBase } from './artifacts';
import { configureHBase } from './configure';
import type { HBaseOptions } from './settings';

/** Brings what such an HBase consists of onto this machine. */
export function fetchFor({ hdfs }: HBaseOptions): void {
  fetchHBase();
  if (hdfs === true) fetchHdfs();
}

function hbase(name: string, about: string, options: HBaseOptions): Service {
  return {
    name,
    about,
    needs: ['java', 'maven'],
    fetch: () => fetchFor(options),
    configure: (folder) => configureHBase(folder, options),
  };
}

/** Apache HBase in the ways people have it. */
export const HBASE_SERVICES: readonly Service[] = [
  hbase('hbase', 'Apache HBase 2.6 on local files, one process, and its REST gateway', {}),
  hbase('hbase:hdfs', 'Apache HBase 2.6 on HDFS, each part a process, and two REST gateways', { hdfs: true }),
];
