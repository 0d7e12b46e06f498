import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/** The variable that a service's processes have, and hand on to those that they start: the service's folder. */
export const SERVICE_FOLDER = 'PULSEFLOW_SERVICE_FOLDER';

/** A process that runs now. */
export interface RunningProcess {
  readonly pid: number;
  /** Its program and arguments, with spaces between them. */
  readonly command: string;
}

/** All processes of the service in this folder, also those that its servers have started and left behind. */
export function processesOf(folder: string): RunningProcess[] {
  const mark = `${SERVICE_FOLDER}=${folder}`;
  return existsSync('/proc/self/environ') ? markedInProc(mark) : markedByPs(mark);
}

/** The command lines, of all processes of this machine, that have this text in them. */
export function commandsWith(part: string): string[] {
  const { stdout } = spawnSync('ps', ['-A', '-ww', '-o', 'command='], { encoding: 'utf8' });
  return stdout.split('\n').filter((command) => command.includes(part));
}

/** Ends all processes of the service in this folder by force. */
export async function endAllOf(folder: string): Promise<void> {
  for (let found = processesOf(folder); found.length > 0; found = processesOf(folder)) {
    for (const { pid } of found) endNow(pid);
    await pause(20);
  }
}

/** Ends a process, or as a negative number its group, by force; one that has ended already is left alone. */
export function endNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function markedInProc(mark: string): RunningProcess[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        if (!readFileSync(`/proc/${name}/environ`, 'utf8').split('\0').includes(mark)) return [];
        return { pid: Number(name), command: readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ') };
      } catch {
        // It has ended meanwhile, or is somebody else's.
        return [];
      }
    });
}

function markedByPs(mark: string): RunningProcess[] {
  const { stdout } = spawnSync('ps', ['-A', '-E', '-ww', '-o', 'pid=,command='], { encoding: 'utf8' });
  return stdout.split('\n').flatMap((line) => {
    const [, pid, command = ''] = /^\s*(\d+) (.*)$/.exec(line) ?? [];
    return `${command} `.includes(`${mark} `) ? { pid: Number(pid), command } : [];
  });
}
