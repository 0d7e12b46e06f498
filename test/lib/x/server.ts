import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A post as the stand-in keeps it; its author is sent beside it, as X does. */
export interface FakePost {
  readonly id: string;
  readonly text: string;
  readonly author_id?: string;
  readonly [field: string]: unknown;
}

/** A way in which the next answer goes wrong. */
export type Fault =
  | '429' // {"title":"Too Many Requests",...}
  | '429-old' // {"errors":[{"code":88}]}
  | '429-bare' // without rate headers
  | '503' // an HTML body
  | '401'
  | '403'
  | 'usage-capped'
  | 'partial' // data and errors
  | 'cut' // the connection ends within the body
  | 'refuse' // the connection ends before an answer
  | 'garbage' // 200 with something else than an answer
  | 'stale' // 400: since_id too old
  | 'lost-token'; // 400: next_token unknown

export interface SeenRequest {
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly status: number;
}

export interface FakeXOptions {
  readonly token?: string;
  /** Requests in a period. */
  readonly limit?: number;
  /** The server's clock, milliseconds since 1970. */
  readonly now?: () => number;
}

/**
 * A stand-in for X API v2's recent search on 127.0.0.1, as its documentation has
 * it: newest first, since_id, next_token, max_results of 10 to 100, authors in `includes`, rate headers, errors.
 */
export class FakeX {
  readonly requests: SeenRequest[] = [];
  /** Taken by the next requests, in order. */
  readonly faults: Fault[] = [];
  remaining: number;
  /** Epoch seconds. */
  reset: number;
  readonly #posts: FakePost[] = [];
  readonly #server: Server;
  readonly #token: string;
  readonly #limit: number;
  readonly #now: () => number;

  private constructor(options: FakeXOptions) {
    this.#token = options.token ?? 'secret';
    this.#limit = options.limit ?? 450;
    this.#now = options.now ?? Date.now;
    this.remaining = this.#limit;
    this.reset = Math.ceil(this.#now() / 1_000) + 900;
    this.#server = createServer((request, response) => this.#answer(request, response));
  }

  static async start(options: FakeXOptions = {}): Promise<FakeX> {
    const fake = new FakeX(options);
    await new Promise<void>((resolve) => fake.#server.listen(0, '127.0.0.1', resolve));
    return fake;
  }

  /** What to set as `apiUrl`. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The posts that its answers have held so far: what X would bill. */
  billed = 0;

  publish(...posts: FakePost[]): void {
    this.#posts.push(...posts);
    this.#posts.sort((a, b) => Number(BigInt(b.id) - BigInt(a.id)));
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', this.url);
    const query = Object.fromEntries(url.searchParams);
    const fault = this.faults.shift();
    if (fault === 'refuse') {
      this.requests.push({ path: url.pathname, query, status: 0 });
      request.socket.destroy();
      return;
    }
    const allowed = this.remaining > 0;
    if (allowed) this.remaining--;
    const [status, body] =
      (!allowed ? fail('429') : undefined) ??
      (request.headers.authorization !== `Bearer ${this.#token}` ? fail('401') : undefined) ??
      fail(fault) ??
      this.#search(url.pathname, query, fault);
    this.requests.push({ path: url.pathname, query, status });
    response.statusCode = status;
    response.setHeader('date', new Date(this.#now()).toUTCString());
    if (fault !== '429-bare') {
      response.setHeader('x-rate-limit-limit', this.#limit);
      response.setHeader('x-rate-limit-remaining', this.remaining);
      response.setHeader('x-rate-limit-reset', this.reset);
    }
    const html = typeof body === 'string';
    response.setHeader('content-type', html ? 'text/html' : 'application/json; charset=utf-8');
    const text = html ? body : JSON.stringify(body);
    if (fault !== 'cut') {
      response.end(text);
      return;
    }
    response.setHeader('content-length', Buffer.byteLength(text));
    response.write(text.slice(0, text.length / 2), () => request.socket.destroy());
  }

  #search(path: string, query: Record<string, string>, fault: Fault | undefined): [number, unknown] {
    if (path !== '/2/tweets/search/recent') return [404, problem('Not Found', `no ${path}`)];
    const max = Number(query.max_results ?? 10);
    if (!query.query) return [400, problem('Invalid Request', 'query can not be empty')];
    if (max < 10 || max > 100)
      return [400, invalid(`The max_results query parameter value [${max}] is not between 10 and 100`)];
    const since = query.since_id ?? '';
    const [from = '0', tokenSince = since] = (query.next_token ?? `0~${since}`).split('~');
    if (tokenSince !== since) return [400, invalid('next_token belongs to another since_id')];
    const matching = this.#posts.filter(({ id }) => since === '' || BigInt(id) > BigInt(since));
    const page = matching.slice(Number(from), Number(from) + max);
    const end = Number(from) + page.length;
    this.billed += page.length;
    const users = [...new Set(page.map((post) => post.author_id).filter((id) => id !== undefined))];
    const [newest] = page;
    return [
      200,
      {
        ...(page.length > 0
          ? { data: page, includes: { users: users.map((id) => ({ id, name: `N${id}`, username: `u${id}` })) } }
          : {}),
        ...(fault === 'partial'
          ? {
              errors: [
                {
                  title: 'Not Found Error',
                  detail: 'Could not find user with id: [9].',
                  type: 'https://api.x.com/2/problems/resource-not-found',
                },
              ],
            }
          : {}),
        meta: {
          result_count: page.length,
          ...(newest ? { newest_id: newest.id, oldest_id: page.at(-1)?.id } : {}),
          ...(end < matching.length ? { next_token: `${end}~${since}` } : {}),
        },
      },
    ];
  }
}

function problem(title: string, detail: string, type = 'about:blank', status?: number): unknown {
  return { title, detail, type, ...(status === undefined ? {} : { status }) };
}

function invalid(message: string): unknown {
  return {
    errors: [{ parameters: {}, message }],
    title: 'Invalid Request',
    detail: 'One or more parameters to your request was invalid.',
    type: 'https://api.x.com/2/problems/invalid-request',
  };
}

function fail(fault: Fault | undefined): [number, unknown] | undefined {
  switch (fault) {
    case '429':
    case '429-bare':
      return [429, problem('Too Many Requests', 'Too Many Requests', 'about:blank', 429)];
    case '429-old':
      return [429, { errors: [{ code: 88, message: 'Rate limit exceeded' }] }];
    case 'usage-capped':
      return [
        429,
        problem(
          'UsageCapExceeded',
          'Usage cap exceeded: Monthly product cap',
          'https://api.x.com/2/problems/usage-capped',
        ),
      ];
    case '503':
      return [503, '<!DOCTYPE html><html><body><h1>Over capacity</h1></body></html>'];
    case '401':
      return [401, problem('Unauthorized', 'Unauthorized', 'about:blank', 401)];
    case '403':
      return [403, problem('Forbidden', 'Your app is not enrolled', 'https://api.x.com/2/problems/client-forbidden')];
    case 'stale':
      return [400, invalid("'since_id' must be a tweet id created after 2026-11-16T00:00Z.")];
    case 'lost-token':
      return [400, invalid("The 'next_token' query parameter value is invalid")];
    case 'garbage':
      return [200, ['nothing', 'of', 'use']];
    case 'partial':
    case 'cut':
    case 'refuse':
    case undefined:
      return undefined;
  }
}
