import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** The data that tests replay; it lies beside the project and is not part of it. */
export function sharedFile(...path: string[]): string {
  return join(resolve(process.env.PULSEFLOW_SHARED ?? join(process.cwd(), '..', 'shared')), ...path);
}

/** Leaves a test pending, with the reason, where the shared data is missing. */
export function needsShared(test: Mocha.Context, file: string): void {
  if (existsSync(file)) return;
  console.log(`    (skipped: ${file} is not on this machine; set PULSEFLOW_SHARED to the folder that holds it)`);
  test.skip();
}
