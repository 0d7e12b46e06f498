import { randomBytes } from 'node:crypto';
import { posix } from 'node:path';
import { SettingError, StoreError, StoreUnavailableError } from '../../core/errors';
import type { HttpClient } from '../../http/client';
import type { Content, FileSystem } from '../fileSystem';
import { isTemporaryOf, temporaryOf } from '../temporary';
import { askDataNode, dataNodeClient } from './dataNodes';
import { failure } from './failures';
import { type NameNodeSettings, NameNodes } from './nameNodes';
import { Root } from './root';

export interface WebHdfsSettings extends NameNodeSettings {
  /** The folder that all files lie in; a relative one is below the home folder of the user. */
  readonly root: string;
}

/** How often a file is begun, each time with another data node, before its sink waits. */
const TRIES = 3;

/**
 * A folder of HDFS, over WebHDFS. A file is written in two steps: the name node says to which data node, and that one
 * takes the bytes. Once it has answered, each block has been acknowledged by the data nodes that hold it, and synced to
 * their disks (`SYNC_BLOCK`), and the name node has the file in its log.
 */
export class WebHdfs implements FileSystem {
  readonly #nameNodes: NameNodes;
  readonly #dataNodes: HttpClient;
  readonly #root: Root;

  /** @throws {SettingError} if a setting cannot be used; else nothing happens */
  static check(settings: WebHdfsSettings): void {
    new WebHdfs(settings).close();
  }

  /** @throws {SettingError} if a setting cannot be used */
  constructor(settings: WebHdfsSettings) {
    this.#nameNodes = new NameNodes(settings);
    this.#dataNodes = dataNodeClient(settings);
    this.#root = new Root(this.#nameNodes, settings.root);
  }

  async writeTemporary(path: string, content: () => Content): Promise<string> {
    const what = `write ${await this.#absolute(path)}`;
    const excluded: string[] = [];
    for (let tries = 1; ; tries++) {
      // A folder of its own for each try: once that is removed, a data node that was given up, but only slept, cannot make
      // the file any more when it wakes up.
      const folder = temporaryOf(path, randomBytes(4).toString('hex'));
      const temporary = posix.join(folder, posix.basename(path));
      await this.#ask('PUT', 'MKDIRS', folder, what);
      let asked: string | undefined;
      try {
        const to = await this.#whereToWrite(temporary, what, excluded);
        asked = to.hostname;
        await this.#send(to, what, content);
        return temporary;
      } catch (thrown) {
        const away = thrown instanceof StoreUnavailableError;
        // A name node that is away cannot remove it either; `sweep` does, later.
        if (!away || asked !== undefined) await this.#remove(folder).catch(() => undefined);
        if (!away || asked === undefined || tries === TRIES) throw thrown;
        excluded.push(asked);
      }
    }
  }

  async rename(from: string, to: string): Promise<void> {
    const [path, destination] = [await this.#absolute(from), await this.#absolute(to)];
    // Rename2 replaces what is there in the same step (`FSDirRenameOp`); HttpFS knows the first rename only, which does not.
    const parameters = { destination, renameoptions: 'OVERWRITE' };
    const what = `give ${destination} its name`;
    const answer = await this.#nameNodes.askIfThere({ method: 'PUT', op: 'RENAME', path, parameters, what });
    const refused = answer === undefined || (answer.json() as { boolean?: boolean } | undefined)?.boolean === false;
    // It was renamed already, by a request whose answer was lost.
    if (refused && !(await this.exists(to))) {
      throw new StoreError(`HDFS could not ${what}: what was written for it is gone.`, {
        remedy: 'It is written again by itself.',
      });
    }
    await this.#remove(posix.dirname(from));
  }

  async exists(path: string): Promise<boolean> {
    const file = await this.#absolute(path);
    const operation = { method: 'GET', op: 'GETFILESTATUS', path: file, what: `look for ${file}` } as const;
    return (await this.#nameNodes.askIfThere(operation)) !== undefined;
  }

  async sweep(path: string): Promise<void> {
    const folder = posix.dirname(await this.#absolute(path));
    const operation = { method: 'GET', op: 'LISTSTATUS', path: folder, what: `list ${folder}` } as const;
    const answer = await this.#nameNodes.askIfThere(operation);
    const { FileStatuses } = (answer?.json() ?? {}) as { FileStatuses?: { FileStatus: { pathSuffix: string }[] } };
    for (const { pathSuffix } of FileStatuses?.FileStatus ?? []) {
      if (isTemporaryOf(pathSuffix, posix.basename(path))) {
        await this.#remove(posix.join(posix.dirname(path), pathSuffix));
      }
    }
  }

  close(): void {
    this.#nameNodes.close();
    this.#dataNodes.close();
  }

  async #whereToWrite(temporary: string, what: string, excluded: readonly string[]): Promise<URL> {
    const path = await this.#absolute(temporary);
    const parameters = {
      overwrite: 'true',
      createparent: 'false',
      createflag: 'CREATE,OVERWRITE,SYNC_BLOCK',
      ...(excluded.length === 0 ? {} : { excludedatanodes: excluded.join(',') }),
    };
    return this.#nameNodes.locate({ method: 'PUT', op: 'CREATE', path, parameters, what });
  }

  async #send(to: URL, what: string, content: () => Content): Promise<void> {
    const headers = { 'Content-Type': 'application/octet-stream' };
    const answer = await askDataNode(this.#dataNodes, { method: 'PUT', url: to, headers, body: content });
    if (!answer.ok) throw failure(answer, what);
  }

  #remove(folder: string): Promise<unknown> {
    return this.#ask('DELETE', 'DELETE', folder, `remove ${folder}`, { recursive: 'true' });
  }

  async #ask(
    method: 'PUT' | 'DELETE',
    op: string,
    path: string,
    what: string,
    parameters: Readonly<Record<string, string>> = {},
  ): Promise<unknown> {
    return this.#nameNodes.ask({ method, op, path: await this.#absolute(path), parameters, what });
  }

  async #absolute(path: string): Promise<string> {
    if (path.split('/').includes('..')) {
      throw new SettingError(`"${path}" is not a path below the root.`, {
        setting: 'path',
        remedy: 'Write it relative to the root, without "..".',
      });
    }
    return posix.join(await this.#root.folder(), path);
  }
}
