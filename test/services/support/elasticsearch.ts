import { fetchOpenSearch } from './elasticsearch/artifacts';
import { type OpenSearchOptions, type OpenSearchPlan, configureOpenSearch } from './elasticsearch/configure';
import { Documents } from './elasticsearch/documents';
import { type Launched, TestServer, startTestServer } from './testServer';

/** An OpenSearch of a test's own: one node, plain HTTP. A restart resolves once all indexes can be read and written. */
export class OpenSearch extends TestServer {
  readonly url: string;
  readonly documents: Documents;

  constructor({ url }: OpenSearchPlan, launched: Launched) {
    super(launched);
    this.url = url;
    this.documents = new Documents(url);
  }
}

/** Starts an empty OpenSearch; ends at the latest when this process does. */
export function startOpenSearch(options: OpenSearchOptions = {}): Promise<OpenSearch> {
  fetchOpenSearch();
  return startTestServer(
    (folder, from) => configureOpenSearch(folder, options, from),
    (plan, launched) => new OpenSearch(plan, launched),
  );
}
