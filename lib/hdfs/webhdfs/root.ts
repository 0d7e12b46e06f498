import { posix } from 'node:path';
import { SettingError } from '../../core/errors';
import { noNameNode } from './failures';
import type { NameNodes } from './nameNodes';

/** The folder of HDFS that all files of a cluster node lie in. */
export class Root {
  #home: Promise<string> | undefined;

  /**
   * @param root from `/` on, or relative to the home folder of whoever writes, as Hadoop's own tools have it
   * @throws {SettingError} if no path of HDFS can be like that (`DFSUtil.isValidName`)
   */
  constructor(
    private readonly nameNodes: NameNodes,
    private readonly root: string,
  ) {
    const names = root.split('/');
    if (root === '' || names.some((name) => name === '.' || name === '..' || name.includes(':'))) {
      throw new SettingError(`"${root}" is not a folder of HDFS.`, {
        setting: 'root',
        remedy: 'Write one such as /data/tweets, or tweets for one in the home folder; without ".." and ":".',
      });
    }
  }

  /** Its path, from `/` on. */
  async folder(): Promise<string> {
    return posix.isAbsolute(this.root) ? posix.normalize(this.root) : posix.join(await this.home(), this.root);
  }

  /** The home folder of whoever writes; asked for once. */
  home(): Promise<string> {
    this.#home ??= this.#askHome().catch((thrown: unknown) => {
      this.#home = undefined;
      throw thrown;
    });
    return this.#home;
  }

  async #askHome(): Promise<string> {
    const what = 'say what the home folder of the user is';
    const answer = await this.nameNodes.ask({ method: 'GET', op: 'GETHOMEDIRECTORY', path: '/', what });
    const { Path } = (answer.json() ?? {}) as { Path?: unknown };
    if (typeof Path === 'string' && posix.isAbsolute(Path)) return Path;
    throw noNameNode(answer.origin, 'knows no home folder');
  }
}
