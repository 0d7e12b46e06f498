import { createHash } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import { basename, isAbsolute, relative, resolve } from 'node:path';
import { SettingError, messageOf } from '../core/errors';
import type { Rejection } from '../core/records';
import { FileBytes } from './fileBytes';
import { byteOrderMark, formatOf, splitterFor } from './fileFormat';
import { type RawRecord, type Splitter, parseRaw } from './fileRecord';
import type { Page, PostReader, ReaderStatus } from './reader';

/** Where the reading of a file goes on. */
export interface FilePosition {
  /** The file as the settings name it. */
  readonly file: string;
  /** How many records, rejected ones among them, lie behind. */
  readonly record: number;
  /** How large the file was, in bytes. */
  readonly size: number;
  /** A digest of the file's first bytes (at most 64 KiB, `headSize` of them): another one means another file. */
  readonly head: string;
  readonly headSize: number;
}

export interface FileReaderOptions {
  /** An absolute path, or one relative to `root` (without root, to the working directory). */
  readonly file: string;
  /** The folder that the file has to lie in, links followed; any file will do without. */
  readonly root?: string;
  /** The most bytes that one record may have; 16 MiB by default. */
  readonly maxLength?: number;
}

const HEAD = 65_536;
const MAX_LENGTH = 16_777_216;

interface OpenFile {
  readonly bytes: FileBytes;
  readonly head: string;
  readonly headSize: number;
}

/**
 * Reads posts from a file: newline-delimited JSON, a JSON array, or CSV with a header, gzipped or not, of any size in
 * bounded memory. What cannot be read is rejected with its line, and reading goes on. A file that has grown since is
 * read on; one that was replaced by another is read from its beginning.
 */
export class FileReader implements PostReader<FilePosition> {
  readonly #name: string;
  #open: OpenFile | undefined;
  #splitter: Splitter | undefined;
  #ready: RawRecord[] = [];
  #next = 0;
  #record = 0;
  #skip = 0;
  #ended = false;
  #closed = false;
  #status: ReaderStatus | undefined;

  constructor(
    private readonly options: FileReaderOptions,
    private readonly start?: FilePosition,
  ) {
    this.#name = basename(options.file);
  }

  async read(max: number, signal: AbortSignal): Promise<Page<FilePosition>> {
    signal.throwIfAborted();
    this.#open ??= await this.#openFile();
    const { head, headSize, bytes } = this.#open;
    const records: unknown[] = [];
    const rejected: Rejection[] = [];
    while (records.length + rejected.length < max) {
      const raw = await this.#nextRaw(bytes, signal);
      if (!raw) break;
      const parsed = parseRaw(raw, this.#name);
      if ('record' in parsed) records.push(parsed.record);
      else rejected.push(parsed.rejection);
    }
    const end = this.#ended && this.#next >= this.#ready.length;
    const status = this.#status;
    this.#status = undefined;
    const position = { file: this.options.file, record: this.#record, size: bytes.size, head, headSize };
    return { records, rejected, position, ...(end ? { end } : {}), ...(status ? { status } : {}) };
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#open?.bytes.close();
  }

  progress(): number | undefined {
    const bytes = this.#open?.bytes;
    if (!bytes) return undefined;
    return bytes.size === 0 ? 1 : Math.min(1, bytes.bytesRead / bytes.size);
  }

  async #nextRaw(bytes: FileBytes, signal: AbortSignal): Promise<RawRecord | undefined> {
    for (;;) {
      const raw = this.#ready[this.#next];
      if (raw) {
        this.#next++;
        if (this.#skip > 0) {
          this.#skip--;
          continue;
        }
        this.#record++;
        return raw;
      }
      if (this.#ended) return undefined;
      signal.throwIfAborted();
      await this.#fill(bytes);
    }
  }

  async #fill(bytes: FileBytes): Promise<void> {
    this.#ready = [];
    this.#next = 0;
    let chunk = await bytes.next();
    if (!this.#splitter) {
      // The format shows in the first bytes; a first chunk of nothing but a mark or white space says nothing.
      chunk = chunk?.subarray(byteOrderMark(chunk));
      this.#splitter = splitterFor(
        formatOf(this.#name, chunk ?? Buffer.alloc(0)),
        this.options.maxLength ?? MAX_LENGTH,
      );
    }
    if (chunk) {
      this.#splitter.push(chunk, this.#ready);
      return;
    }
    this.#splitter.end(this.#ready, bytes.problem !== undefined);
    this.#ended = true;
    if (bytes.problem !== undefined) {
      const problem = `ends before its time: ${bytes.problem}; what comes before was read. Fetch or write the file again`;
      this.#ready.push({ line: 0, found: undefined, problem });
    }
  }

  async #openFile(): Promise<OpenFile> {
    const bytes = await FileBytes.open(await locate(this.options)).catch((thrown: unknown) => {
      throw cannotRead(this.options.file, thrown);
    });
    try {
      const opened = await this.#compare(bytes);
      if (this.#closed) throw new Error('the reader was closed');
      return opened;
    } catch (thrown) {
      await bytes.close();
      throw cannotRead(this.options.file, thrown);
    }
  }

  /** Finds out whether the position is one of this very file, and where to begin. */
  async #compare(bytes: FileBytes): Promise<OpenFile> {
    const first = await bytes.head(HEAD);
    const { start } = this;
    if (start?.file === this.options.file) {
      const same = bytes.size >= start.size && digest(first.subarray(0, start.headSize)) === start.head;
      if (same) {
        this.#record = start.record;
        this.#skip = start.record;
      } else {
        const message = `${this.#name} is not the file that was read before: reading starts at its beginning.`;
        this.#status = { kind: 'restarted', message };
      }
    }
    return { bytes, head: digest(first), headSize: first.length };
  }
}

function digest(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('base64url');
}

/** The real path of the file, which lies in the root if there is one. */
async function locate({ file, root }: FileReaderOptions): Promise<string> {
  if (file.trim() === '') {
    throw new SettingError('No file is set.', { setting: 'file', remedy: 'Name the file to read.' });
  }
  try {
    if (root === undefined) return await realpath(file);
    const base = await realpath(root).catch((thrown: unknown) => {
      throw new SettingError(`The folder ${root}, in which files have to lie, cannot be used: ${messageOf(thrown)}.`, {
        setting: 'file',
        remedy: 'Make it, or name another in the settings of Node-RED.',
        cause: thrown,
      });
    });
    const found = await realpath(resolve(base, file));
    const within = relative(base, found);
    if (within !== '' && within.split(/[\\/]/u)[0] !== '..' && !isAbsolute(within)) return found;
  } catch (thrown) {
    throw cannotRead(file, thrown);
  }
  throw new SettingError(`"${file}" lies outside of the folder ${root}.`, {
    setting: 'file',
    remedy: 'Move the file into that folder, or name one that lies in it.',
  });
}

function cannotRead(file: string, thrown: unknown): unknown {
  if (thrown instanceof SettingError) return thrown;
  const code = typeof thrown === 'object' && thrown !== null && 'code' in thrown ? thrown.code : undefined;
  const why = new Map<unknown, [string, string]>([
    ['ENOENT', ['does not exist', 'Check its path and name.']],
    ['EISDIR', ['is a folder', 'Name a file in it.']],
    ['EACCES', ['may not be read', 'Give the user that runs Node-RED the right to read it.']],
  ]).get(code) ?? [`cannot be read: ${messageOf(thrown)}`, 'Check the file and its disk.'];
  return new SettingError(`The file "${file}" ${why[0]}.`, { setting: 'file', remedy: why[1], cause: thrown });
}
