import type { ConnectionOptions } from 'node:tls';
import { isFields } from '../core/records';
import { parseAddresses } from '../http/addresses';
import type { HttpAnswer } from '../http/answer';
import { HttpClient, type HttpRequest } from '../http/client';
import { failureOf } from './failures';
import { type Login, authorizationOf } from './login';
import { type Product, productOf } from './product';

/** How a cluster is reached: elasticsearch-cluster's settings. */
export interface ClusterOptions extends Login {
  /** Addresses of its nodes, separated by commas. */
  readonly url: string;
  /** TLS settings for https addresses. */
  readonly tls?: ConnectionOptions;
  /** For how long an answer is waited for, in ms; 30 s by default. */
  readonly timeout?: number;
}

/** What a cluster is asked. */
export interface ClusterRequest {
  readonly method: HttpRequest['method'];
  /** Below the address, with its query. */
  readonly path: string;
  /** An object becomes JSON; text is sent as it is, as lines of JSON. */
  readonly body?: object | string;
}

const TIMEOUT = 30_000;
/** How much of the time the server may wait for a shard: it then still says which document it could not store. */
const OF_TIMEOUT = 2 / 3;
/** More are not offered in a dialog. */
const MOST_NAMES = 1_000;

/** A cluster of Elasticsearch or OpenSearch, over its HTTP interface. Connects when it is first asked. */
export class ElasticsearchCluster {
  readonly user: string;
  /** How long a `_bulk` may wait for a shard, in whole seconds. */
  readonly patience: number;
  readonly #client: HttpClient;
  #product: Product | undefined;

  /** @throws {SettingError} if an address is none */
  constructor({ url, tls, timeout = TIMEOUT, ...login }: ClusterOptions) {
    this.user = login.apiKey === '' ? login.user : '';
    this.patience = Math.max(1, Math.floor((timeout * OF_TIMEOUT) / 1_000));
    this.#client = new HttpClient({
      server: 'Elasticsearch server',
      addresses: parseAddresses(url),
      authorization: authorizationOf(login),
      headers: { Accept: 'application/json' },
      timeout,
      ...(tls === undefined ? {} : { tls }),
    });
  }

  /** What it is called in errors: product and version, as far as they are known, and the address. */
  get name(): string {
    const { name, version } = this.#product ?? { name: 'The server', version: '' };
    return `${name}${version === '' ? '' : ` ${version}`} at ${this.#client.origin}`;
  }

  /**
   * Asks, and reads the answer, whatever its status.
   * @throws {StoreUnavailableError} if no address answers, or all say that they cannot serve just now
   */
  ask({ method, path, body }: ClusterRequest): Promise<HttpAnswer> {
    if (body === undefined) return this.#client.request({ method, path });
    const isText = typeof body === 'string';
    return this.#client.request({
      method,
      path,
      body: isText ? body : JSON.stringify(body),
      headers: { 'Content-Type': isText ? 'application/x-ndjson' : 'application/json' },
    });
  }

  /**
   * Asks for something that has to succeed.
   * @returns the answer as JSON
   * @throws {PulseflowError} with the reason that the server gives, see `failureOf`
   */
  async demand(request: ClusterRequest): Promise<unknown> {
    const answer = await this.ask(request);
    if (!answer.ok) throw this.failure(answer);
    return answer.json();
  }

  /** The error that an answer is. */
  failure(answer: HttpAnswer): Error {
    return failureOf(answer, this.name, this.user);
  }

  /**
   * Product and version, asked for once.
   * @returns undefined where whoever is logged in may not ask for that
   * @throws {PulseflowError} if it is neither Elasticsearch nor OpenSearch, too old, or does not accept the login
   */
  async product(): Promise<Product | undefined> {
    if (this.#product !== undefined) return this.#product;
    const answer = await this.ask({ method: 'GET', path: '/' });
    // An API key that may only write to some indexes.
    if (answer.status === 403) return undefined;
    if (!answer.ok) throw this.failure(answer);
    this.#product = productOf(answer);
    return this.#product;
  }

  /** The names of indexes, aliases and data streams that one may write to, sorted; the server's own are left out. */
  async indexNames(): Promise<string[]> {
    const found = await this.demand({ method: 'GET', path: '/_resolve/index/*' });
    const { indices, aliases, data_streams: streams } = isFields(found) ? found : {};
    const names = [indices, aliases, streams]
      .flatMap((list): readonly unknown[] => (Array.isArray(list) ? list : []))
      .map(nameOf);
    return [...new Set(names)]
      .filter((name) => name !== '' && !name.startsWith('.'))
      .sort()
      .slice(0, MOST_NAMES);
  }

  /** Ends its connections. */
  close(): void {
    this.#client.close();
  }
}

function nameOf(entry: unknown): string {
  return isFields(entry) && typeof entry.name === 'string' ? entry.name : '';
}
