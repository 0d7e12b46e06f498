import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const QUICK = '-XX:TieredStopAtLevel=1';

/** What the small job is submitted with: it is over before thorough compiling pays, which takes half the processor's time. */
export const SHORT = [
  ...['--conf', 'spark.ui.enabled=false'],
  ...['--conf', `spark.driver.extraJavaOptions=${QUICK}`],
  ...['--conf', `spark.executor.extraJavaOptions=${QUICK}`],
];

/** The same for `spark-submit` itself, as its environment. */
export const SHORT_ENV = { SPARK_SUBMIT_OPTS: QUICK };

/** How many rows the small job has. */
const ROWS = 1_000;

/** What the small job prints if all went well: the sum of its rows. */
export const SUM = `sum ${(ROWS * (ROWS - 1)) / 2}`;

/**
 * Writes the smallest job that needs all of Spark: driver, executors, and Python in both.
 * @param then whether it ends after that, or waits to be ended
 * @returns its file
 */
export function writeJob(folder: string, then: 'ends' | 'waits' = 'ends'): string {
  const file = join(folder, 'job.py');
  const job = `import time
from pyspark.sql import SparkSession

spark = SparkSession.builder.appName("small job").getOrCreate()
rows = spark.range(0, ${ROWS}, 1, 2).mapInArrow(lambda batches: batches, "id long")
print("sum", sum(row.id for row in rows.collect()), flush=True)
`;
  writeFileSync(file, `${job}${then === 'ends' ? 'spark.stop()' : 'time.sleep(3600)'}\n`);
  return file;
}
