import { userInfo } from 'node:os';
import type { ConnectionOptions } from 'node:tls';
import { parseAddresses } from '../../http/addresses';
import type { HttpAnswer } from '../../http/answer';
import { HttpClient, type HttpRequest } from '../../http/client';
import { failure, noNameNode, whyAway } from './failures';

/** How the name nodes of a cluster, or its HttpFS gateways, are spoken with. */
export interface NameNodeSettings {
  /** Their addresses, separated by commas; of several the one that is active is found. */
  readonly url: string;
  /** Who writes, where the cluster believes it (`user.name`); empty for the account that runs this process. */
  readonly user: string;
  /** A delegation token, which says who writes in place of `user`; empty for none. */
  readonly token: string;
  readonly tls?: ConnectionOptions;
  /** For how long an answer is waited for, in ms. */
  readonly timeout: number;
}

/** An operation of WebHDFS on a path of HDFS. */
export interface Operation {
  readonly method: HttpRequest['method'];
  /** Its name: `CREATE`. */
  readonly op: string;
  /** From `/` on. */
  readonly path: string;
  /** Further parameters. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** What it does, for errors: `write /posts/a.csv`. */
  readonly what: string;
}

/** The name nodes of a cluster, over WebHDFS (Hadoop: "WebHDFS REST API"). */
export class NameNodes {
  readonly #client: HttpClient;
  readonly #login: Readonly<Record<string, string>>;

  /** @throws {SettingError} if an address cannot be used */
  constructor({ url, user, token, tls, timeout }: NameNodeSettings) {
    this.#client = new HttpClient({
      server: 'HDFS name node',
      addresses: parseAddresses(url).map(withoutPath),
      headers: { 'Content-Type': 'application/octet-stream' },
      timeout,
      whyAway,
      ...(tls === undefined ? {} : { tls }),
    });
    this.#login = token === '' ? { 'user.name': user === '' ? account() : user } : { delegation: token };
  }

  /** The address of the one that answered last. */
  get origin(): string {
    return this.#client.origin;
  }

  /**
   * @returns the answer to an operation that succeeded
   * @throws {StoreUnavailableError} if none can serve just now
   * @throws {StoreError} if the operation failed
   */
  async ask(operation: Operation): Promise<HttpAnswer> {
    const answer = await this.#send(operation);
    if (answer.ok) return answer;
    throw failure(answer, operation.what);
  }

  /** @returns the answer, or undefined if the path is not there */
  async askIfThere(operation: Operation): Promise<HttpAnswer | undefined> {
    const answer = await this.#send(operation);
    if (answer.ok) return answer;
    const error = failure(answer, operation.what);
    if (answer.status === 404 && answer.json() !== undefined) return undefined;
    throw error;
  }

  /** Where a name node sends one for an operation with a body: an address of a data node. Nothing is written yet. */
  async locate(operation: Operation): Promise<URL> {
    const answer = await this.#send(operation);
    const { location } = answer.headers;
    if (answer.status === 307 && location !== undefined) return new URL(location);
    throw answer.ok ? noNameNode(answer.origin, 'names no data node to write to') : failure(answer, operation.what);
  }

  close(): void {
    this.#client.close();
  }

  #send({ method, op, path, parameters = {} }: Operation): Promise<HttpAnswer> {
    const name = path.split('/').map(encodeURIComponent).join('/');
    const query = new URLSearchParams({ op, ...parameters, ...this.#login });
    return this.#client.request({ method, path: `/webhdfs/v1${name}?${String(query)}` });
  }
}

/** People copy addresses with the path of WebHDFS. */
function withoutPath(address: URL): URL {
  const url = new URL(address);
  url.pathname = url.pathname.replace(/\/webhdfs(?:\/v1)?$/u, '');
  return url;
}

/** The account that runs this process, as Hadoop's own clients have it; some containers have no name for it. */
function account(): string {
  try {
    return userInfo().username;
  } catch {
    return 'pulseflow';
  }
}
