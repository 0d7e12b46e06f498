import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ROOT, SERVICES_HOME } from './home';
import { jdk } from './tools';

/**
 * The jar of a Java class of ours, compiled if its source is newer.
 * @param source below `test/services/support`
 * @param classPath what it is compiled with
 */
export function compiledJar(source: string, classPath: string): string {
  const file = join(ROOT, 'test/services/support', source);
  const jar = join(SERVICES_HOME, `${basename(source, '.java')}.jar`);
  if (existsSync(jar) && statSync(jar).mtimeMs > statSync(file).mtimeMs) return jar;
  const fresh = mkdtempSync(join(SERVICES_HOME, 'classes-'));
  try {
    const classes = join(fresh, 'classes');
    execFileSync(jdk('javac'), ['-cp', classPath, '-d', classes, file]);
    execFileSync(jdk('jar'), ['--create', '--file', join(fresh, 'fresh.jar'), '-C', classes, '.']);
    renameSync(join(fresh, 'fresh.jar'), jar);
  } finally {
    rmSync(fresh, { recursive: true });
  }
  return jar;
}
