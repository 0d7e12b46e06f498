import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SERVICES_HOME } from './home';

/** `group:artifact:version`, or with a classifier `group:artifact:version:classifier`. */
export type Coordinates = string;

/** What to fetch: with all it needs at run time, or by itself where others bring what it needs. */
export type Artifact = Coordinates | { readonly alone: Coordinates };

/** The folder of the jars of this name, once they are fetched. */
export function jarsFolder(name: string): string {
  return join(SERVICES_HOME, 'jars', name);
}

/**
 * Fetches artifacts by Maven as it is set up on this machine; asks nobody if they are there.
 * @throws Error with what Maven said
 */
export function fetchJars(name: string, artifacts: readonly Artifact[]): void {
  const folder = jarsFolder(name);
  const pom = projectOf(artifacts);
  if (existsSync(join(folder, 'pom.xml')) && readFileSync(join(folder, 'pom.xml'), 'utf8') === pom) return;
  console.log(`Fetching ${name} from Maven (${artifacts.map(coordinatesOf).join(', ')}) …`);
  mkdirSync(SERVICES_HOME, { recursive: true });
  const fresh = mkdtempSync(join(SERVICES_HOME, 'fetching-'));
  try {
    writeFileSync(join(fresh, 'pom.xml'), pom);
    const { status, stdout, stderr, error } = spawnSync(
      'mvn',
      ['-q', '-B', 'dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${fresh}`],
      { cwd: fresh, encoding: 'utf8' },
    );
    if (status !== 0)
      throw new Error(
        `Maven could not fetch ${name}: ${error?.message ?? `${stdout}${stderr}`}\nRun it again once Maven can.`,
      );
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(join(SERVICES_HOME, 'jars'), { recursive: true });
    renameSync(fresh, folder);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

const NOTHING_ELSE = '<exclusions><exclusion><groupId>*</groupId><artifactId>*</artifactId></exclusion></exclusions>';

function coordinatesOf(artifact: Artifact): Coordinates {
  return typeof artifact === 'string' ? artifact : artifact.alone;
}

function projectOf(artifacts: readonly Artifact[]): string {
  const dependencies = artifacts.map((each) => {
    const [group = '', artifact = '', version = '', classifier] = coordinatesOf(each).split(':');
    const variant = classifier === undefined ? '' : `<classifier>${classifier}</classifier>`;
    const without = typeof each === 'string' ? '' : NOTHING_ELSE;
    return `    <dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version>${variant}${without}</dependency>`;
  });
  return `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>pulseflow</groupId><artifactId>services</artifactId><version>1</version>
  <dependencies>
${dependencies.join('\n')}
  </dependencies>
</project>
`;
}
