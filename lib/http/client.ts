import http from 'node:http';
import https from 'node:https';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ConnectionOptions } from 'node:tls';
import { StoreUnavailableError } from '../core/errors';
import { HttpAnswer } from './answer';
import { TimeoutError, unreachable } from './failures';

/** How a server, or one of several equal gateways, is reached. */
export interface HttpOptions {
  /** What the server is called in errors, such as `HBase REST gateway`. */
  readonly server: string;
  /** Its addresses, see `parseAddresses`; when one does not answer the next is tried. */
  readonly addresses: readonly URL[];
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The value of the header `Authorization`, such as `basic` makes; sent to `addresses` alone. */
  readonly authorization?: string | undefined;
  /** TLS settings for https addresses: `ca`, `cert`, `key` and so on. */
  readonly tls?: ConnectionOptions;
  /** For how long a silent connection is waited for, in ms; 30 s by default. */
  readonly timeout?: number;
  /** The most connections to each address; 8 by default. */
  readonly connections?: number;
  /** True of an answer with 502, 503 or 504 that is about the request, not about the server. */
  readonly isAnswer?: (answer: HttpAnswer) => boolean;
  /** Why a server cannot serve just now though another one may, where it says so with another status than those. */
  readonly whyAway?: (answer: HttpAnswer) => string | undefined;
}

export interface HttpRequest {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE' | 'HEAD';
  /** Below the address, encoded, with its query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** A function makes a body that is streamed, once for each try. */
  readonly body?: string | Uint8Array | (() => Iterable<Uint8Array> | AsyncIterable<Uint8Array>);
  /** Where to send it in place of the client's addresses: an absolute address, as of a redirection. */
  readonly url?: URL;
  /** In place of the client's. */
  readonly timeout?: number;
  /** False if it must not be sent again when it is unknown whether the server has got it. */
  readonly repeatable?: boolean;
}

