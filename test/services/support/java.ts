import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { ProcessPlan } from './service';
import { SharedClasses } from './sharedClasses';
import { jdk } from './tools';

interface Jvm {
  /** Jars, or folders of jars, which end with `/*`. */
  readonly classPath: readonly string[];
  /** Folders of configuration that it looks up as resources. */
  readonly resources?: readonly string[];
  readonly main: string;
  readonly args: readonly string[];
  readonly flags?: readonly string[];
}

interface ServerJvm extends Jvm {
  /** The server's folder; what its libraries unpack goes there too. */
  readonly folder: string;
  /** As after `-Xmx`. */
  readonly heap: string;
}

/** A server's process on the JVM. */
export function serverJvm(name: string, jvm: ServerJvm): ProcessPlan {
  const { classPath, resources = [], main, args, flags = [], folder, heap } = jvm;
  const scratch = join(folder, 'tmp');
  mkdirSync(scratch, { recursive: true });
  const shared = new SharedClasses(classPath.join(delimiter), main, 'server');
  const command = [
    jdk('java'),
    `-Xmx${heap}`,
    '-XX:-UsePerfData',
    '-Djava.awt.headless=true',
    `-Djava.io.tmpdir=${scratch}`,
    ...shared.serverFlags(),
    ...flags,
    ...['-cp', pathOf(classPath, resources), main, ...args],
  ];
  return { name, command, warm: (pid) => shared.archive(pid) };
}

/**
 * Runs a tool on the JVM to its end, one that starts quickly rather than runs fast.
 * @returns its standard output, by lines
 * @throws Error with all it said, if it does not end with 0
 */
export async function runTool(tool: Jvm & { readonly input?: string; readonly folder: string }): Promise<string[]> {
  const { classPath, resources = [], main, args, flags = [], input = '', folder } = tool;
  const shared = new SharedClasses(classPath.join(delimiter), main, 'tool');
  const command = [
    '-Xmx256m',
    '-XX:+UseSerialGC',
    '-XX:TieredStopAtLevel=1',
    '-XX:-UsePerfData',
    `-Djava.io.tmpdir=${folder}`,
    ...shared.toolFlags(),
    ...flags,
    ...['-cp', pathOf(classPath, resources), main, ...args],
  ];
  const child = spawn(jdk('java'), command, { stdio: ['pipe', 'pipe', 'pipe'] });
  const output = new Lines();
  let errors = '';
  child.stdout.on('data', (chunk: Buffer) => output.add(chunk));
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  // A tool that ends without reading its input is judged by its exit code.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const code = await new Promise<number | null>((done, fail) => {
    child.once('error', fail);
    child.once('close', done);
  });
  shared.keep();
  const lines = output.end();
  if (code !== 0)
    throw new Error(`${main} ${args.join(' ')} ended with ${code ?? 'a signal'}:\n${lines.join('\n')}\n${errors}`);
  return lines;
}

/** Folders come last: an archive of classes may be used with others behind the jars that its classes are from. */
function pathOf(classPath: readonly string[], resources: readonly string[]): string {
  return [...classPath, ...resources].join(delimiter);
}

/** Lines of an output that may be longer than a string can be. */
class Lines {
  readonly #lines: string[] = [];
  readonly #decoder = new TextDecoder();
  #rest = '';

  add(chunk: Buffer): void {
    const parts = (this.#rest + this.#decoder.decode(chunk, { stream: true })).split('\n');
    this.#rest = parts.pop() ?? '';
    for (const part of parts) this.#lines.push(part);
  }

  end(): string[] {
    if (this.#rest !== '') this.#lines.push(this.#rest);
    return this.#lines;
  }
}
