import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { SERVICES_HOME } from './home';
import { jdk } from './tools';

/**
 * An archive of the classes that a program loads (class data sharing, JEP 350). It is made by the first run; with it Kafka's
 * tools start in 0.7 s in place of 1.9 s, and a broker in 1.4 s in place of 3.0 s. Java ignores one that does not fit.
 */
export class SharedClasses {
  readonly #file: string;
  readonly #fresh: string;

  /** @param use some programs are a tool with one argument and a server without */
  constructor(classPath: string, main: string, use: 'tool' | 'server') {
    const hash = createHash('sha256').update(`${use} ${classPath}`).digest('hex').slice(0, 8);
    this.#file = join(SERVICES_HOME, 'shared-classes', `${main}-${hash}.jsa`);
    this.#fresh = `${this.#file}.${randomUUID()}`;
  }

  /** What makes a program that ends by itself use the archive, or else make it when it ends. */
  toolFlags(): string[] {
    return this.#flags(`-XX:ArchiveClassesAtExit=${this.#fresh}`);
  }

  /** What makes a server use the archive, or else ready to have it made. */
  serverFlags(): string[] {
    return this.#flags('-XX:+RecordDynamicDumpInfo');
  }

  /** Takes what a tool has archived, now that it has ended. */
  keep(): void {
    if (existsSync(this.#fresh)) renameSync(this.#fresh, this.#file);
  }

  /** Has a running server make the archive, unless there is one. Where it cannot, starts stay as they are. */
  async archive(pid: number): Promise<void> {
    if (existsSync(this.#file)) return;
    const asked = [String(pid), 'VM.cds', 'dynamic_dump', this.#fresh];
    await promisify(execFile)(jdk('jcmd'), asked).catch(() => undefined);
    this.keep();
  }

  #flags(make: string): string[] {
    // An archive that no longer fits is passed over, and what Java says of that is no part of a tool's answer.
    const quiet = ['-Xlog:disable', '-Xlog:all=error:stderr'];
    if (existsSync(this.#file)) return [`-XX:SharedArchiveFile=${this.#file}`, ...quiet];
    mkdirSync(dirname(this.#file), { recursive: true });
    return [make, ...quiet];
  }
}
