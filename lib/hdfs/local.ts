import { type FileHandle, access, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join, posix, resolve } from 'node:path';
import { isDiskFull } from '../core/diskFull';
import { SettingError, StoreError, messageOf } from '../core/errors';
import type { Content, FileSystem } from './fileSystem';
import { temporaryOf } from './temporary';

/** A directory of this machine. Nothing outside it is ever touched. */
export class LocalFileSystem implements FileSystem {
  readonly root: string;

  constructor(root: string) {
    this.root = resolve(root);
  }

  async writeTemporary(path: string, content: () => Content): Promise<string> {
    const temporary = temporaryOf(path);
    const file = this.#inside(temporary);
    await attempt('write', file, async () => {
      await mkdir(dirname(file), { recursive: true });
      try {
        await writeSynced(file, content());
      } catch (thrown) {
        // On a full disk the beginning of a file would keep others from being written.
        await rm(file, { force: true }).catch(() => undefined);
        throw thrown;
      }
    });
    return temporary;
  }

  async rename(from: string, to: string): Promise<void> {
    const target = this.#inside(to);
    await attempt('rename', target, async () => {
      await rename(this.#inside(from), target);
      await syncDirectory(dirname(target));
    });
  }

  async exists(path: string): Promise<boolean> {
    const file = this.#inside(path);
    return attempt('find', file, () => access(file).then(() => true, isMissing));
  }

  sweep(): Promise<void> {
    // There is one name for them: the next write takes the place of what the last one left, and renames it.
    return Promise.resolve();
  }

  close(): void {
    // What the system has been told to write cannot be called back.
  }

  #inside(path: string): string {
    const names = path.split('/');
    if (path.includes('\0') || path.includes('\\') || posix.isAbsolute(path) || names.includes('..')) {
      throw new SettingError(`"${path}" is not a path below ${this.root}.`, {
        setting: 'path',
        remedy: 'Write it relative to the root, without "..".',
      });
    }
    return join(this.root, ...names);
  }
}

async function writeSynced(file: string, chunks: Content): Promise<void> {
  const handle = await open(file, 'w');
  try {
    await writeAll(handle, chunks);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function writeAll(handle: FileHandle, chunks: Content): Promise<void> {
  for await (const chunk of chunks) {
    // A short write is not an error to the operating system: a full disk gives one before it gives ENOSPC.
    for (let offset = 0; offset < chunk.byteLength;) {
      offset += (await handle.write(chunk, offset, chunk.byteLength - offset)).bytesWritten;
    }
  }
}

/** Makes a rename outlive a loss of power, where the system lets a directory be synchronised (Windows does not). */
async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r').catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}

/** @returns false, if what was thrown says that there is no such file; everything else is thrown on */
function isMissing(thrown: unknown): false {
  if (thrown instanceof Error && 'code' in thrown && ['ENOENT', 'ENOTDIR'].includes(String(thrown.code))) return false;
  throw thrown;
}

async function attempt<Done>(what: string, file: string, action: () => Promise<Done>): Promise<Done> {
  try {
    return await action();
  } catch (thrown) {
    if (isDiskFull(thrown)) {
      throw new StoreError(`The disk is full: Pulseflow could not ${what} ${file}.`, {
        setting: 'root',
        remedy: 'Make room on its disk. Its records are kept, and it is tried again by itself.',
        cause: thrown,
      });
    }
    throw new StoreError(`Pulseflow could not ${what} ${file}: ${messageOf(thrown)}.`, {
      setting: 'root',
      remedy: 'Make sure that there is room, and that the user that runs Node-RED may write there.',
      cause: thrown,
    });
  }
}
