import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fetchJars, jarsFolder } from '../maven';
import { fetchPython, pythonEnvironment } from '../python';

/** The newest release of which Maven Central has the Kafka connector too. */
const SPARK = '4.2.0';
/** What it is built for. */
export const SCALA = '2.13';

const NAME = `spark-${SPARK}`;
const CONNECTOR = `spark-kafka-${SPARK}`;

/** Brings Spark with its Python interface, and its Kafka connector, onto this machine. */
export function fetchSpark(): void {
  fetchPython(NAME, [
    ...[`pyspark==${SPARK}`, 'py4j==0.10.9.9'],
    // mapInArrow and mapInPandas ask for both.
    ...['pyarrow==26.0.1', 'pandas==2.3.3'],
    ...['numpy==2.3.5', 'python-dateutil==2.9.0.post0', 'six==1.17.0', 'pytz==2025.2', 'tzdata==2025.2'],
  ]);
  // Whatever else the connector's POM names is among Spark's own jars.
  fetchJars(CONNECTOR, [
    { alone: `org.apache.spark:spark-sql-kafka-0-10_${SCALA}:${SPARK}` },
    { alone: `org.apache.spark:spark-token-provider-kafka-0-10_${SCALA}:${SPARK}` },
    { alone: 'org.apache.kafka:kafka-clients:3.9.2' },
    { alone: 'org.apache.commons:commons-pool2:2.13.1' },
  ]);
}

/** The folder that `SPARK_HOME` names: it has `bin/spark-submit` and `jars`. */
export const sparkHome = (): string => join(pythonEnvironment(NAME).packages, 'pyspark');

/** A Python that has pyspark, pyarrow and pandas, for driver and executors. */
export const sparkPython = (): string => pythonEnvironment(NAME).python;

/** What `--jars` needs for Kafka. */
export function kafkaJars(): string[] {
  const folder = jarsFolder(CONNECTOR);
  return readdirSync(folder)
    .filter((name) => name.endsWith('.jar'))
    .map((name) => join(folder, name));
}
