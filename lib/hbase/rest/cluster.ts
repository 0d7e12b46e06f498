import type { ConnectionOptions } from 'node:tls';
import { StoreError } from '../../core/errors';
import { parseAddresses } from '../../http/addresses';
import { HttpClient, basic } from '../../http/client';
import { checkTableName, missingTable } from '../names';
import type { HBaseCluster, TableOptions } from '../table';
import { failure, isAboutTheRequest, lacksTable } from './failures';
import { familiesIn, schemaOf } from './schema';
import { RestTable } from './table';

/** How the gateways of a cluster are reached. */
export interface RestSettings {
  /** One address or several, separated by commas, of gateways to the same cluster. */
  readonly url: string;
  readonly user: string;
  readonly password: string;
  readonly tls?: ConnectionOptions;
  /** For how long an answer is waited for, in ms. */
  readonly timeout: number;
}

const JSON_TYPE = 'application/json';

/** A real cluster, over its REST gateways. */
export class RestHBase implements HBaseCluster {
  readonly needsTimes = true;
  readonly #http: HttpClient;
  /** Tables that are being made: one at a time, or the second would take the first's families away. */
  readonly #making = new Map<string, Promise<unknown>>();

  /** @throws {SettingError} if an address cannot be used */
  constructor(settings: RestSettings) {
    this.#http = gatewayClient(settings);
  }

  async open(name: string, options: TableOptions): Promise<RestTable> {
    checkTableName(name);
    const before = this.#making.get(name);
    const opening = Promise.resolve(before)
      .catch(() => undefined)
      .then(() => this.#open(name, options));
    this.#making.set(name, opening);
    try {
      return await opening;
    } finally {
      if (this.#making.get(name) === opening) this.#making.delete(name);
    }
  }

  async tableNames(): Promise<string[]> {
    const answer = await this.#http.request({ method: 'GET', path: '/', headers: { Accept: JSON_TYPE } });
    if (!answer.ok) throw failure(answer, '');
    const { table = [] } = (answer.json() ?? {}) as { table?: { readonly name: string }[] };
    return table.map(({ name }) => name).sort();
  }

  close(): void {
    this.#http.close();
  }

  async #open(name: string, options: TableOptions): Promise<RestTable> {
    const known = await this.#families(name);
    if (known === undefined && !options.createTable) throw missingTable(name, options);
    const missing = options.families.filter((family) => known?.has(family) !== true);
    if (options.createTable && missing.length > 0) await this.#make(name, missing, options);
    else if (known !== undefined) return this.#table(name, known);
    const made = await this.#families(name);
    if (made !== undefined) return this.#table(name, made);
    throw new StoreError(`The HBase table "${name}" was not made, or has been deleted again.`, { setting: 'table' });
  }

  #table(name: string, families: ReadonlySet<string>): RestTable {
    return new RestTable(this.#http, name, families, () => this.#families(name));
  }

  /** The column families of a table; undefined if there is no such table. */
  async #families(name: string): Promise<ReadonlySet<string> | undefined> {
    const path = schemaPath(name);
    const answer = await this.#http.request({ method: 'GET', path, headers: { Accept: JSON_TYPE } });
    if (answer.ok) return familiesIn(answer.json());
    if (lacksTable(answer)) return undefined;
    throw failure(answer, name);
  }

  /** POST makes the table, or adds families to one that is there; PUT would take away those that it does not name. */
  async #make(name: string, families: readonly string[], options: TableOptions): Promise<void> {
    const body = JSON.stringify(schemaOf(name, families, options));
    const headers = { 'Content-Type': JSON_TYPE, Accept: JSON_TYPE };
    const answer = await this.#http.request({ method: 'POST', path: schemaPath(name), headers, body });
    // 304: somebody else has made it just now.
    if (!answer.ok && answer.status !== 304) throw failure(answer, name);
  }
}

/** What speaks with the gateways. */
export function gatewayClient({ url, user, password, tls, timeout }: RestSettings): HttpClient {
  return new HttpClient({
    server: 'HBase REST gateway',
    addresses: parseAddresses(url),
    authorization: basic(user, password),
    timeout,
    isAnswer: isAboutTheRequest,
    ...(tls === undefined ? {} : { tls }),
  });
}

function schemaPath(name: string): string {
  return `/${encodeURIComponent(name)}/schema`;
}
