import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

/** `npm run services` of a test's own, after the build: what it starts is not among what a person has started. */
export class ServicesEntry {
  /** @param running the folder for what it starts */
  constructor(private readonly running: string) {}

  /**
   * Runs it with these arguments, as after `npm run services --`.
   * @returns what it printed
   * @throws Error with all it said, if it does not end with 0
   */
  async run(...args: readonly string[]): Promise<string> {
    const child = spawn(process.execPath, [join(__dirname, 'main.js'), ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, PULSEFLOW_SERVICES_RUNNING: this.running },
    });
    const code = new Promise<number | null>((done, fail) => {
      child.once('error', fail);
      child.once('close', done);
    });
    const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
    if ((await code) !== 0) throw new Error(`npm run services -- ${args.join(' ')} failed:\n${output}\n${errors}`);
    return output;
  }
}

/** The values that it printed, up to a space, by their labels. */
export function addressesIn(output: string): Map<string, string> {
  const lines = output.matchAll(/^ {2}(.{15}) (\S+)/gm);
  return new Map(Array.from(lines, ([, label = '', value = '']) => [label.trim(), value]));
}
