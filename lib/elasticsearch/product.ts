import { SettingError } from '../core/errors';
import { isFields } from '../core/records';
import type { HttpAnswer } from '../http/answer';

/** Which of the two families of servers it is, as it says itself. */
export interface Product {
  readonly name: 'Elasticsearch' | 'OpenSearch';
  readonly version: string;
  /** The name of the cluster. */
  readonly cluster: string;
}

/** The oldest versions that know composable index templates. */
const OLDEST: Record<Product['name'], readonly [major: number, minor: number]> = {
  Elasticsearch: [7, 8],
  OpenSearch: [1, 0],
};

/**
 * Reads the answer to `GET /`. OpenSearch says so in `version.distribution`; Elasticsearch, since 7.14, in the header
 * `X-Elastic-Product`, and always by its tagline.
 * @throws {SettingError} if it is neither of them, or too old
 */
export function productOf(answer: HttpAnswer): Product {
  const body = answer.json();
  const { tagline, version, cluster_name: cluster } = isFields(body) ? body : {};
  const { number, distribution } = isFields(version) ? version : {};
  const isOpenSearch = distribution === 'opensearch';
  const isElasticsearch = answer.headers['x-elastic-product'] === 'Elasticsearch' || tagline === 'You Know, for Search';
  if (typeof number !== 'string' || (!isOpenSearch && !isElasticsearch)) {
    throw new SettingError(`What answers at ${answer.origin} is neither Elasticsearch nor OpenSearch.`, {
      setting: 'url',
      remedy: 'Correct the address; a path in front of the API belongs to it.',
    });
  }
  const name = isOpenSearch ? 'OpenSearch' : 'Elasticsearch';
  const [major = 0, minor = 0] = number.split('.').map(Number);
  const [least, leastMinor] = OLDEST[name];
  if (major < least || (major === least && minor < leastMinor)) {
    throw new SettingError(`${name} ${number} at ${answer.origin} is too old.`, {
      setting: 'url',
      remedy: 'Elasticsearch has to be 7.8 or newer, OpenSearch any.',
    });
  }
  return { name, version: number, cluster: typeof cluster === 'string' ? cluster : '' };
}
