import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { RUNNING_HOME } from './home';
import { endAllOf } from './processes';
import { runsIn } from './serverProcess';
import type { Address } from './service';

/** A service that `npm run services` has started, as its folder tells. */
export interface Running {
  readonly name: string;
  readonly processes: readonly { readonly name: string; readonly pid: number }[];
  readonly addresses: readonly Address[];
}

const GRACE = 10_000;

/** The folder of a service that is running or to be started. */
export function folderOf(name: string): string {
  return join(RUNNING_HOME, name.replaceAll(':', '-'));
}

/** An empty folder for a service to be started. */
export function freshFolder(name: string): string {
  rmSync(folderOf(name), { recursive: true, force: true });
  mkdirSync(folderOf(name), { recursive: true });
  return folderOf(name);
}

/** Notes what was started, for `status` and `stop`. */
export function note(running: Running): void {
  writeFileSync(join(folderOf(running.name), 'service.json'), JSON.stringify(running, null, 2));
}

/** All services that were started and not stopped. */
export function started(): Running[] {
  if (!existsSync(RUNNING_HOME)) return [];
  return readdirSync(RUNNING_HOME).flatMap((folder) => {
    const file = join(RUNNING_HOME, folder, 'service.json');
    return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Running) : [];
  });
}

/** The processes of a service that are still there. */
export function alive({ name, processes }: Running): Running['processes'] {
  return processes.filter(({ pid }) => runsIn(folderOf(name), pid));
}

/** Ends a service, by force if it takes more than ten seconds, and removes its folder with its data. */
export async function stop(running: Running): Promise<void> {
  for (const { pid } of alive(running)) process.kill(pid, 'SIGTERM');
  const deadline = Date.now() + GRACE;
  while (alive(running).length > 0 && Date.now() < deadline) await pause(100);
  for (const { pid } of alive(running)) process.kill(pid, 'SIGKILL');
  await endAllOf(folderOf(running.name));
  rmSync(folderOf(running.name), { recursive: true, force: true });
}
