import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { type RequestVerdict, type RowVerdict } from '../../support/sinkAdapter';
import { Verdicts } from '../../support/verdicts';

type Json = Readonly<Record<string, unknown>>;

/** A document as it is stored. */
export interface Stored {
  readonly index: string;
  readonly id: string;
  readonly source: Json;
}

export interface ServerOptions {
  /** What it answers to `GET /`; OpenSearch's answer by default. */
  readonly root?: {
    readonly status?: number;
    readonly headers?: Record<string, string>;
    readonly body: object | string;
  };
  /** Its key and certificate, and who may connect: it then speaks TLS. */
  readonly tls?: https.ServerOptions;
  /** What `Authorization` has to be, if anything. */
  readonly authorization?: string;
  /** The most bytes of a request: `http.max_content_length`. */
  readonly longest?: number;
}

export const OPENSEARCH = {
  name: 'Node 1',
  cluster_name: 'fake',
  version: { distribution: 'opensearch', number: '2.19.1' },
  tagline: 'The OpenSearch Project: https://opensearch.org/',
};
export const ELASTICSEARCH = {
  name: 'instance-1',
  cluster_name: 'fake',
  version: { number: '9.1.2', build_flavor: 'default' },
  tagline: 'You Know, for Search',
};

const ERRORS: Record<Exclude<RowVerdict, 'take'>, { status: number; error: Json }> = {
  refuse: {
    status: 400,
    error: {
      type: 'mapper_parsing_exception',
      reason: 'failed to parse field [n] of type [long]',
      caused_by: { type: 'illegal_argument_exception', reason: 'For input string: "zz"' },
    },
  },
  busy: {
    status: 429,
    error: { type: 'es_rejected_execution_exception', reason: 'rejected execution of coordinating operation' },
  },
  fail: { status: 500, error: { type: 'exception', reason: 'shard failed' } },
};

/** An answer that a test gives in place of the server's. */
export interface Answer {
  readonly status: number;
  readonly body?: object | string;
}

type Whole = [status: number, body: object | string, headers?: Record<string, string>];

/**
 * A server that speaks the parts of the HTTP interface that the sink uses, in the words of OpenSearch 2.19, and fails as it
 * is told.
 */
export class FakeServer extends Verdicts {
  /** By index and id. */
  readonly documents = new Map<string, Stored>();
  readonly templates = new Map<string, Json>();
  /** Every request: `POST /_bulk?…`. */
  readonly heard: string[] = [];
  readonly headers: http.IncomingHttpHeaders[] = [];
  /** Answers a request by itself, or leaves it to the server. */
  onAsked: (method: string, path: string) => Answer | undefined = () => undefined;
  /** Answers a `_bulk` by itself, by the ids of its documents. */
  onBulk: (ids: readonly string[]) => Answer | undefined = () => undefined;
  /** Answers for one document by itself: status and error. */
  onDocument: (document: Stored) => { readonly status: number; readonly error: object } | undefined = () => undefined;
  readonly #connections = new Set<Socket>();
  #server: http.Server;
  #port = 0;

  private constructor(private readonly options: ServerOptions) {
    super();
    this.#server = this.#make();
  }

  static async start(options: ServerOptions = {}): Promise<FakeServer> {
    const server = new FakeServer(options);
    await server.comeBack();
    return server;
  }

  get url(): string {
    return `${this.options.tls === undefined ? 'http' : 'https'}://localhost:${this.#port}`;
  }

  async goAway(): Promise<void> {
    const closed = new Promise((done) => this.#server.close(done));
    for (const each of this.#connections) each.destroy();
    await closed;
  }

  async comeBack(): Promise<void> {
    if (this.#port !== 0) this.#server = this.#make();
    this.#server.listen(this.#port, 'localhost');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    if (this.#server.listening) await this.goAway();
  }

  #make(): http.Server {
    const listen = (request: http.IncomingMessage, response: http.ServerResponse): void =>
      void this.#hear(request, response);
    const server =
      this.options.tls === undefined ? http.createServer(listen) : https.createServer(this.options.tls, listen);
    server.on('connection', (socket: Socket) => {
      this.#connections.add(socket);
      socket.once('close', () => this.#connections.delete(socket));
    });
    return server;
  }

  async #hear(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
    } catch {
      return;
    }
    const body = Buffer.concat(chunks);
    const { method = '', url = '' } = request;
    const path = decodeURIComponent(url.split('?')[0] ?? '');
    this.heard.push(`${method} ${url}`);
    this.headers.push(request.headers);
    const [status, answer, headers] = this.#first(method, path, request, body) ?? this.#answer(method, path, body);
    if (path === '/_bulk' && status === 200) this.#bulk(body.toString(), request, response);
    else end(response, status, answer, headers);
  }

  /** What stands before any answer of its own. */
  #first(method: string, path: string, request: http.IncomingMessage, body: Buffer): Whole | undefined {
    const own = this.onAsked(method, path);
    if (own !== undefined) return [own.status, own.body ?? ''];
    const { authorization, longest = Infinity } = this.options;
    if (authorization !== undefined && request.headers.authorization !== authorization)
      return [401, problem('security_exception', 'unable to authenticate user')];
    if (body.length > longest) return [413, ''];
    return path === '/_bulk' ? [200, ''] : undefined;
  }

