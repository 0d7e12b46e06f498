import { join } from 'node:path';
import { askJson } from '../answers';
import { serverJvm } from '../java';
import { log4j2Flag } from '../logging';
import { freePorts } from '../ports';
import type { Plan, ProcessPlan } from '../service';
import { SCALA, sparkHome, sparkPython } from './artifacts';
import { clientEnvironment, writeClientConfiguration } from './clientConfiguration';

/** A plan of a standalone cluster, with what its clients have to know. */
export interface SparkPlan extends Plan {
  /** `spark://host:port` */
  readonly master: string;
  /** Of the master's web interface. */
  readonly url: string;
  /** Folder of configuration for clients: `SPARK_CONF_DIR`. */
  readonly configuration: string;
}

const USUAL = { master: 7077, masterWeb: 8080, worker: 7078, workerWeb: 8081 };

/** What the worker has to give: enough for two applications at a time, as the clients' configuration limits them. */
const CORES = 4;
const MEMORY = '4g';
const CORES_OF_APPLICATION = '2';

/**
 * Configures a master and a worker, each a process, in an empty folder.
 * @param from the number from which free ports are looked for; near the usual ones by default
 */
export async function configureSpark(folder: string, from?: number): Promise<SparkPlan> {
  const port = async (usual: number): Promise<number> => (await freePorts(1, from ?? usual))[0] ?? 0;
  const ports = {
    master: await port(USUAL.master),
    masterWeb: await port(USUAL.masterWeb),
    worker: await port(USUAL.worker),
    workerWeb: await port(USUAL.workerWeb),
  };
  const master = `spark://127.0.0.1:${ports.master}`;
  const url = `http://127.0.0.1:${ports.masterWeb}`;
  const configuration = join(folder, 'configuration');
  writeClientConfiguration(configuration, { 'spark.master': master, 'spark.cores.max': CORES_OF_APPLICATION });

  const process = (name: string, main: string, args: readonly string[], flags: readonly string[]): ProcessPlan => ({
    ...serverJvm(name, {
      classPath: [`${sparkHome()}/jars/*`],
      main: `org.apache.spark.deploy.${main}`,
      args: ['--host', '127.0.0.1', ...args],
      flags: ['-XX:+UseSerialGC', log4j2Flag(folder), ...flags],
      folder,
      heap: '256m',
    }),
    // The worker asks for Scala's version when it starts executors.
    env: { ...clientEnvironment(configuration), SPARK_SCALA_VERSION: SCALA },
  });
  // A master that is started again knows its applications and workers.
  const recovery = ['-Dspark.deploy.recoveryMode=FILESYSTEM', `-Dspark.deploy.recoveryDirectory=${folder}/recovery`];
  const withoutRest = '-Dspark.master.rest.enabled=false';
  const where = ['--port', String(ports.master), '--webui-port', String(ports.masterWeb)];
  const whereWorker = ['--port', String(ports.worker), '--webui-port', String(ports.workerWeb)];
  const size = ['--cores', String(CORES), '--memory', MEMORY, '--work-dir', join(folder, 'work')];
  return {
    folder,
    master,
    url,
    configuration,
    addresses: [
      { label: 'master', value: master },
      { label: 'web interface', value: url },
      { label: 'SPARK_HOME', value: sparkHome() },
      { label: 'SPARK_CONF_DIR', value: configuration },
      { label: 'Python', value: sparkPython() },
    ],
    processes: [
      {
        ...process('master', 'master.Master', where, [withoutRest, ...recovery]),
        answers: async () => (await stateOf(url)).status === 'ALIVE',
      },
      {
        ...process('worker', 'worker.Worker', [...whereWorker, ...size, master], []),
        answers: async () => Boolean(await askJson(`http://127.0.0.1:${ports.workerWeb}/json/`)),
      },
    ],
    ready: async () => {
      const { status, workers } = await stateOf(url);
      return status === 'ALIVE' && workers.some(({ state }) => state === 'ALIVE');
    },
  };
}

/** What a master says of itself; more than is named here. */
export interface MasterState {
  readonly status: string;
  readonly workers: readonly { readonly id: string; readonly state: string; readonly cores: number }[];
  readonly activeapps: readonly Application[];
  readonly completedapps: readonly Application[];
}

/** An application on a standalone cluster. */
export interface Application {
  readonly id: string;
  readonly name: string;
  readonly state: string;
}

/** Asks a master at its web interface. */
export async function stateOf(url: string): Promise<MasterState> {
  return (await askJson(`${url}/json/`)) as MasterState;
}
