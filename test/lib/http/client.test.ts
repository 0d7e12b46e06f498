import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { StoreUnavailableError } from '../../../lib/core/errors';
import { parseAddresses } from '../../../lib/http/addresses';
import { HttpClient, type HttpOptions, basic } from '../../../lib/http/client';
import { selfSigned } from '../../support/selfSigned';
import { until } from '../../support/until';

type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => void;

describe('lib/http client', () => {
  const servers: TestServer[] = [];
  const clients: HttpClient[] = [];
  afterEach(async () => {
    for (const client of clients.splice(0)) client.close();
    for (const server of servers.splice(0)) await server.stop();
  });

  const serve = async (answer: Answer, secure = false): Promise<TestServer> => {
    const server = await new TestServer(answer, secure).start();
    servers.push(server);
    return server;
  };
  const client = (urls: readonly string[], options: Partial<HttpOptions> = {}): HttpClient => {
    const made = new HttpClient({ server: 'test server', addresses: parseAddresses(urls.join(',')), ...options });
    clients.push(made);
    return made;
  };
  const say =
    (text: string, status = 200): Answer =>
    (_, response) => {
      response.statusCode = status;
      response.end(text);
    };
  const echo: Answer = (_, response, body) => response.end(body);
  const get = { method: 'GET', path: '/' } as const;

  describe('connections', () => {
    it('keeps them: a hundred requests, one connection', async () => {
      const server = await serve(echo);
      const asking = client([server.url]);
      for (let n = 0; n < 100; n++) {
        const { text } = await put(asking, String(n));
        assert.equal(text, String(n));
      }
      assert.equal(server.connections, 1);
    });

    it('opens no more than it may, and the rest waits', async () => {
      const waiting: ServerResponse[] = [];
      const server = await serve((_, response) => waiting.push(response));
      const asking = client([server.url], { connections: 3 });
      const all = Array.from({ length: 10 }, () => asking.request(get));
      for (let n = 0; n < 10; n++) {
        await until(() => waiting.length > 0, 'a request');
        waiting.shift()?.end();
      }
      await Promise.all(all);
      assert.equal(server.connections, 3);
    });

    it('asks again over another where the server has closed a kept one in the meantime', async () => {
      let dropped = 0;
      const server = await serve((request, response, body) => {
        // Every connection serves one request; the next is cut before its answer, as by a server that closes idle ones.
        const { socket } = request;
        if (served.has(socket)) {
          dropped++;
          socket.destroy();
          return;
        }
        served.add(socket);
        response.end(body);
      });
      const served = new Set<Socket>();
      const asking = client([server.url]);
      assert.equal((await put(asking, 'one')).text, 'one');
      assert.equal((await put(asking, 'two')).text, 'two');
      assert.equal(dropped, 1);
    });

    it('does not repeat what must not be repeated', async () => {
      let asked = 0;
      const server = await serve((request, response) => {
        asked++;
        if (asked === 2) request.socket.destroy();
        else response.end('ok');
      });
      const asking = client([server.url, server.url]);
      await asking.request(get);
      await assert.rejects(asking.request({ method: 'POST', path: '/', repeatable: false }), StoreUnavailableError);
      assert.equal(asked, 2);
    });
  });

  describe('several addresses', () => {
    it('uses the next one while one is away, and stays there', async () => {
      const away = await nobody();
      const there = await serve(say('here'));
      const asking = client([away, there.url]);
      assert.equal((await asking.request(get)).text(), 'here');
      assert.equal(asking.origin, there.url);
      assert.equal((await asking.request(get)).text(), 'here');
    });

    it('does so for many requests at once that all meet the dead one', async () => {
      const away = await nobody();
      const there = await serve(say('here'));
      const asking = client([away, there.url]);
      const answers = await Promise.all(Array.from({ length: 20 }, () => asking.request(get)));
      assert.deepEqual(new Set(answers.map((answer) => answer.text())), new Set(['here']));
      assert.equal(asking.origin, there.url);
    });

    it('goes on where a server dies between two requests, and back when the other one dies', async () => {
      const one = await serve(say('one'));
      const other = await serve(say('other'));
      const asking = client([one.url, other.url]);
      assert.equal((await asking.request(get)).text(), 'one');
      await one.stop();
      assert.equal((await asking.request(get)).text(), 'other');
      await one.start();
      await other.stop();
      assert.equal((await asking.request(get)).text(), 'one');
    });

    for (const status of [502, 503, 504]) {
      it(`asks the next one where one answers ${status}`, async () => {
        const ill = await serve(say('ill', status));
        const well = await serve(say('well'));
        assert.equal((await client([ill.url, well.url]).request(get)).text(), 'well');
      });
    }

    it('asks the next one where one hangs', async () => {
      const hangs = await serve(() => undefined);
      const well = await serve(say('well'));
      assert.equal((await client([hangs.url, well.url], { timeout: 50 }).request(get)).text(), 'well');
    });

    it('makes a streamed body anew for each', async () => {
      const ill = await serve(say('ill', 503));
      const well = await serve(echo);
      let made = 0;
      const body = function* (): Iterable<Uint8Array> {
        made++;
        for (const part of ['a', 'b', 'c']) yield Buffer.from(part.repeat(70_000));
      };
      const answer = await client([ill.url, well.url]).request({ method: 'PUT', path: '/', body });
      assert.equal(answer.text(), 'a'.repeat(70_000) + 'b'.repeat(70_000) + 'c'.repeat(70_000));
      assert.equal(made, 2);
    });
  });

  describe('what it says', () => {
    it('that nothing listens, where, and what to do', async () => {
      const away = await nobody();
      await assert.rejects(client([away]).request(get), (thrown: StoreUnavailableError) => {
        assert.ok(thrown instanceof StoreUnavailableError);
        assert.equal(thrown.setting, 'url');
        assert.ok(
          thrown.message.startsWith(
            `The test server at ${away} cannot be reached: nothing listens there (ECONNREFUSED). Make sure`,
          ),
          thrown.message,
        );
        return true;
      });
    });

    it('that there is no such host', async () => {
      await assert.rejects(client(['http://pulseflow.invalid:1']).request(get), /no such host|cannot be looked up/u);
    });

    it('that it waited in vain, in seconds', async () => {
      const server = await serve(() => undefined);
      await assert.rejects(client([server.url], { timeout: 50 }).request(get), /no answer within 0\.05 s/u);
      await assert.rejects(client([server.url]).request({ ...get, timeout: 40 }), /no answer within 0\.04 s/u);
    });

    it('that an answer was cut off', async () => {
      const server = await serve((request, response) => {
        response.writeHead(200, { 'Content-Length': '100' });
        response.write('half');
        setImmediate(() => request.socket.destroy());
      });
      await assert.rejects(client([server.url]).request(get), /the connection was cut|aborted/u);
    });

    it('what a server says that cannot serve, and for how long it asks to be left alone', async () => {
      const server = await serve((_, response) => {
        response.writeHead(503, { 'Retry-After': '7', 'Content-Type': 'text/html' });
        response.end('<html><style>p { color: red }</style><p>Down for\n maintenance</p></html>');
      });
      await assert.rejects(client([server.url]).request(get), (thrown: StoreUnavailableError) => {
        assert.ok(thrown instanceof StoreUnavailableError);
        assert.equal(thrown.retryAfter, 7_000);
        assert.match(thrown.message, /cannot serve just now: HTTP 503 \(Down for maintenance\)\./u);
        return true;
      });
    });

    it('nothing of other answers: those are for who asked', async () => {
      const server = await serve(say('{"a": 1}', 404));
      const answer = await client([server.url]).request(get);
      assert.deepEqual([answer.ok, answer.status, answer.json(), answer.origin], [false, 404, { a: 1 }, server.url]);
    });

    it('nothing of a 503 that is about the request', async () => {
      const ill = await serve(say('no such family', 503));
      const other = await serve(say('other'));
      const isAnswer: HttpOptions['isAnswer'] = (answer) => answer.text().includes('family');
      const answer = await client([ill.url, other.url], { isAnswer }).request(get);
      assert.deepEqual([answer.status, answer.text()], [503, 'no such family']);
    });
  });

  describe('login and TLS', () => {
    it('logs in at its own addresses, not where it is sent to', async () => {
      const own = await serve((request, response) => response.end(request.headers.authorization ?? 'none'));
      const foreign = await serve((request, response) => response.end(request.headers.authorization ?? 'none'));
      const authorization = basic('ann', 'p:äss');
      const asking = client([own.url], { authorization });
      const expected = `Basic ${Buffer.from('ann:p:äss').toString('base64')}`;
      assert.equal((await asking.request(get)).text(), expected);
      assert.equal((await asking.request({ ...get, url: new URL('/x', own.url) })).text(), expected);
      assert.equal((await asking.request({ ...get, url: new URL('/x', foreign.url) })).text(), 'none');
    });

    it('has no login without a user, and takes none from an address', () => {
      assert.equal(basic('', 'secret'), undefined);
      assert.throws(() => parseAddresses('http://ann:secret@localhost:1'), /which the flow would show/u);
    });

    it('speaks TLS with a server whose certificate it is told to trust, over one connection', async () => {
      const server = await serve(echo, true);
      const asking = client([server.url], { tls: { ca: selfSigned.cert } });
      for (const text of ['one', 'two']) assert.equal((await put(asking, text)).text, text);
      assert.equal(server.connections, 1);
    });

    it('says what is wrong with a certificate, and which setting it is about', async () => {
      const server = await serve(echo, true);
      await assert.rejects(client([server.url]).request(get), (thrown: StoreUnavailableError) => {
        assert.equal(thrown.setting, 'tls');
        assert.match(thrown.message, /cannot be talked to by TLS: .*\(DEPTH_ZERO_SELF_SIGNED_CERT\)/u);
        return true;
      });
    });

    it('says so where the server does not speak TLS', async () => {
      const server = await serve(echo);
      await assert.rejects(client([server.url.replace('http:', 'https:')]).request(get), /by TLS/u);
    });
  });

  describe('closing', () => {
    it('ends what is under way, and asks nobody any more', async () => {
      let asked = 0;
      const server = await serve(() => {
        asked++;
      });
      const asking = client([server.url, server.url]);
      const under = asking.request(get);
      await until(() => asked === 1, 'the request');
      asking.close();
      await assert.rejects(under, /the flow was stopped/u);
      await assert.rejects(asking.request(get), /the flow was stopped/u);
      assert.equal(asked, 1);
      await until(() => server.open === 0, 'the connection to be closed');
    });

    it('ends a streamed body that the server does not read', async () => {
      const server = await serve(() => undefined);
      const endless = function* (): Iterable<Uint8Array> {
        for (;;) yield Buffer.alloc(65_536);
      };
      server.pause();
      const asking = client([server.url]);
      const under = asking.request({ method: 'PUT', path: '/', body: endless });
      await until(() => server.connections === 1, 'the connection');
      asking.close();
      await assert.rejects(under, /the flow was stopped/u);
    });
  });

  describe('addresses', () => {
    for (const [text, origins] of [
      ['http://a:1', ['http://a:1']],
      [' http://a:1/ , https://b/x/ ', ['http://a:1', 'https://b/x']],
      ['http://a http://b', ['http://a', 'http://b']],
    ] as const) {
      it(`reads "${text}"`, () => {
        const read = parseAddresses(text).map(({ origin, pathname }) => origin + pathname.replace(/^\/$/u, ''));
        assert.deepEqual(read, origins);
      });
    }

    for (const text of ['', ' , ', 'localhost:8080', 'ftp://a', 'http://', 'http://a:1, b']) {
      it(`refuses "${text}"`, () =>
        assert.throws(() => parseAddresses(text), { name: 'SettingError', setting: 'url' }));
    }

    it('puts what is asked behind the path of an address', async () => {
      const server = await serve((request, response) => response.end(request.url));
      assert.equal(
        (await client([`${server.url}/gate/`]).request({ ...get, path: '/t/x?a=%20' })).text(),
        '/gate/t/x?a=%20',
      );
    });
  });
});

