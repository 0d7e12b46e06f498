import { setTimeout as pause } from 'node:timers/promises';
import { ServerProcess } from './serverProcess';
import type { Plan } from './service';

const PATIENCE = 180_000;
const INTERVAL = 100;

/**
 * Starts all processes of a service and waits until it answers.
 * @param outlives whether it goes on after this process, for a person; else it ends with this process
 * @throws Error with the last words of a process that ended, or of all if the service did not answer; nothing is left running
 */
export async function launch(plan: Plan, outlives: boolean): Promise<ServerProcess[]> {
  await plan.prepare?.();
  const processes = plan.processes.map((each) => new ServerProcess(each, plan.folder, outlives));
  try {
    for (const [index, each] of processes.entries()) {
      const before = processes.slice(0, index);
      await untilReady(() => allAnswer(before.filter(({ name }) => each.after.includes(name))), before);
      each.start();
    }
    await untilReady(() => plan.ready(), processes);
    await plan.complete?.();
    for (const each of processes) await each.warm();
  } catch (error) {
    await Promise.all(processes.map((each) => each.kill()));
    throw error;
  }
  if (outlives) for (const each of processes) each.letGo();
  return processes;
}

async function allAnswer(processes: readonly ServerProcess[]): Promise<boolean> {
  return (await Promise.all(processes.map((each) => each.answers()))).every(Boolean);
}

/** Waits until processes that were just started answer. */
export async function untilReady(ready: () => Promise<boolean>, processes: readonly ServerProcess[]): Promise<void> {
  const deadline = Date.now() + PATIENCE;
  for (;;) {
    if (await ready().catch(() => false)) return;
    const ended = processes.find((each) => !each.running);
    if (ended !== undefined) throw new Error(`${ended.name} ended while it started:\n${ended.lastWords()}`);
    if (Date.now() > deadline) {
      const words = processes.map((each) => `${each.name}:\n${each.lastWords()}`);
      throw new Error(`No answer after ${PATIENCE} ms from\n${words.join('\n')}`);
    }
    await pause(INTERVAL);
  }
}
