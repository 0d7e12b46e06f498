/** A document as `_search` gives it. */
export interface StoredDocument<Source = unknown> {
  readonly index: string;
  readonly id: string;
  /** 1 when it was created, one more with each write. */
  readonly version: number;
  readonly source: Source;
}

const PAGE = 5_000;

/** Reads back what an OpenSearch or Elasticsearch holds, over its plain HTTP protocol. */
export class Documents {
  constructor(private readonly url: string) {}

  /**
   * Any request, with a body of JSON, or of NDJSON if it is text.
   * @returns the answer's body
   * @throws Error with the body, if the status is 400 or above
   */
  async ask(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: { 'Content-Type': typeof body === 'string' ? 'application/x-ndjson' : 'application/json' },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
    return JSON.parse(text);
  }

  /** How many documents an index, or all that a pattern names, hold; what was written before is counted. */
  async count(index: string): Promise<number> {
    await this.#refresh(index);
    return ((await this.ask('GET', `/${index}/_count`)) as { count: number }).count;
  }

  /** All documents of an index, or of all that a pattern names, sorted by index and id; what was written before is there. */
  async all<Source = unknown>(index: string): Promise<StoredDocument<Source>[]> {
    await this.#refresh(index);
    const found: StoredDocument<Source>[] = [];
    const query = { size: PAGE, version: true, sort: ['_doc'] };
    let page = (await this.ask('POST', `/${index}/_search?scroll=1m`, query)) as Page<Source>;
    while (page.hits.hits.length > 0) {
      for (const { _index, _id, _version, _source } of page.hits.hits)
        found.push({ index: _index, id: _id, version: _version, source: _source });
      page = (await this.ask('POST', '/_search/scroll', { scroll: '1m', scroll_id: page._scroll_id })) as Page<Source>;
    }
    await this.ask('DELETE', '/_search/scroll', { scroll_id: page._scroll_id });
    return found.sort((a, b) => order(a.index, b.index) || order(a.id, b.id));
  }

  async #refresh(index: string): Promise<void> {
    await this.ask('POST', `/${index}/_refresh`);
  }
}

interface Page<Source> {
  readonly _scroll_id: string;
  readonly hits: {
    readonly hits: readonly { _index: string; _id: string; _version: number; _source: Source }[];
  };
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
