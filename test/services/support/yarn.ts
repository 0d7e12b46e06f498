import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../../support/until';
import { SUPERUSER, USER } from './hdfs/configure';
import { Files } from './hdfs/files';
import { endNow, processesOf } from './processes';
import { SparkClient } from './spark/client';
import { type Launched, TestServer, startTestServer } from './testServer';
import { Applications } from './yarn/applications';
import { fetchYarn } from './yarn/artifacts';
import { type YarnPlan, configureYarn, yarnEnvironment } from './yarn/configure';

/**
 * A YARN of a test's own: `resourcemanager`, `nodemanager-1` and `nodemanager-2`, over an HDFS with `namenode`, `datanode-1` and
 * `datanode-2`. A resource manager that is started again knows its applications; a killed node manager's containers go on until
 * their application ends them, or `stop()` does.
 */
export class Yarn extends TestServer {
  readonly client: SparkClient;
  /** Of the resource manager. */
  readonly url: string;
  readonly applications: Applications;
  /** `hdfs://host:port` */
  readonly fileSystem: string;
  /** All files of the HDFS, for its superuser. */
  readonly files: Files;
  /** Who submits; has the home folder `/user/<user>`. */
  readonly user = USER;

  constructor(
    private readonly plan: YarnPlan,
    launched: Launched,
  ) {
    super(launched);
    const { url, hdfs, configuration, folder } = plan;
    this.client = new SparkClient('yarn', yarnEnvironment(configuration), folder);
    this.url = url;
    this.applications = new Applications(url, USER);
    this.fileSystem = hdfs.fileSystem;
    this.files = new Files(hdfs.url, SUPERUSER);
  }

  /**
   * What an application's containers have written, by container, in the order in which they were started; the driver in cluster
   * mode is the first container of its attempt.
   * @param stream `stdout` has what a Python driver prints, `stderr` Spark's log
   */
  logs(id: string, stream: 'stdout' | 'stderr'): Map<string, string> {
    return containerLogs(this.plan.folder, id, stream);
  }

  /**
   * Ends an application's driver in cluster mode, or its master in client mode, as a power cut does (SIGKILL); YARN starts it
   * once more. Resolves once it has ended.
   * @throws Error if it does not run
   */
  async killDriver(id: string): Promise<void> {
    const masters = (): number[] =>
      processesOf(this.plan.folder)
        .filter(({ command }) => command.includes(id.replace('application', 'container')) && MASTER.test(command))
        .map(({ pid }) => pid);
    const found = masters();
    if (found.length === 0) throw new Error(`${id} has no driver on YARN now.`);
    for (const pid of found) endNow(pid);
    await until(() => !masters().some((pid) => found.includes(pid)), `the end of ${id}'s driver`);
  }
}

/** The main class of what YARN calls an application's master, in either mode. */
const MASTER = /org\.apache\.spark\.deploy\.yarn\.(ApplicationMaster|ExecutorLauncher)/;

/** @param folder of the YARN */
export function containerLogs(folder: string, id: string, stream: 'stdout' | 'stderr'): Map<string, string> {
  const containers = readdirSync(folder)
    .filter((name) => name.startsWith('containers-'))
    .map((name) => join(folder, name, id))
    .filter((logs) => existsSync(logs))
    .flatMap((logs) => readdirSync(logs).map((container) => ({ container, file: join(logs, container, stream) })))
    .filter(({ file }) => existsSync(file))
    .toSorted((a, b) => (a.container < b.container ? -1 : 1));
  return new Map(containers.map(({ container, file }) => [container, readFileSync(file, 'utf8')]));
}

/** Starts a YARN without applications; ends at the latest when this process does. */
export function startYarn(): Promise<Yarn> {
  fetchYarn();
  return startTestServer(configureYarn, (plan, launched) => new Yarn(plan, launched));
}