async function put(asking: HttpClient, body: string): Promise<{ status: number; text: string }> {
  const answer = await asking.request({ method: 'PUT', path: '/', body });
  return { status: answer.status, text: answer.text() };
}

/** An address that nobody listens at. */
async function nobody(): Promise<string> {
  const server = await new TestServer(() => undefined, false).start();
  await server.stop();
  return server.url;
}

/** A server that counts its connections, and may be started again at its port. */
class TestServer {
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #port = 0;
  #paused = false;
  connections = 0;

  constructor(
    private readonly answer: Answer,
    private readonly secure: boolean,
  ) {}

  get url(): string {
    return `${this.secure ? 'https' : 'http'}://localhost:${this.#port}`;
  }

  /** How many connections are open. */
  get open(): number {
    return this.#sockets.size;
  }

  /** Reads nothing of what comes. */
  pause(): void {
    this.#paused = true;
  }

  async start(): Promise<this> {
    const hear = (request: IncomingMessage, response: ServerResponse): void => {
      if (this.#paused) return;
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => this.answer(request, response, Buffer.concat(chunks).toString()));
      request.on('error', () => undefined);
    };
    const server = this.secure ? createTlsServer(selfSigned, hear) : createServer(hear);
    server.on('connection', (socket: Socket) => {
      this.connections++;
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    server.listen(this.#port, 'localhost');
    await once(server, 'listening');
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
    return this;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((done) => server.close(done));
  }
}
