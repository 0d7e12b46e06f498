import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { type HdfsPlan, USER, configureHdfs } from '../hdfs/configure';
import { writeConfiguration } from '../hdfs/xml';
import { serverJvm } from '../java';
import { log4j1Flag } from '../logging';
import { freePorts } from '../ports';
import type { Plan, ProcessPlan } from '../service';
import { sparkHome, sparkPython } from '../spark/artifacts';
import { clientEnvironment, writeClientConfiguration } from '../spark/clientConfiguration';
import { javaHome } from '../tools';
import { Applications } from './applications';
import { yarnJars } from './artifacts';
import { SCHEDULER_SETTINGS, nodeSettings, yarnSettings } from './settings';

/** A plan of a YARN with its HDFS, with what its clients have to know. */
export interface YarnPlan extends Plan {
  /** Of the resource manager's web interface and REST API. */
  readonly url: string;
  readonly hdfs: HdfsPlan;
  /** Folder of configuration for clients: `HADOOP_CONF_DIR`, and `SPARK_CONF_DIR` too. */
  readonly configuration: string;
}

const NODES = [1, 2];
const USUAL = { resourceManager: 8030, resourceManagerWeb: 8088, nodeManager: 8040, nodeManagerWeb: 8042 };

const MAIN = 'org.apache.hadoop.yarn.server';
/** What Hadoop takes of Java's inner life, from Java 17 on. */
const INNER_LIFE = ['--add-opens', 'java.base/java.lang=ALL-UNNAMED'];

/**
 * Configures a resource manager and two node managers over an HDFS, each a process of its own, in an empty folder.
 * @param from the number from which free ports are looked for; near the usual ones by default
 */
export async function configureYarn(folder: string, from?: number): Promise<YarnPlan> {
  const hdfs = await configureHdfs(join(folder, 'hdfs'), {}, from);
  const [scheduler = 0, nodes = 0, clients = 0, admin = 0] = await freePorts(4, from ?? USUAL.resourceManager);
  const [web = 0] = await freePorts(1, from ?? USUAL.resourceManagerWeb);
  const url = `http://127.0.0.1:${web}`;
  const applications = new Applications(url, USER);
  const core = { 'fs.defaultFS': hdfs.fileSystem, 'hadoop.tmp.dir': join(folder, 'tmp') };
  const common = yarnSettings(folder, { scheduler, nodes, clients, admin, web });
  const configuration = writeConfiguration(join(folder, 'configuration'), {
    'core-site': core,
    'yarn-site': common,
    'capacity-scheduler': SCHEDULER_SETTINGS,
  });
  copyFileSync(join(hdfs.configuration, 'hdfs-site.xml'), join(configuration, 'hdfs-site.xml'));
  writeClientConfiguration(configuration, sparkSettings(), yarnEnvironment(configuration));

  const process = (name: string, main: string, resources: string): ProcessPlan => ({
    ...serverJvm(name, {
      classPath: [yarnJars()],
      resources: [resources],
      main: `${MAIN}.${main}`,
      args: [],
      flags: ['-XX:+UseSerialGC', log4j1Flag(folder), ...INNER_LIFE],
      folder,
      heap: '256m',
    }),
    // Containers get it from the node manager, and start Java by it.
    env: { JAVA_HOME: javaHome() },
  });
  const resourceManager: ProcessPlan = {
    ...process('resourcemanager', 'resourcemanager.ResourceManager', configuration),
    answers: async () => (await applications.cluster()).state === 'STARTED',
  };
  const nodeManagers: ProcessPlan[] = [];
  for (const id of NODES) {
    const [containers = 0, localizer = 0] = await freePorts(2, from ?? USUAL.nodeManager);
    const [nodeWeb = 0] = await freePorts(1, from ?? USUAL.nodeManagerWeb);
    const own = { ...common, ...nodeSettings(folder, id, { containers, localizer, web: nodeWeb }) };
    const files = { 'core-site': core, 'yarn-site': own };
    nodeManagers.push({
      ...process(`nodemanager-${id}`, 'nodemanager.NodeManager', writeConfiguration(join(folder, `node-${id}`), files)),
      answers: async () =>
        (await applications.nodes()).some(
          ({ id: node, state }) => state === 'RUNNING' && node.endsWith(`:${containers}`),
        ),
    });
  }
  return {
    folder,
    url,
    hdfs,
    configuration,
    addresses: [
      { label: 'YARN', value: `${url} (resource manager: web interface and REST API)` },
      ...hdfs.addresses,
      { label: 'HADOOP_CONF_DIR', value: configuration },
      { label: 'SPARK_CONF_DIR', value: configuration },
      { label: 'SPARK_HOME', value: sparkHome() },
      { label: 'Python', value: sparkPython() },
    ],
    processes: [...hdfs.processes, resourceManager, ...nodeManagers],
    prepare: async () => hdfs.prepare?.(),
    ready: async () => {
      const running = (await applications.nodes()).filter(({ state }) => state === 'RUNNING');
      return running.length === NODES.length && hdfs.ready();
    },
    complete: async () => hdfs.complete?.(),
  };
}

/** What a program has to have in its environment that submits to YARN. */
export function yarnEnvironment(configuration: string): Record<string, string> {
  return { ...clientEnvironment(configuration), HADOOP_CONF_DIR: configuration, HADOOP_USER_NAME: USER };
}

/** What Spark's clients need to know of this YARN, all of whose nodes are this machine. */
function sparkSettings(): Record<string, string> {
  return {
    'spark.master': 'yarn',
    // Every node has Spark's jars already: they need not go to HDFS with each application.
    'spark.yarn.jars': `local:${sparkHome()}/jars/*`,
    'spark.yarn.am.memory': '512m',
    // For Python, and what it starts, besides the JVM.
    'spark.driver.memoryOverhead': '512m',
    'spark.executor.memoryOverhead': '512m',
    'spark.executor.instances': '2',
    'spark.yarn.appMasterEnv.SPARK_LOCAL_IP': '127.0.0.1',
    'spark.executorEnv.SPARK_LOCAL_IP': '127.0.0.1',
    'spark.yarn.appMasterEnv.PYSPARK_PYTHON': sparkPython(),
    'spark.executorEnv.PYSPARK_PYTHON': sparkPython(),
  };
}