/** A login by basic authentication (RFC 7617), for `authorization`; undefined without a user. */
export function basic(user: string, password: string): string | undefined {
  return user === '' ? undefined : `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

/** Nobody can serve what is asked of a gateway: another one may (RFC 9110, 15.6.3 to 15.6.5). */
const UNAVAILABLE = new Set([502, 503, 504]);

const STOPPED = new Error('the flow was stopped');

/** Codes of a connection that has ended while it was written to or read from. */
const CUT = new Set(['ECONNRESET', 'EPIPE']);

/** Speaks HTTP/1.1 with a server over connections that are kept, and with its next address when one is away. */
export class HttpClient {
  readonly #agents: { readonly 'http:': http.Agent; readonly 'https:': https.Agent };
  readonly #login: Readonly<Record<string, string>>;
  readonly #under = new Set<http.ClientRequest>();
  #current = 0;
  #closed = false;

  constructor(private readonly options: HttpOptions) {
    const agent = { keepAlive: true, maxSockets: options.connections ?? 8 };
    this.#agents = { 'http:': new http.Agent(agent), 'https:': new https.Agent({ ...agent, ...options.tls }) };
    const { authorization } = options;
    this.#login = authorization === undefined ? {} : { Authorization: authorization };
  }

  /** The address that answered last, or is tried first. */
  get origin(): string {
    return this.#addressAt(this.#current).origin;
  }

  /**
   * Sends a request and reads the answer, whatever its status.
   * @throws {StoreUnavailableError} if no address answers, or all say that they cannot serve just now
   */
  async request(request: HttpRequest): Promise<HttpAnswer> {
    if (request.url !== undefined) return this.#checked(await this.#tryOne(request.url, request));
    const { addresses } = this.options;
    let at = this.#current;
    for (let tries = 1; ; tries++) {
      const last = tries === addresses.length;
      try {
        const answer = await this.#tryOne(urlOf(this.#addressAt(at), request.path), request);
        if (last || !this.#isAway(answer)) {
          this.#current = at;
          return this.#checked(answer);
        }
      } catch (thrown) {
        if (last || this.#closed || (request.repeatable === false && !neverSent(thrown))) throw thrown;
      }
      at = (at + 1) % addresses.length;
    }
  }

  /** Ends its connections; requests under way fail. */
  close(): void {
    this.#closed = true;
    for (const each of this.#under) each.destroy(STOPPED);
    this.#agents['http:'].destroy();
    this.#agents['https:'].destroy();
  }

  #addressAt(index: number): URL {
    const address = this.options.addresses[index];
    if (address === undefined) throw new TypeError(`The ${this.options.server} has no address.`);
    return address;
  }

  #isAway(answer: HttpAnswer): boolean {
    if (this.options.whyAway?.(answer) !== undefined) return true;
    return UNAVAILABLE.has(answer.status) && this.options.isAnswer?.(answer) !== true;
  }

  #checked(answer: HttpAnswer): HttpAnswer {
    if (!this.#isAway(answer)) return answer;
    const { status, origin } = answer;
    const why = this.options.whyAway?.(answer) ?? `HTTP ${status}${said(answer)}`;
    throw new StoreUnavailableError(`The ${this.options.server} at ${origin} cannot serve just now: ${why}.`, {
      remedy: 'It is asked again until it can.',
      retryAfter: answer.retryAfter(),
    });
  }

  #stopped(): StoreUnavailableError {
    return new StoreUnavailableError(`A request to the ${this.options.server} was given up: the flow was stopped.`, {
      cause: STOPPED,
    });
  }

  async #tryOne(url: URL, request: HttpRequest): Promise<HttpAnswer> {
    try {
      return await this.#send(url, request);
    } catch (thrown) {
      if (this.#closed) throw this.#stopped();
      throw unreachable(this.options.server, url.origin, thrown);
    }
  }

  async #send(url: URL, request: HttpRequest): Promise<HttpAnswer> {
    const { body } = request;
    const streamed = typeof body === 'function';
    const length = body === undefined || streamed ? {} : { 'Content-Length': String(Buffer.byteLength(body)) };
    const own = this.options.addresses.some(({ origin }) => origin === url.origin);
    // A redirection elsewhere does not get the login.
    const headers = { ...this.options.headers, ...(own ? this.#login : {}), ...length, ...request.headers };
    const timeout = request.timeout ?? this.options.timeout ?? 30_000;
    for (let again = false; ; again = true) {
      if (this.#closed) throw STOPPED;
      const sent = this.#ask(url, request, headers);
      this.#under.add(sent);
      sent.setTimeout(timeout, () => sent.destroy(new TimeoutError(timeout)));
      try {
        return await read(sent, streamed ? Readable.from(body()) : body, url.origin);
      } catch (thrown) {
        // A kept connection that the server has just closed: it has not seen the request (RFC 9112, 9.3.1).
        const stale = sent.reusedSocket && CUT.has((thrown as { code?: string }).code ?? '');
        if (!stale || again || request.repeatable === false) throw thrown;
      } finally {
        this.#under.delete(sent);
      }
    }
  }

  #ask(url: URL, { method }: HttpRequest, headers: Record<string, string>): http.ClientRequest {
    const options = { method, headers };
    return url.protocol === 'https:'
      ? https.request(url, { ...options, agent: this.#agents['https:'] })
      : http.request(url, { ...options, agent: this.#agents['http:'] });
  }
}

async function read(
  sent: http.ClientRequest,
  body: string | Uint8Array | Readable | undefined,
  origin: string,
): Promise<HttpAnswer> {
  const answered = new Promise<http.IncomingMessage>((resolve, reject) => {
    sent.once('response', resolve);
    sent.on('error', reject);
  });
  if (body instanceof Readable) {
    // An answer may come, and the connection be closed, before all was sent.
    void pipeline(body, sent).catch((thrown: unknown) => sent.destroy(thrown as Error));
  } else {
    sent.end(body);
  }
  const response = await answered;
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return new HttpAnswer(response.statusCode ?? 0, response.headers, Buffer.concat(chunks), origin);
}

function urlOf(address: URL, path: string): URL {
  return new URL(`${address.origin}${address.pathname === '/' ? '' : address.pathname}${path}`);
}

function said(answer: HttpAnswer): string {
  const text = answer.excerpt(200);
  return text === '' ? '' : ` (${text})`;
}

function neverSent(thrown: unknown): boolean {
  const { cause } = thrown as { cause?: { code?: string } };
  return ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'].includes(cause?.code ?? '');
}