  #answer(method: string, path: string, body: Buffer): Whole {
    if (path === '/') {
      const { status = 200, body: root, headers = {} } = this.options.root ?? { body: OPENSEARCH };
      return [status, root, headers];
    }
    if (path.startsWith('/_resolve/index')) {
      const names = new Set([...this.documents.values()].map(({ index }) => index));
      return [200, { indices: [...names, '.hidden'].map((name) => ({ name })), aliases: [], data_streams: [] }];
    }
    const name = /^\/_index_template\/(.*)$/u.exec(path)?.[1] ?? '';
    if (name.startsWith('_simulate_index/')) return [200, this.#simulate(name.split('/')[1] ?? '')];
    if (method === 'PUT' && name !== '') {
      this.templates.set(name, JSON.parse(body.toString()) as Json);
      return [200, { acknowledged: true }];
    }
    const found = this.templates.get(name);
    if (found !== undefined) return [200, { index_templates: [{ name, index_template: found }] }];
    return [404, problem('resource_not_found_exception', `index template matching [${name}] not found`)];
  }

  #simulate(index: string): object {
    const fits = [...this.templates.values()].some((template) =>
      (template.index_patterns as string[]).some((pattern) => index.startsWith(pattern.split('*')[0] ?? '')),
    );
    return fits ? { template: { settings: {}, mappings: {}, aliases: {} }, overlapping: [] } : {};
  }

  #bulk(body: string, request: http.IncomingMessage, response: http.ServerResponse): void {
    const lines = body.trimEnd().split('\n');
    const documents: (Stored & { action: string })[] = [];
    for (let line = 0; line + 1 < lines.length; line += 2) {
      const [[action, { _index, _id }] = ['', { _index: '', _id: '' }]] = Object.entries(
        JSON.parse(lines[line] ?? '') as Record<string, { _index: string; _id: string }>,
      );
      documents.push({ action, index: _index, id: _id, source: JSON.parse(lines[line + 1] ?? '') as Json });
    }
    const own = this.onBulk(documents.map(({ id }) => id));
    if (own !== undefined) {
      end(response, own.status, own.body ?? '');
      return;
    }
    const verdict = this.judge(documents.map(({ id }) => id));
    const store = (document: Stored): void => void this.documents.set(`${document.index}/${document.id}`, document);
    const instead: Record<Exclude<RequestVerdict, 'rows'>, () => void> = {
      unavailable: () => end(response, 503, problem('unavailable', 'no master')),
      error: () => end(response, 500, problem('exception', 'all shards failed')),
      hang: () => undefined,
      cut: () => {
        documents.forEach(store);
        request.socket.destroy();
      },
    };
    if (verdict.request !== 'rows') {
      instead[verdict.request]();
      return;
    }
    const items = documents.map(({ action, ...document }, index) => {
      const row = verdict.rows[index] ?? 'take';
      const refused = row === 'take' ? this.onDocument(document) : ERRORS[row];
      if (refused !== undefined) return { [action]: refused };
      const isThere = this.documents.has(`${document.index}/${document.id}`);
      if (action === 'create' && isThere) {
        const error = { type: 'version_conflict_engine_exception', reason: 'document already exists' };
        return { [action]: { status: 409, error } };
      }
      store(document);
      return { [action]: { status: isThere ? 200 : 201 } };
    });
    end(response, 200, { errors: items.some((item) => 'error' in (Object.values(item)[0] ?? {})), items });
  }
}

/** An error as these servers write them. */
export function problem(type: string, reason: string): object {
  return { error: { root_cause: [{ type, reason }], type, reason } };
}

function end(
  response: http.ServerResponse,
  status: number,
  body: object | string,
  headers: Record<string, string> = {},
): void {
  const isText = typeof body === 'string';
  response.writeHead(status, { 'Content-Type': isText ? 'text/html' : 'application/json', ...headers });
  response.end(isText ? body : JSON.stringify(body));
}
