import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { posix } from 'node:path';

/** What a server does with a request in place of answering it. */
export type Fault =
  /** Answers with an exception of HDFS; 403 if there is no status. */
  | { readonly exception: string; readonly message?: string; readonly status?: number }
  /** Answers with a status and a text that is none of HDFS's. */
  | { readonly status: number; readonly text: string }
  /** Sends one on to this address (operation `CREATE`). */
  | { readonly location: string }
  /** Never answers. */
  | 'hang'
  /** Does it once it is woken up. */
  | 'sleep'
  /** Cuts the connection without doing anything. */
  | 'cut'
  /** Does it and cuts the connection without an answer. */
  | 'cut after'
  /** Cuts the connection in the middle of the body (operation `WRITE`): what has come is a file. */
  | 'cut within';

export interface Asked {
  readonly op: string;
  readonly path: string;
  readonly query: URLSearchParams;
}

/**
 * A name node and a data node in this process, which keep files in memory and fail as they are told. The operations are
 * WebHDFS's; `WRITE` is the second half of `CREATE`, at the data node.
 */
export class FakeWebHdfs {
  /** Folders that were made for themselves, and not removed. */
  readonly folders = new Set<string>();
  /** Files by their paths, unfinished ones too. */
  readonly files = new Map<string, Buffer>();
  readonly asked: Asked[] = [];
  /** The delegation token that the name node asks for; none, if it is undefined. */
  token: string | undefined;
  readonly #faults: { readonly op: string; readonly fault: Fault; times: number; readonly path: RegExp }[] = [];
  readonly #nameNode = createServer((request, response) => void this.#answer(request, response, 'name'));
  readonly #dataNode = createServer((request, response) => void this.#answer(request, response, 'data'));
  readonly #sockets = new Set<Socket>();
  readonly #sleeping: (() => void)[] = [];

