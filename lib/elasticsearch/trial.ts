import { type ClusterOptions, ElasticsearchCluster } from './cluster';

/** What a cluster that was tried says of itself. */
export interface Trial {
  /** `OpenSearch 2.19.1`; empty where whoever is logged in may not ask for that. */
  readonly product: string;
  readonly cluster: string;
}

/** Not longer than somebody who looks at a dialog waits, in ms. */
const PATIENCE = 5_000;

/**
 * Connects once with settings, before they are deployed.
 * @throws {PulseflowError} saying what does not work, and what to do
 */
export async function tryConnection(options: ClusterOptions): Promise<Trial> {
  const cluster = new ElasticsearchCluster({ ...options, timeout: PATIENCE });
  try {
    const product = await cluster.product();
    return product === undefined
      ? { product: '', cluster: '' }
      : { product: `${product.name} ${product.version}`, cluster: product.cluster };
  } finally {
    cluster.close();
  }
}
