import { type FileHandle, open } from 'node:fs/promises';
import { type Gunzip, createGunzip } from 'node:zlib';
import { messageOf } from '../core/errors';
import { isGzip } from './fileFormat';

/** Zipped bytes come in small chunks: each may become a thousand times as many. */
const ZIPPED_CHUNK = 16_384;
const PLAIN_CHUNK = 262_144;

/**
 * The unzipped bytes of a file, a chunk at a time. Bytes before a place where a gzip file is cut off or damaged all
 * come, then `problem` says what is wrong.
 */
export class FileBytes {
  /** Why the bytes ended before their time. */
  problem: string | undefined;
  #bytesRead = 0;
  #gunzip: Gunzip | undefined;
  #unzipped: Buffer[] = [];
  #started = false;
  #ended = false;
  #closed = false;

  private constructor(
    private readonly handle: FileHandle,
    readonly size: number,
  ) {}

  /** @throws as `fs.open` does */
  static async open(file: string): Promise<FileBytes> {
    const handle = await open(file, 'r');
    try {
      return new FileBytes(handle, (await handle.stat()).size);
    } catch (thrown) {
      await handle.close();
      throw thrown;
    }
  }

  /** The bytes of the file read so far, zipped if they are. */
  get bytesRead(): number {
    return this.#bytesRead;
  }

  /** Reads the first `length` bytes, as they are in the file, without moving on. */
  async head(length: number): Promise<Buffer> {
    const { buffer, bytesRead } = await this.handle.read(Buffer.alloc(length), 0, length, 0);
    return buffer.subarray(0, bytesRead);
  }

  /**
   * The next unzipped bytes, or undefined at the end.
   * @throws if the file cannot be read any further, or was closed
   */
  async next(): Promise<Buffer | undefined> {
    for (;;) {
      if (this.#closed) throw new Error('The file was closed.');
      const ready = this.#unzipped.shift();
      if (ready || this.#ended) return ready;
      const chunk = await this.#read();
      if (!this.#started) {
        this.#started = true;
        if (chunk && isGzip(chunk)) this.#startGunzip();
      }
      if (!this.#gunzip) {
        this.#ended = chunk === undefined;
        return chunk;
      }
      await this.#unzip(this.#gunzip, chunk);
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#unzipped = [];
    this.#gunzip?.destroy();
    await this.handle.close();
  }

  async #read(): Promise<Buffer | undefined> {
    const length = this.#gunzip || !this.#started ? ZIPPED_CHUNK : PLAIN_CHUNK;
    const { buffer, bytesRead } = await this.handle.read(Buffer.allocUnsafe(length), 0, length, this.#bytesRead);
    this.#bytesRead += bytesRead;
    return bytesRead === 0 ? undefined : buffer.subarray(0, bytesRead);
  }

  #startGunzip(): void {
    this.#gunzip = createGunzip({ chunkSize: 65_536 });
    // Always flowing: zlib throws away what is waiting in its buffer when it meets an error.
    this.#gunzip.on('data', (data: Buffer) => this.#unzipped.push(data));
  }

  /** Waits until zlib has turned the chunk into all the bytes that it holds. */
  #unzip(gunzip: Gunzip, chunk: Buffer | undefined): Promise<void> {
    return new Promise((resolve) => {
      const settle = (thrown?: unknown): void => {
        gunzip.off('error', settle).off('end', settle);
        if (thrown !== undefined && thrown !== null) {
          this.problem = `the gzip data is cut off or damaged (${messageOf(thrown)})`;
          this.#ended = true;
        } else if (chunk === undefined) {
          this.#ended = true;
        }
        resolve();
      };
      gunzip.on('error', settle);
      if (chunk === undefined) gunzip.on('end', settle).end();
      else gunzip.write(chunk, settle);
    });
  }
}