  async start(): Promise<this> {
    for (const server of [this.#nameNode, this.#dataNode]) {
      server.on('connection', (socket) => {
        this.#sockets.add(socket);
        socket.once('close', () => this.#sockets.delete(socket));
      });
      await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    }
    return this;
  }

  get url(): string {
    return addressOf(this.#nameNode);
  }

  /** Has the next requests of an operation fail, for all paths or for those that are like this. */
  fail(op: string, fault: Fault, times = 1, path = /^/u): void {
    this.#faults.push({ op, fault, times, path });
  }

  /** Ends what was begun by `fail`. */
  heal(): void {
    this.#faults.length = 0;
  }

  /** How often an operation was asked for. */
  count(op: string): number {
    return this.asked.filter((each) => each.op === op).length;
  }

  /** The paths of all files, finished or not, and of folders that were made for themselves, in order. */
  get names(): string[] {
    return [...this.files.keys(), ...this.folders].sort();
  }

  /** Has servers do what they were asked while they slept. */
  wake(): void {
    for (const wake of this.#sleeping.splice(0)) wake();
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all([this.#nameNode, this.#dataNode].map((server) => new Promise((done) => server.close(done))));
  }

  async #answer(request: IncomingMessage, response: ServerResponse, at: 'name' | 'data'): Promise<void> {
    const { pathname, searchParams: query } = new URL(request.url ?? '', 'http://fake');
    const path = decodeURIComponent(pathname).replace(/^\/webhdfs\/v1/u, '') || '/';
    const op = at === 'data' ? (request.method === 'PUT' ? 'WRITE' : 'PING') : (query.get('op') ?? '');
    this.asked.push({ op, path, query });
    const isKnown = this.token === undefined || at === 'data' || query.get('delegation') === this.token;
    const fault = isKnown ? this.#faultOf(op, path) : { status: 401, text: 'Authentication required' };
    // A request whose body is not read to its end has lost it.
    const { socket } = request;
    if (fault === 'cut') socket.destroy();
    if (fault === 'hang' || fault === 'cut') return;
    if (fault === 'sleep') await new Promise<void>((wake) => this.#sleeping.push(wake));
    if (op === 'WRITE' && query.get('createparent') === 'false' && !this.#has(posix.dirname(path))) {
      answerFault(response, {
        exception: 'FileNotFoundException',
        message: `Parent directory doesn't exist`,
        status: 404,
      });
      return;
    }
    if (op === 'WRITE') await this.#write(request, path, fault === 'cut within');
    if (typeof fault === 'object') {
      answerFault(response, fault);
      return;
    }
    const [status, body] = op === 'WRITE' ? [201, undefined] : this.#do(op, path, query);
    if (fault === 'cut after' || fault === 'cut within') {
      socket.destroy();
      return;
    }
    if (op === 'CREATE') {
      response.setHeader('Location', `${addressOf(this.#dataNode)}${request.url ?? ''}`);
    }
    response.statusCode = status;
    response.end(body === undefined ? undefined : JSON.stringify(body));
  }

  #faultOf(op: string, path: string): Fault | undefined {
    const found = this.#faults.find((each) => each.op === op && each.times > 0 && each.path.test(path));
    if (found !== undefined) found.times--;
    return found?.fault;
  }

  /** As HDFS does, keeps what came before a connection was cut. */
  async #write(request: IncomingMessage, path: string, cut: boolean): Promise<void> {
    const chunks: Buffer[] = [];
    this.files.set(path, Buffer.alloc(0));
    try {
      for await (const chunk of request) {
        chunks.push(chunk as Buffer);
        this.files.set(path, Buffer.concat(chunks));
        if (cut) return;
      }
    } catch {
      // Its writer has gone away.
    }
  }

  #do(op: string, path: string, query: URLSearchParams): readonly [number, unknown?] {
    switch (op) {
      case 'CREATE':
        return [307];
      case 'RENAME': {
        const to = query.get('destination') ?? '';
        const content = this.files.get(path);
        if (content === undefined) return notFound(`rename source ${path} is not found.`);
        if (this.files.has(to) && query.get('renameoptions') !== 'OVERWRITE') return [200, { boolean: false }];
        this.files.delete(path);
        this.files.set(to, content);
        return [200];
      }
      case 'MKDIRS':
        this.folders.add(path);
        return [200, { boolean: true }];
      case 'DELETE': {
        const gone = this.names.filter((name) => name === path || name.startsWith(`${path}/`));
        for (const name of gone) if (!this.files.delete(name)) this.folders.delete(name);
        return [200, { boolean: gone.length > 0 }];
      }
      case 'GETFILESTATUS':
        return this.#has(path) ? [200, { FileStatus: {} }] : notFound(`File does not exist: ${path}`);
      case 'LISTSTATUS': {
        const inside = this.names.filter((name) => posix.dirname(name) === path);
        const FileStatus = inside.map((name) => ({ pathSuffix: posix.basename(name), type: 'FILE' }));
        return this.#has(path) ? [200, { FileStatuses: { FileStatus } }] : notFound(`File ${path} does not exist.`);
      }
      case 'CHECKACCESS':
        return this.#has(path) ? [200] : notFound(`Path not found: ${path}`);
      case 'GETHOMEDIRECTORY':
        return [200, { Path: `/user/${query.get('user.name') ?? 'owner'}` }];
      case 'GETSTATUS':
        return [200, { FsStatus: { used: 0, remaining: 3 * 2 ** 30, capacity: 4 * 2 ** 30 } }];
      default:
        return [400, exceptionBody({ exception: 'IllegalArgumentException', message: `Invalid operation ${op}` })];
    }
  }

  #has(path: string): boolean {
    return path === '/' || this.names.some((name) => name === path || name.startsWith(`${path}/`));
  }
}

function notFound(message: string): readonly [number, unknown] {
  return [404, exceptionBody({ exception: 'FileNotFoundException', message })];
}

function exceptionBody(told: { readonly exception: string; readonly message?: string }): object {
  return { RemoteException: { message: '', javaClassName: `java.${told.exception}`, ...told } };
}

function answerFault(response: ServerResponse, fault: Exclude<Fault, string>): void {
  if ('location' in fault) {
    response.writeHead(307, { Location: fault.location }).end();
  } else if ('exception' in fault) {
    const { status = 403, ...told } = fault;
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(exceptionBody(told)));
  } else {
    response.writeHead(fault.status).end(fault.text);
  }
}

function addressOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
