import { missingTools } from '../test/services/support/tools';
import { benchElasticsearch } from './stores/elasticsearch';
import { benchHBase } from './stores/hbase';
import { benchHdfs } from './stores/hdfs';

/** Measures the sinks into real stores, beside the stores' own load tools or bare loops of the same requests. */
export async function benchStores(): Promise<void> {
  const missing = missingTools(['java', 'maven']);
  if (missing.length > 0) throw new Error(`The stores' benchmarks run against real servers.\n${missing.join('\n')}`);
  await benchElasticsearch();
  await benchHBase();
  await benchHdfs();
}
