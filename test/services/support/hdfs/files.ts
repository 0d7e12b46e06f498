import { request } from 'node:http';
import { buffer } from 'node:stream/consumers';

/** What HDFS knows of a file or folder. */
export interface FileStatus {
  readonly path: string;
  readonly type: 'FILE' | 'DIRECTORY';
  /** Bytes. */
  readonly length: number;
  readonly owner: string;
  readonly replication: number;
}

/** Files of an HDFS over WebHDFS, as its superuser sees them. */
export class Files {
  /** @param url of the name node, without `/webhdfs/v1` */
  constructor(
    private readonly url: string,
    private readonly user: string,
  ) {}

  /**
   * Any operation of WebHDFS; where the name node sends one on to a data node, there.
   * @param parameters after `op`, such as `{ overwrite: 'true' }`
   * @throws Error with the answer's body, if the status is 400 or above
   */
  async ask(
    method: string,
    operation: string,
    path: string,
    parameters: Readonly<Record<string, string>> = {},
    body?: string | Buffer,
  ): Promise<Buffer> {
    const query = new URLSearchParams({ op: operation, 'user.name': this.user, ...parameters });
    const name = path.split('/').map(encodeURIComponent).join('/');
    let response = await exchange(method, `${this.url}/webhdfs/v1${name}?${query.toString()}`);
    if (response.location !== undefined) response = await exchange(method, response.location, body);
    if (response.status >= 400)
      throw new Error(`${operation} ${path} answered ${response.status}: ${response.body.toString()}`);
    return response.body;
  }

  /** Makes a folder that belongs to a user. */
  async makeFolder(path: string, owner: string): Promise<void> {
    await this.ask('PUT', 'MKDIRS', path);
    await this.ask('PUT', 'SETOWNER', path, { owner });
  }

  async write(path: string, content: string | Buffer): Promise<void> {
    await this.ask('PUT', 'CREATE', path, { overwrite: 'true' }, content);
  }

  /** The bytes of a file. */
  read(path: string): Promise<Buffer> {
    return this.ask('GET', 'OPEN', path);
  }

  /** How many data nodes hold each block of a file, in order. */
  async copies(path: string): Promise<number[]> {
    const answer = await this.ask('GET', 'GETFILEBLOCKLOCATIONS', path);
    const { BlockLocations } = JSON.parse(answer.toString()) as { BlockLocations: { BlockLocation: { names: [] }[] } };
    return BlockLocations.BlockLocation.map(({ names }) => names.length);
  }

  /** What lies directly in a folder, by name. */
  async list(path: string): Promise<FileStatus[]> {
    const answer = await this.ask('GET', 'LISTSTATUS', path);
    const { FileStatuses } = JSON.parse(answer.toString()) as { FileStatuses: { FileStatus: Status[] } };
    return FileStatuses.FileStatus.map(({ pathSuffix, type, length, owner, replication }) => ({
      path: `${path === '/' ? '' : path}/${pathSuffix}`,
      type,
      length,
      owner,
      replication,
    }));
  }

  /** All files in a folder and those below it. */
  async tree(path: string): Promise<FileStatus[]> {
    const here = await this.list(path);
    const below = await Promise.all(here.map(async (each) => (each.type === 'FILE' ? [each] : this.tree(each.path))));
    return below.flat();
  }
}

type Status = Omit<FileStatus, 'path'> & { readonly pathSuffix: string };

interface Answer {
  readonly status: number;
  readonly location: string | undefined;
  readonly body: Buffer;
}

/** Data nodes say "100 Continue" to whoever did not ask for it, which `fetch` takes for an error. */
async function exchange(method: string, url: string, body?: string | Buffer): Promise<Answer> {
  return new Promise((done, fail) => {
    const asked = request(url, { method }, (response) => {
      const { statusCode: status = 0, headers } = response;
      buffer(response).then((all) => done({ status, location: headers.location, body: all }), fail);
    });
    asked.once('error', fail);
    asked.end(body);
  });
}
