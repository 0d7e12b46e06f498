import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { log4j2Settings } from '../logging';
import { javaHome } from '../tools';
import { sparkHome, sparkPython } from './artifacts';

/** Adds to a folder of configuration what `spark-submit` reads there when `SPARK_CONF_DIR` names it. */
export function writeClientConfiguration(
  folder: string,
  settings: Readonly<Record<string, string>>,
  environment: Readonly<Record<string, string>> = {},
): void {
  mkdirSync(folder, { recursive: true });
  const defaults: Record<string, string> = {
    'spark.driver.memory': '512m',
    'spark.executor.memory': '512m',
    'spark.pyspark.python': sparkPython(),
    'spark.local.dir': join(folder, 'tmp'),
    ...settings,
  };
  writeFileSync(
    join(folder, 'spark-defaults.conf'),
    lines(defaults, (name, value) => `${name} ${value}`),
  );
  const variables = { ...clientEnvironment(folder), ...environment };
  writeFileSync(
    join(folder, 'spark-env.sh'),
    lines(variables, (name, value) => `export ${name}="\${${name}:-${value}}"`),
  );
  writeFileSync(join(folder, 'log4j2.properties'), log4j2Settings());
}

/** The environment of Spark's own programs: on 127.0.0.1 alone, with the configuration of this folder. */
export function clientEnvironment(folder: string): Record<string, string> {
  return {
    JAVA_HOME: javaHome(),
    SPARK_HOME: sparkHome(),
    SPARK_CONF_DIR: folder,
    SPARK_LOCAL_IP: '127.0.0.1',
    PYSPARK_PYTHON: sparkPython(),
  };
}

function lines(all: Readonly<Record<string, string>>, of: (name: string, value: string) => string): string {
  return Object.entries(all)
    .map(([name, value]) => `${of(name, value)}\n`)
    .join('');
}
