import { isFields } from '../core/records';
import type { RowResult } from '../sinks/destination';
import type { ElasticsearchCluster } from './cluster';
import type { DocumentRow } from './documents';
import { resultsOf } from './items';

/**
 * Writes documents by `_bulk`, the same for Elasticsearch 7 to 9 and OpenSearch 1 to 3. Of the answer only what is needed
 * is asked for: a batch of 500 takes 12 KB in place of 100.
 */
export class Bulk {
  readonly #path: string;
  /** The most bytes of a request that the server, or a proxy before it, takes, as far as it has said. */
  #limit = Infinity;

  constructor(private readonly cluster: ElasticsearchCluster) {
    const wanted = [
      'errors',
      'items.*.status',
      'items.*.error.type',
      'items.*.error.reason',
      'items.*.error.caused_by',
    ];
    this.#path = `/_bulk?timeout=${cluster.patience}s&filter_path=${wanted.join(',')}`;
  }

  /**
   * @returns undefined if all are safe; else what became of each
   * @throws {PulseflowError} if the request failed as a whole
   */
  async write(rows: readonly DocumentRow[]): Promise<undefined | readonly RowResult[]> {
    const parts = inParts(rows, this.#limit);
    if (parts.length === 1) return this.#send(rows);
    const results: RowResult[] = [];
    for (const part of parts) results.push(...((await this.#send(part)) ?? part.map(() => undefined)));
    return results;
  }

  async #send(rows: readonly DocumentRow[]): Promise<undefined | readonly RowResult[]> {
    let body = '';
    for (const { lines } of rows) body += lines;
    const answer = await this.cluster.ask({ method: 'POST', path: this.#path, body });
    if (answer.status === 413 && rows.length > 1) {
      this.#limit = Math.floor(bytesOf(rows) / 2);
      return this.write(rows);
    }
    if (!answer.ok) throw this.cluster.failure(answer);
    const { errors, items } = asFields(answer.json());
    if (errors === false) return undefined;
    return resultsOf(items, rows.length, { server: this.cluster.name, user: this.cluster.user });
  }
}

/** Consecutive stretches of at most so many bytes each; a row larger than that is one by itself. */
function inParts(rows: readonly DocumentRow[], limit: number): (readonly DocumentRow[])[] {
  if (bytesOf(rows) <= limit) return [rows];
  const parts: DocumentRow[][] = [];
  let part: DocumentRow[] = [];
  let size = 0;
  for (const row of rows) {
    if (part.length > 0 && size + row.bytes > limit) {
      parts.push(part);
      part = [];
      size = 0;
    }
    part.push(row);
    size += row.bytes;
  }
  parts.push(part);
  return parts;
}

function bytesOf(rows: readonly DocumentRow[]): number {
  let sum = 0;
  for (const { bytes } of rows) sum += bytes;
  return sum;
}

function asFields(value: unknown): Readonly<Record<string, unknown>> {
  return isFields(value) ? value : {};
}
