import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { askJson } from '../answers';
import { runTool, serverJvm } from '../java';
import { log4j1Flag } from '../logging';
import { freePorts } from '../ports';
import type { Plan, ProcessPlan } from '../service';
import { hdfsJars } from './artifacts';
import { Files } from './files';
import { writeConfiguration } from './xml';

/** A file system to be: what is said of it when it is asked for. */
export interface HdfsOptions {
  /** Settings of all nodes (`hdfs-site.xml`), over those given here. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** A plan of a file system, with what its clients have to know. */
export interface HdfsPlan extends Plan {
  /** Of the name node, without `/webhdfs/v1`. */
  readonly url: string;
  /** `hdfs://host:port` */
  readonly fileSystem: string;
  /** Folder of configuration for clients. */
  readonly configuration: string;
}

/** Who may do anything: HDFS believes what a client says its name is. */
export const SUPERUSER = 'hdfs';
/** Who has a home folder. */
export const USER = 'pulseflow';

const DATA_NODES = [1, 2];
const USUAL = { rpc: 8020, http: 9870, dataNode: 9864 };

/**
 * Configures a name node and two data nodes, each a process of its own, in an empty folder.
 * @param from the number from which free ports are looked for; near the usual ones by default
 */
export async function configureHdfs(folder: string, options: HdfsOptions, from?: number): Promise<HdfsPlan> {
  const [rpc = 0] = await freePorts(1, from ?? USUAL.rpc);
  const [http = 0] = await freePorts(1, from ?? USUAL.http);
  const url = `http://127.0.0.1:${http}`;
  const core = { 'fs.defaultFS': `hdfs://127.0.0.1:${rpc}`, 'hadoop.tmp.dir': join(folder, 'tmp') };
  const common: Record<string, string> = { ...settingsOfAll(folder, rpc, http), ...options.settings };
  const configuration = writeConfiguration(join(folder, 'configuration'), { 'core-site': core, 'hdfs-site': common });

  // The pages of their web interfaces are in no jar, and without a folder for them they do not start.
  const web = join(folder, 'web');
  for (const page of ['hdfs', 'datanode']) mkdirSync(join(web, 'webapps', page), { recursive: true });
  const flags = ['-XX:+UseSerialGC', ...clientFlags(folder)];
  const jvm = { classPath: [hdfsJars()], flags, folder, heap: '256m' };

  const nameNode: ProcessPlan = {
    ...serverJvm('namenode', { ...jvm, resources: [configuration, web], main: NAME_NODE, args: [] }),
    answers: async () => (await stateOf(url)).FSState === 'Operational',
  };
  const dataNodes: ProcessPlan[] = [];
  for (const id of DATA_NODES) {
    const [data = 0, dataHttp = 0, ipc = 0] = await freePorts(3, from ?? USUAL.dataNode);
    const own = {
      ...common,
      'dfs.datanode.data.dir': `file://${join(folder, `data-${id}`)}`,
      'dfs.datanode.http.address': `127.0.0.1:${dataHttp}`,
      'dfs.datanode.address': `127.0.0.1:${data}`,
      'dfs.datanode.ipc.address': `127.0.0.1:${ipc}`,
    };
    const files = { 'core-site': core, 'hdfs-site': own };
    const resources = [writeConfiguration(join(folder, `configuration-${id}`), files), web];
    dataNodes.push({
      ...serverJvm(`datanode-${id}`, { ...jvm, resources, main: DATA_NODE, args: [] }),
      answers: async () => connected(await askJson(`http://127.0.0.1:${dataHttp}/jmx?qry=${DATA_NODE_INFO}`)),
    });
  }
  return {
    folder,
    url,
    fileSystem: core['fs.defaultFS'],
    configuration,
    addresses: [
      { label: 'WebHDFS', value: url },
      { label: 'HDFS', value: core['fs.defaultFS'] },
      { label: 'user', value: `${USER} (its folder is /user/${USER}; ${SUPERUSER} may do anything)` },
    ],
    processes: [nameNode, ...dataNodes],
    prepare: async () => {
      const args = ['-format', '-nonInteractive'];
      await runTool({ ...jvm, resources: [configuration], main: NAME_NODE, args });
    },
    ready: async () => {
      const { FSState, NumLiveDataNodes } = await stateOf(url);
      return FSState === 'Operational' && NumLiveDataNodes === DATA_NODES.length;
    },
    complete: () => new Files(url, SUPERUSER).makeFolder(`/user/${USER}`, USER),
  };
}

const NAME_NODE = 'org.apache.hadoop.hdfs.server.namenode.NameNode';
const DATA_NODE = 'org.apache.hadoop.hdfs.server.datanode.DataNode';
const DATA_NODE_INFO = 'Hadoop:service=DataNode,name=DataNodeInfo';

/** What makes a program on the JVM the superuser, with its warnings on standard error. */
export function clientFlags(folder: string): string[] {
  return [log4j1Flag(folder), `-DHADOOP_USER_NAME=${SUPERUSER}`];
}

/** Two copies of each block, and dead data nodes noticed after some twelve seconds in place of ten minutes. */
function settingsOfAll(folder: string, rpc: number, http: number): Record<string, string> {
  return {
    'dfs.replication': '2',
    'dfs.namenode.name.dir': `file://${join(folder, 'name')}`,
    'dfs.namenode.rpc-address': `127.0.0.1:${rpc}`,
    'dfs.namenode.http-address': `127.0.0.1:${http}`,
    // Data nodes are known, and clients sent to them, by this name.
    'dfs.datanode.hostname': '127.0.0.1',
    'dfs.namenode.datanode.registration.ip-hostname-check': 'false',
    'dfs.heartbeat.interval': '1',
    'dfs.namenode.heartbeat.recheck-interval': '1000',
    'dfs.namenode.safemode.min.datanodes': '1',
    'dfs.namenode.safemode.extension': '0',
    // With two data nodes there is no third one to go on with when one dies.
    'dfs.client.block.write.replace-datanode-on-failure.policy': 'NEVER',
  };
}

interface State {
  readonly FSState: string;
  readonly NumLiveDataNodes: number;
}

/** What the name node says of the file system. */
export async function stateOf(url: string): Promise<State> {
  const answer = await askJson(`${url}/jmx?qry=Hadoop:service=NameNode,name=FSNamesystemState`);
  const [state] = (answer as { beans: State[] }).beans;
  if (state === undefined) throw new Error('The name node has no state yet.');
  return state;
}

/** Whether a data node has registered with the name node since it started. */
function connected(answer: unknown): boolean {
  const [info] = (answer as { beans: { BPServiceActorInfo: string }[] }).beans;
  const actors = JSON.parse(info?.BPServiceActorInfo ?? '[]') as { ActorState: string; BlockPoolID: string }[];
  return actors.length > 0 && actors.every(({ ActorState }) => ActorState === 'RUNNING');
}
