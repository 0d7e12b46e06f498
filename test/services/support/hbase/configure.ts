import { join } from 'node:path';
import { askJson, listensOn } from '../answers';
import { certificates } from '../certificates';
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

const USUAL = { zooKeeper: 2181, master: 16_000, regionServer: 16_020, gateway: 8080 };

/**
 * Configures an HBase with its REST gateways in an empty folder.
 * @param from the number from which free ports are looked for; near the usual ones by default
 */
export async function configureHBase(folder: string, options: HBaseOptions, from?: number): Promise<HBasePlan> {
  const ports = await choosePorts(options.hdfs === true ? 2 : 1, from);
  const hdfs = options.hdfs === true ? await configureHdfs(join(folder, 'hdfs'), {}, from) : undefined;
  const settings = hbaseSettings(folder, ports, options, hdfs?.fileSystem);
  const configuration = writeConfiguration(join(folder, 'configuration'), { 'hbase-site': settings });
  const server = (name: string, role: Role, port: number, after: readonly string[] = []): ProcessPlan => ({
    ...hbaseProcess(name, role, port, folder, configuration),
    after,
    answers: () => listensOn(port),
  });

  const processes =
    hdfs === undefined
      ? [server('master', 'master', ports.master)]
      : [
          ...hdfs.processes,
          server('zookeeper', 'zooKeeper', ports.zooKeeper),
          server('master', 'master', ports.master, [...hdfs.processes.map(({ name }) => name), 'zookeeper']),
          server('regionserver', 'regionServer', ports.regionServer, ['zookeeper']),
        ];
  const first = hdfs === undefined ? 'master' : 'zookeeper';
  for (const [index, port] of ports.gateways.entries())
    processes.push(server(`gateway-${index + 1}`, 'gateway', port, [first]));
  const urls = ports.gateways.map((port) => `http://127.0.0.1:${port}`);
  const addresses = urls.map((value, index): Address => ({ label: `gateway ${index + 1}`, value }));

  let tlsUrl: string | undefined;
  if (options.tls !== undefined) {
    const files = { 'hbase-site': { ...settings, ...tlsSettings(options.tls) } };
    const own = writeConfiguration(join(folder, 'configuration-tls'), files);
    const port = ports.tlsGateway;
    processes.push({
      ...hbaseProcess('gateway-tls', 'gateway', port, folder, own),
      after: [first],
      answers: () => listensOn(port),
    });
    tlsUrl = `https://127.0.0.1:${port}`;
    addresses.push({ label: 'gateway (TLS)', value: tlsUrl });
    addresses.push({ label: 'CA certificate', value: certificates().caFile });
  }
  return {
    folder,
    urls,
    tlsUrl,
    addresses: [
      ...addresses,
      { label: 'ZooKeeper', value: `127.0.0.1:${ports.zooKeeper}` },
      ...(hdfs?.addresses ?? []),
    ],
    processes,
    prepare: async () => hdfs?.prepare?.(),
    ready: async () => {
      // Listing the tables waits for a master that has begun its work.
      await Promise.all(urls.map((url) => askJson(`${url}/`)));
      return (await Promise.all(processes.map((each) => each.answers?.()))).every((answer) => answer !== false);
    },
    complete: async () => hdfs?.complete?.(),
  };
}

async function choosePorts(gateways: number, from: number | undefined): Promise<HBasePorts> {
  const near = (usual: number, count: number): Promise<number[]> => freePorts(count, from ?? usual);
  const [zooKeeper = 0] = await near(USUAL.zooKeeper, 1);
  const [master = 0] = await near(USUAL.master, 1);
  const [regionServer = 0] = await near(USUAL.regionServer, 1);
  const [tlsGateway = 0, ...plain] = await near(USUAL.gateway, gateways + 1);
  return { zooKeeper, master, regionServer, gateways: plain, tlsGateway };
}
