import { once } from 'node:events';
import { type IncomingMessage, type RequestListener, type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { Verdicts, worst } from './verdicts';

/** A version of a value as a gateway was given it. */
export interface FakeCell {
  readonly column: string;
  readonly timestamp: number;
  readonly value: Buffer;
}

/** A row as a gateway was given it. */
interface FakeRow {
  readonly key: string;
  readonly cells: readonly FakeCell[];
}

export interface FakeTable {
  /** From a family's name to what else its schema says. */
  readonly families: Map<string, Record<string, string>>;
  /** From a row's key to its cells, each column and time once. */
  readonly rows: Map<string, Map<string, FakeCell>>;
}

/** HBase's own texts: the gateway answers with stack traces. */
const SAID = {
  table:
    'Not found\r\norg.apache.hadoop.hbase.TableNotFoundException: t\r\n\tat org.apache.hadoop.hbase.client.A.b(A.java:1)',
  family:
    'Not found\r\norg.apache.hadoop.hbase.regionserver.NoSuchColumnFamilyException: org.apache.hadoop.hbase.regionserver.NoSuchColumnFamilyException: Column family x does not exist in region t\r\n\tat org.apache.hadoop.hbase.A.b(A.java:1)',
  refuse:
    'Bad request\r\njava.lang.IllegalArgumentException: KeyValue size too large\r\n\tat org.apache.hadoop.hbase.client.A.b(A.java:1)',
  busy: 'Unavailable\r\norg.apache.hadoop.hbase.RegionTooBusyException: Over memstore limit\r\n\tat org.apache.hadoop.hbase.A.b(A.java:1)',
  fail: 'java.lang.NullPointerException\r\n\tat org.apache.hadoop.hbase.rest.A.b(A.java:1)',
} as const;

/**
 * A REST gateway of HBase that keeps its tables in memory and fails as it is told. It answers as the real one was seen
 * to, and knows what a put in the order of its cells comes to.
 */
export class FakeHBase extends Verdicts {
  readonly tables = new Map<string, FakeTable>();
  /** What it was asked, `METHOD path`, in order. */
  readonly asked: string[] = [];
  /** The headers of the last request. */
  headers: IncomingMessage['headers'] = {};
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #port = 0;

  /** @param listen makes the server: of HTTP, or of HTTPS with certificates */
  constructor(
    private readonly listen: (answer: RequestListener) => Server = (answer) => createServer(answer),
    private readonly scheme = 'http',
  ) {
    super();
  }

  get url(): string {
    return `${this.scheme}://localhost:${this.#port}`;
  }

  async start(): Promise<this> {
    const server = this.listen((request, response) => void this.#answer(request, response));
    server.on('connection', (socket) => {
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

  /** Makes a table without being asked for it. */
  table(name: string, ...families: string[]): FakeTable {
    const table: FakeTable = { families: new Map(families.map((family) => [family, {}])), rows: new Map() };
    this.tables.set(name, table);
    return table;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method = '', url = '' } = request;
    this.asked.push(`${method} ${url}`);
    this.headers = request.headers;
    const { pathname, searchParams } = new URL(url, this.url);
    const [name = '', what = ''] = pathname.slice(1).split('/').map(decodeURIComponent);
    const body = Buffer.concat(chunks);
    if (url === '/version/cluster') say(response, 200, '2.6.1');
    else if (url === '/status/cluster') say(response, 200, { LiveNodes: [{ name: 'one' }], DeadNodes: [] });
    else if (url === '/') say(response, 200, { table: [...this.tables.keys()].map((each) => ({ name: each })) });
    else if (what === 'schema') this.#schema(name, method, body, response);
    else if (method === 'PUT') this.#put(name, decodePut(body), response);
    else this.#scan(name, searchParams, response);
  }

  #schema(name: string, method: string, body: Buffer, response: ServerResponse): void {
    const known = this.tables.get(name);
    if (method === 'POST') {
      const { ColumnSchema } = JSON.parse(body.toString()) as { ColumnSchema: Record<string, string>[] };
      const table = known ?? this.table(name);
      for (const { name: family = '', ...attributes } of ColumnSchema) table.families.set(family, attributes);
      say(response, known === undefined ? 201 : 200, '');
    } else if (known === undefined) say(response, 404, SAID.table);
    else {
      const ColumnSchema = [...known.families].map(([family, attributes]) => ({ name: family, ...attributes }));
      say(response, 200, { name, ColumnSchema });
    }
  }

  #put(name: string, rows: readonly FakeRow[], response: ServerResponse): void {
    const table = this.tables.get(name);
    const { request, rows: verdicts } = this.judge(rows.map(({ key }) => key));
    const verdict = worst(verdicts);
    if (request === 'hang') return;
    if (request === 'unavailable') say(response, 503, 'Unavailable');
    else if (request === 'error' || verdict === 'fail') say(response, 500, SAID.fail);
    else if (table === undefined) say(response, 404, SAID.table);
    else if (verdict === 'refuse') say(response, 400, SAID.refuse);
    else if (verdict === 'busy') say(response, 503, SAID.busy);
    else {
      const families = rows.map(({ cells }) => cells.every(({ column }) => table.families.has(familyOf(column))));
      // As the real one: rows that can be put are put, whatever the answer.
      rows.filter((_, index) => families[index]).forEach((row) => store(table, row));
      if (families.includes(false)) say(response, 404, SAID.family);
      else if (request === 'cut') response.socket?.destroy();
      else say(response, 200, '');
    }
  }

  #scan(name: string, query: URLSearchParams, response: ServerResponse): void {
    const table = this.tables.get(name);
    if (table === undefined) {
      say(response, 500, '<html>Request failed.</html>');
      return;
    }
    const start = query.get('startrow') ?? '';
    const end = query.get('endrow') ?? '';
    const reversed = query.get('reversed') === 'true';
    const bytes = (text: string): Buffer => Buffer.from(text);
    const keys = [...table.rows.keys()].sort((one, other) => Buffer.compare(bytes(one), bytes(other)));
    const within = (reversed ? keys.reverse() : keys).filter((key) => {
      const fromStart = Buffer.compare(bytes(key), bytes(start)) * (reversed ? -1 : 1);
      const toEnd = Buffer.compare(bytes(key), bytes(end)) * (reversed ? -1 : 1);
      return (start === '' || fromStart >= 0) && (end === '' || toEnd < 0);
    });
    const versions = Number(query.get('maxversions') ?? 1);
    const Row = within.slice(0, Number(query.get('limit') ?? Infinity)).map((key) => ({
      key: base64(key),
      Cell: newest([...(table.rows.get(key)?.values() ?? [])], versions).map(({ column, timestamp, value }) => ({
        column: base64(column),
        timestamp,
        $: value.toString('base64'),
      })),
    }));
    say(response, 200, { Row });
  }
}

/** The newest versions of each column, in the order of columns. */
export function newest(cells: readonly FakeCell[], versions = 1): FakeCell[] {
  const sorted = [...cells].sort((one, other) =>
    one.column === other.column ? other.timestamp - one.timestamp : one.column < other.column ? -1 : 1,
  );
  const seen = new Map<string, number>();
  return sorted.filter(({ column }) => {
    const count = (seen.get(column) ?? 0) + 1;
    seen.set(column, count);
    return count <= versions;
  });
}

function store(table: FakeTable, { key, cells }: FakeRow): void {
  const row = table.rows.get(key) ?? new Map<string, FakeCell>();
  table.rows.set(key, row);
  for (const cell of cells) row.set(`${cell.timestamp} ${cell.column}`, cell);
}

function familyOf(column: string): string {
  return column.slice(0, column.indexOf(':'));
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

function say(response: ServerResponse, status: number, body: string | object): void {
  response.statusCode = status;
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

/** A put as protobuf, read by the definitions of hbase-rest: CellSetMessage.proto and CellMessage.proto. */
export function decodePut(bytes: Buffer): FakeRow[] {
  return fields(bytes).map(([number, row]) => {
    if (number !== 1 || typeof row === 'bigint') throw new Error(`no row, but the field ${number}`);
    const parts = fields(row);
    const key = parts.find(([each]) => each === 1)?.[1] as Buffer;
    const cells = parts.filter(([each]) => each === 2).map(([, cell]) => new Map(fields(cell as Buffer)));
    return {
      key: key.toString(),
      cells: cells.map((cell) => ({
        column: (cell.get(2) as Buffer).toString(),
        timestamp: Number(cell.get(3) ?? -1),
        value: cell.get(4) as Buffer,
      })),
    };
  });
}

/** The fields of a message of protobuf: numbers with their varint, or with the bytes that have a length before them. */
function fields(bytes: Buffer): [number, Buffer | bigint][] {
  const found: [number, Buffer | bigint][] = [];
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++];
      if (byte === undefined) throw new Error('a message is cut off');
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    if ((tag & 7) === 0) found.push([tag >> 3, varint()]);
    else if ((tag & 7) === 2) {
      const length = Number(varint());
      if (at + length > bytes.length) throw new Error('a field is cut off');
      found.push([tag >> 3, bytes.subarray(at, at + length)]);
      at += length;
    } else throw new Error(`unknown wire type ${tag & 7}`);
  }
  return found;
}
