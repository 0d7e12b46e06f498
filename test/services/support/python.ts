import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SERVICES_HOME } from './home';

/** A virtual environment of Python. */
export interface PythonEnvironment {
  /** Its Python. */
  readonly python: string;
  /** Where its packages are. */
  readonly packages: string;
}

/**
 * The environment of this name, once it is fetched.
 * @throws Error if it is not
 */
export function pythonEnvironment(name: string): PythonEnvironment {
  const folder = folderOf(name);
  const lib = join(folder, 'lib');
  const version = existsSync(lib) ? readdirSync(lib).find((each) => each.startsWith('python')) : undefined;
  if (version === undefined) throw new Error(`There is no ${folder}: fetch it first.`);
  return { python: join(folder, 'bin', 'python'), packages: join(lib, version, 'site-packages') };
}

/**
 * Fetches packages by pip, as it is set up on this machine, into a virtual environment; asks nobody if they are there.
 * @param requirements each as `name==version`; with all that they need, so that there is nothing to choose
 * @throws Error with what Python or pip said
 */
export function fetchPython(name: string, requirements: readonly string[]): void {
  const folder = folderOf(name);
  const fetched = join(folder, 'requirements.txt');
  const wanted = requirements.map((each) => `${each}\n`).join('');
  if (existsSync(fetched) && readFileSync(fetched, 'utf8') === wanted) return;
  console.log(`Fetching ${name} by pip (${requirements.join(', ')}) …`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const run = (program: string, ...args: string[]): void => {
    const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8' });
    if (status !== 0)
      throw new Error(
        `Python could not fetch ${name}: ${error?.message ?? `${stdout}${stderr}`}\nRun it again once "${[program, ...args].join(' ')}" works.`,
      );
  };
  run('python3', '-m', 'venv', folder);
  const quiet = ['--quiet', '--disable-pip-version-check', '--no-input'];
  run(join(folder, 'bin', 'python'), '-m', 'pip', 'install', ...quiet, '--no-deps', ...requirements);
  // Written last: without it the folder counts as not fetched.
  writeFileSync(fetched, wanted);
}

function folderOf(name: string): string {
  return join(SERVICES_HOME, 'python', name);
}
