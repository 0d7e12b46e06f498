import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** A program that has to be on the machine already. */
export type Tool = 'java' | 'maven' | 'python';

const JAVA = 17;
const PYTHON = [3, 11] as const;

/** The path of a program of the JDK: that of `JAVA_HOME` if it is set, else the one on the path. */
export function jdk(program: 'java' | 'javac' | 'jar' | 'jcmd' | 'keytool'): string {
  const home = process.env.JAVA_HOME;
  return home === undefined || home === '' ? program : join(home, 'bin', program);
}

/**
 * The JDK's folder, for programs that ask for `JAVA_HOME`.
 * @throws Error if there is no Java
 */
export function javaHome(): string {
  const { JAVA_HOME } = process.env;
  if (JAVA_HOME !== undefined && JAVA_HOME !== '') return JAVA_HOME;
  const { stderr } = spawnSync('java', ['-XshowSettings:properties', '-version'], { encoding: 'utf8' });
  const [, home] = /^ *java\.home = (.+)$/m.exec(stderr) ?? [];
  if (home === undefined) throw new Error('Java does not say where it is ("java -XshowSettings:properties").');
  return home;
}

/** What is missing of these tools: one sentence each, which says what to do. */
export function missingTools(tools: Iterable<Tool>): string[] {
  return [...new Set(tools)].flatMap((tool) => CHECKS[tool]() ?? []);
}

const CHECKS: Record<Tool, () => string | undefined> = {
  java: () => {
    const said = versionOf(jdk('javac'), '-version');
    const [version] = numbers(said);
    const wanted = `install a JDK (not only a JRE) ${JAVA} or newer and put it on the path, or set JAVA_HOME`;
    if (version === undefined) return `Java is missing (there is no "${jdk('javac')}"): ${wanted}.`;
    return version < JAVA ? `Java ${version} is too old: ${wanted}.` : undefined;
  },
  maven: () =>
    versionOf('mvn', '-v') === undefined
      ? 'Maven is missing (there is no "mvn"): install Apache Maven 3.6 or newer and put it on the path.'
      : undefined,
  python: () => {
    const [major, minor] = numbers(versionOf('python3', '--version'));
    const wanted = `install Python ${PYTHON.join('.')} or newer and put it on the path`;
    if (major === undefined || minor === undefined) return `Python is missing (there is no "python3"): ${wanted}.`;
    const old = major < PYTHON[0] || (major === PYTHON[0] && minor < PYTHON[1]);
    return old ? `Python ${major}.${minor} is too old: ${wanted}.` : undefined;
  },
};

function versionOf(program: string, option: string): string | undefined {
  const { status, stdout, stderr } = spawnSync(program, [option], { encoding: 'utf8' });
  return status === 0 ? `${stdout}${stderr}` : undefined;
}

function numbers(said: string | undefined): number[] {
  const found = /(\d+)(?:\.(\d+))?/.exec(said ?? '');
  return found === null ? [] : found.slice(1).map(Number);
}
