import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { SERVICE_FOLDER } from '../processes';
import { kafkaJars, sparkHome, sparkPython } from './artifacts';
import { Submission } from './submission';

/** What submits to a Spark: one of a test's own, YARN, or one that lives in the driver (`local[2]`). */
export class SparkClient {
  readonly sparkHome = sparkHome();
  /** A Python with pyspark, pyarrow and pandas. */
  readonly python = sparkPython();
  /** What `--jars` needs for Kafka. */
  readonly kafkaJars = kafkaJars();

  /**
   * @param masterUrl as after `--master`
   * @param env what a program has to have in its environment that runs `spark-submit` itself
   * @param folder where programs are run; what its `endAllOf` ends
   */
  constructor(
    readonly masterUrl: string,
    readonly env: Readonly<Record<string, string>>,
    private readonly folder: string,
  ) {}

  /**
   * Starts `spark-submit` with these arguments, of which `--master` is not needed: with 512 MB for the driver and for each
   * executor, if they do not say otherwise. What still runs is ended by the server's `stop()`.
   * @param env over `this.env` and this process's own environment
   */
  submit(args: readonly string[], env: Readonly<Record<string, string>> = {}): Submission {
    const child = spawn(join(this.sparkHome, 'bin', 'spark-submit'), ['--master', this.masterUrl, ...args], {
      cwd: this.folder,
      // A group of its own: a killed driver's Python is killed with it.
      detached: true,
      env: { ...process.env, [SERVICE_FOLDER]: this.folder, ...this.env, ...env },
    });
    return new Submission(child);
  }
}
