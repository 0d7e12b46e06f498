import { clientFlags } from '../hdfs/configure';
import { serverJvm } from '../java';
import type { ProcessPlan } from '../service';
import { hbaseJars } from './artifacts';

/** What a process of HBase is. Without HDFS the master is ZooKeeper and region server too. */
export type Role = 'zooKeeper' | 'master' | 'regionServer' | 'gateway';

const ROLES: Record<Role, { heap: string; main: string; args: (port: number) => readonly string[] }> = {
  zooKeeper: { heap: '128m', main: 'zookeeper.HQuorumPeer', args: () => [] },
  master: { heap: '512m', main: 'master.HMaster', args: () => ['start'] },
  regionServer: { heap: '512m', main: 'regionserver.HRegionServer', args: () => ['start'] },
  gateway: {
    heap: '256m',
    main: 'rest.RESTServer',
    args: (port) => ['-p', String(port), '--infoport', '-1', 'start'],
  },
};

const OPENED = [
  'java.io',
  'java.lang',
  'java.lang.reflect',
  'java.nio',
  'java.util',
  'java.util.concurrent',
  'jdk.internal.ref',
  'sun.nio.ch',
];

/** What HBase takes of Java's inner life, from Java 17 on (bin/hbase of its distribution). */
const INNER_LIFE = [
  ...['--add-modules', 'jdk.unsupported'],
  ...OPENED.flatMap((name) => ['--add-opens', `java.base/${name}=ALL-UNNAMED`]),
  ...['--add-exports', 'java.base/jdk.internal.misc=ALL-UNNAMED'],
  ...['--add-exports', 'java.security.jgss/sun.security.krb5=ALL-UNNAMED'],
];

/** A process of HBase, which reads its settings from a folder of configuration. */
export function hbaseProcess(
  name: string,
  role: Role,
  port: number,
  folder: string,
  configuration: string,
): ProcessPlan {
  const { heap, main, args } = ROLES[role];
  return serverJvm(name, {
    classPath: [hbaseJars()],
    resources: [configuration],
    main: `org.apache.hadoop.hbase.${main}`,
    args: args(port),
    flags: ['-XX:+UseSerialGC', ...INNER_LIFE, ...clientFlags(folder)],
    folder,
    heap,
  });
}
