import { temporaryFolder } from '../../support/store';
import { launch, untilReady } from './launch';
import { testPorts } from './ports';
import { endAllOf, endNow, processesOf } from './processes';
import type { Plan } from './service';
import type { ServerProcess } from './serverProcess';

/** A server that was started for a test: its processes, whether it answers as a whole, and what removes its folder. */
export interface Launched {
  readonly folder: string;
  readonly processes: readonly ServerProcess[];
  readonly ready: () => Promise<boolean>;
  readonly remove: () => void;
}

/**
 * A server of a test's own, with processes that can be ended, stopped and started again. Their names may be left out where
 * there is but one.
 */
export class TestServer {
  constructor(private readonly launched: Launched) {}

  /** Ends a process as a power cut does (SIGKILL). */
  async kill(name?: string): Promise<void> {
    await this.#process(name).kill();
  }

  /**
   * Starts a process again, on the same ports and data; resolves once it answers by itself, and if no other one has ended, once
   * the server answers as a whole.
   */
  async restart(name?: string): Promise<void> {
    const { processes, ready } = this.launched;
    const process = this.#process(name);
    await process.kill();
    process.start();
    await untilReady(async () => {
      if (!(await process.answers())) return false;
      return processes.some(({ running }) => !running) || ready();
    }, [process]);
  }

  /** Stops a process where it stands (SIGSTOP): it is still connected, and says nothing. */
  pause(name?: string): void {
    this.#process(name).signal('SIGSTOP');
  }

  /** Lets a paused process go on (SIGCONT). */
  resume(name?: string): void {
    this.#process(name).signal('SIGCONT');
  }

  /** What a process said last, for the message of a failed test. */
  lastWords(name?: string): string {
    return this.#process(name).lastWords();
  }

  /** Ends all, with what they have started, and removes their data. */
  async stop(): Promise<void> {
    const { folder, processes, remove } = this.launched;
    await Promise.all(processes.map((each) => each.kill()));
    await endAllOf(folder);
    remove();
  }

  #process(name: string | undefined): ServerProcess {
    const { processes } = this.launched;
    const [found, ...others] = processes.filter((each) => name === undefined || each.name === name);
    if (found === undefined || others.length > 0)
      throw new Error(`There is no "${name ?? ''}"; choose of ${processes.map((each) => each.name).join(', ')}.`);
    return found;
  }
}

/**
 * Starts a server in an empty folder of its own; ends at the latest when this process does.
 * @param configure is given the folder and the number from which free ports are looked for
 * @param of makes of it what the test speaks with
 * @throws Error with what its processes said, if it does not start
 */
export async function startTestServer<P extends Plan, S extends TestServer>(
  configure: (folder: string, from: number) => Promise<P>,
  of: (plan: P, launched: Launched) => S,
): Promise<S> {
  const folder = temporaryFolder();
  const remove = (): void => {
    process.removeListener('exit', remove);
    for (const { pid } of processesOf(folder.path)) endNow(pid);
    folder.remove();
  };
  process.once('exit', remove);
  try {
    const plan = await configure(folder.path, testPorts());
    const processes = await launch(plan, false);
    return of(plan, { folder: folder.path, processes, ready: () => plan.ready(), remove });
  } catch (error) {
    remove();
    throw error;
  }
}
