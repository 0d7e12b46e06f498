import { join } from 'node:path';
import { askJson, listensOn } from '../answers';
import { configureHdfs } from '../hdfs/configure';
import { writeConfiguration } from '../hdfs/xml';
import { freePorts } from '../ports';
import type { Address, Plan, ProcessPlan } from '../service';
import { type Role, hbaseProcess } from './process';
import { type HBaseOptions, type HBasePorts, hbaseSettings, tlsSettings } from './settings';

/** A plan of an HBase, with what its clients have to know. */
export interface HBasePlan extends Plan {
  /** Of each gateway. */
  readonly urls: readonly string[];
  /** Of the gateway with HTTPS, if one was asked for. */
  readonly tlsUrl: string | undefined;
}

const USUAL = { zooKeeper: 2181, master: 16_000, regionServer: 16_020, gateway: 8080, tlsGateway: 8443 };

/**
 * Configures an HBase with its REST gateways in an empty folder.
 * @param from the number from which free ports are looked for; near the usual ones by default
 */
export async function configureHBase(folder: string, options: HBaseOptions, from?: number): Promise<HBasePlan> {
  const ports = await choosePorts(options.hdfs === true ? 2 : 1, from);
  const hdfs = options.hdfs === true ? await configureHdfs(join(folder, 'hdfs'), {}, from) : undefined;
  const settings = hbaseSettings(folder, ports, options, hdfs?.fileSystem);
  const configuration = writeConfiguration(join(folder, 'configuration'), { 'hbase-site': settings });
  const server: Server = (name, role, port, after = [], own = configuration) => ({
    ...hbaseProcess(name, role, port, folder, own),
    after,
    answers: () => listensOn(port),
  });

  const processes = hdfs === undefined ? [server('master', 'master', ports.master)] : onHdfs(server, ports, hdfs);
  const addresses: Address[] = [];
  const first = hdfs === undefined ? 'master' : 'zookeeper';
  const urls = ports.gateways.map((port, index) => {
    const url = `http://127.0.0.1:${port}`;
    processes.push(server(`gateway-${index + 1}`, 'gateway', port, [first]));
    addresses.push({ label: `gateway ${index + 1}`, value: url });
    return url;
  });
  const tlsUrl = options.tls === undefined ? undefined : `https://127.0.0.1:${ports.tlsGateway}`;
  if (options.tls !== undefined) {
    const files = { 'hbase-site': { ...settings, ...tlsSettings(options.tls) } };
    const own = writeConfiguration(join(folder, 'configuration-tls'), files);
    processes.push(server('gateway-tls', 'gateway', ports.tlsGateway, [first], own));
  }
  addresses.push({ label: 'ZooKeeper', value: `127.0.0.1:${ports.zooKeeper}` }, ...(hdfs?.addresses ?? []));
  return {
    folder,
    urls,
    tlsUrl,
    addresses,
    processes,
    prepare: async () => hdfs?.prepare?.(),
    ready: async () => {
      const answers = await Promise.all(processes.map(async (each) => each.answers?.()));
      // Listing the tables waits for a master that has begun its work.
      await Promise.all(urls.map((url) => askJson(`${url}/`)));
      return !answers.includes(false);
    },
    complete: async () => hdfs?.complete?.(),
  };
}

type Server = (
  name: string,
  role: Role,
  port: number,
  after?: readonly string[],
  configuration?: string,
) => ProcessPlan;

/** All but the gateways, each a process. */
function onHdfs(server: Server, ports: HBasePorts, hdfs: Plan): ProcessPlan[] {
  const below = hdfs.processes.map(({ name }) => name);
  return [
    ...hdfs.processes,
    server('zookeeper', 'zooKeeper', ports.zooKeeper),
    server('master', 'master', ports.master, [...below, 'zookeeper']),
    server('regionserver', 'regionServer', ports.regionServer, [...below, 'zookeeper']),
  ];
}

async function choosePorts(gateways: number, from: number | undefined): Promise<HBasePorts> {
  const near = (usual: number, count: number): Promise<number[]> => freePorts(count, from ?? usual);
  const [zooKeeper = 0] = await near(USUAL.zooKeeper, 1);
  const [master = 0] = await near(USUAL.master, 1);
  const [regionServer = 0] = await near(USUAL.regionServer, 1);
  const plain = await near(USUAL.gateway, gateways);
  const [tlsGateway = 0] = await near(USUAL.tlsGateway, 1);
  return { zooKeeper, master, regionServer, gateways: plain, tlsGateway };
}
