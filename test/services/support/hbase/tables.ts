/** A cell as HBase's gateway gives it. */
export interface StoredCell {
  /** `family:qualifier` */
  readonly column: string;
  /** Milliseconds of the epoch, as HBase keeps it with the cell. */
  readonly timestamp: number;
  readonly value: Buffer;
}

/** A row as HBase's gateway gives it: its cells by column, then the newest first. */
export interface StoredRow {
  readonly key: string;
  readonly cells: readonly StoredCell[];
}

/** A table's region: the first key it holds, and the first one it does not; empty at the table's ends. */
export interface StoredRegion {
  readonly startKey: string;
  readonly endKey: string;
  /** `host:port` of its region server. */
  readonly location: string;
}

const CELLS_A_PAGE = 10_000;

/** Tables of an HBase, over its gateway's JSON (https://hbase.apache.org/book.html#_rest). Keys and columns are text. */
export class Tables {
  constructor(private readonly gateway: string) {}

  async names(): Promise<string[]> {
    const { table } = (await this.#json('GET', '/')) as { table: { name: string }[] };
    return table.map(({ name }) => name);
  }

  /** Makes a table whose families keep so many versions of a cell. */
  async create(table: string, families: readonly string[], versions = 1): Promise<void> {
    const columns = families.map((name) => ({ name, VERSIONS: String(versions) }));
    await this.#json('PUT', `/${table}/schema`, { name: table, ColumnSchema: columns });
  }

  async regions(table: string): Promise<StoredRegion[]> {
    const { Region } = (await this.#json('GET', `/${table}/regions`)) as {
      Region: Record<keyof StoredRegion, string>[];
    };
    return Region.map(({ startKey, endKey, location }) => ({
      startKey: decoded(startKey).toString(),
      endKey: decoded(endKey).toString(),
      location,
    }));
  }

  async put(table: string, rows: readonly StoredRow[]): Promise<void> {
    const Row = rows.map(({ key, cells }) => ({
      key: encoded(key),
      Cell: cells.map(({ column, timestamp, value }) => ({
        column: encoded(column),
        timestamp,
        $: value.toString('base64'),
      })),
    }));
    await this.#json('PUT', `/${table}/multi`, { Row });
  }

  /**
   * Scans a whole table.
   * @param versions how many of each cell to read, as far as they are kept
   * @returns by key
   */
  async rows(table: string, versions = 1): Promise<StoredRow[]> {
    const { headers } = await this.#ask('PUT', `/${table}/scanner`, { batch: CELLS_A_PAGE, maxVersions: versions });
    const scanner = new URL(headers.get('location') ?? '').pathname;
    const rows = new Map<string, StoredCell[]>();
    for (;;) {
      const page = (await this.#json('GET', scanner)) as { Row: JsonRow[] } | undefined;
      if (page === undefined) break;
      // A page may end within a row.
      for (const { key, Cell } of page.Row) {
        const name = decoded(key).toString();
        const cells = Cell.map(({ column, timestamp, $ }) => ({
          column: decoded(column).toString(),
          timestamp,
          value: decoded($),
        }));
        rows.set(name, [...(rows.get(name) ?? []), ...cells]);
      }
    }
    await this.#ask('DELETE', scanner);
    return [...rows].map(([key, cells]) => ({ key, cells }));
  }

  /** @returns undefined if the answer has no body */
  async #json(method: string, path: string, body?: unknown): Promise<unknown> {
    const text = await (await this.#ask(method, path, body)).text();
    return text === '' ? undefined : JSON.parse(text);
  }

  async #ask(method: string, path: string, body?: unknown): Promise<Response> {
    const response = await fetch(`${this.gateway}${path}`, {
      method,
      headers: { Accept: 'application/json', 'Content-Type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`);
    return response;
  }
}

interface JsonRow {
  readonly key: string;
  readonly Cell: readonly { column: string; timestamp: number; $: string }[];
}

function encoded(text: string): string {
  return Buffer.from(text).toString('base64');
}

function decoded(base64: string): Buffer {
  return Buffer.from(base64, 'base64');
}
