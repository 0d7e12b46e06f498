import { join } from 'node:path';
import { certificates } from '../certificates';

/** An HBase to be: what is said of it when it is asked for. */
export interface HBaseOptions {
  /**
   * On an HDFS of its own, with ZooKeeper, master and region server each a process of its own, and two gateways. Else all are one
   * process, `master`, on the local file system, which loses the last writes when it is killed.
   */
  readonly hdfs?: boolean;
  /** A further gateway, with HTTPS: its certificate is one of the services' own authority, or one a while past its end. */
  readonly tls?: 'valid' | 'expired';
  /** Settings of all processes (`hbase-site.xml`), over those given here. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** Ports of HBase's processes on 127.0.0.1. */
export interface HBasePorts {
  readonly zooKeeper: number;
  readonly master: number;
  readonly regionServer: number;
  readonly gateways: readonly number[];
  readonly tlsGateway: number;
}

/**
 * `hbase-site.xml` of all processes.
 * @param fileSystem `hdfs://host:port`; the local one if undefined
 */
export function hbaseSettings(
  folder: string,
  ports: HBasePorts,
  { settings }: HBaseOptions,
  fileSystem: string | undefined,
): Record<string, string> {
  return {
    ...(fileSystem === undefined ? onLocalFiles(folder) : onHdfs(fileSystem)),
    'hbase.tmp.dir': join(folder, 'tmp'),
    'hbase.zookeeper.quorum': '127.0.0.1',
    'hbase.zookeeper.property.clientPort': String(ports.zooKeeper),
    'hbase.zookeeper.property.clientPortAddress': '127.0.0.1',
    'hbase.zookeeper.property.dataDir': join(folder, 'zookeeper-data'),
    'hbase.zookeeper.property.admin.enableServer': 'false',
    // A dead region server is noticed after six seconds in place of ninety.
    'hbase.zookeeper.property.tickTime': '1000',
    'zookeeper.session.timeout': '6000',
    'hbase.master.port': String(ports.master),
    'hbase.master.ipc.address': '127.0.0.1',
    'hbase.master.hostname': '127.0.0.1',
    'hbase.master.info.port': '-1',
    'hbase.regionserver.port': String(ports.regionServer),
    'hbase.regionserver.ipc.address': '127.0.0.1',
    'hbase.unsafe.regionserver.hostname': '127.0.0.1',
    'hbase.regionserver.info.port': '-1',
    // There is one, so that nobody has to wait whether another one comes.
    'hbase.master.wait.on.regionservers.interval': '200',
    'hbase.master.wait.on.regionservers.timeout': '500',
    'hbase.rest.host': '127.0.0.1',
    ...settings,
  };
}

function onLocalFiles(folder: string): Record<string, string> {
  return {
    'hbase.rootdir': `file://${join(folder, 'data')}`,
    'hbase.cluster.distributed': 'false',
    'hbase.wal.provider': 'filesystem',
    'hbase.unsafe.stream.capability.enforce': 'false',
  };
}

function onHdfs(fileSystem: string): Record<string, string> {
  return {
    'hbase.rootdir': `${fileSystem}/hbase`,
    'hbase.cluster.distributed': 'true',
    'dfs.replication': '2',
    'dfs.client.block.write.replace-datanode-on-failure.policy': 'NEVER',
  };
}

/** What a gateway with HTTPS is told beyond that. */
export function tlsSettings(certificate: 'valid' | 'expired'): Record<string, string> {
  const { password, ...files } = certificates();
  return {
    'hbase.rest.ssl.enabled': 'true',
    'hbase.rest.ssl.keystore.store': files[certificate],
    'hbase.rest.ssl.keystore.type': 'PKCS12',
    'hbase.rest.ssl.keystore.password': password,
    'hbase.rest.ssl.keystore.keypassword': password,
  };
}
