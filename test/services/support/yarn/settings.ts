import { join } from 'node:path';
import { SERVICE_FOLDER } from '../processes';

/** Ports of a resource manager. */
export interface ResourceManagerPorts {
  readonly clients: number;
  readonly scheduler: number;
  readonly nodes: number;
  readonly admin: number;
  readonly web: number;
}

/** Ports of a node manager. */
export interface NodeManagerPorts {
  readonly containers: number;
  readonly localizer: number;
  readonly web: number;
}

const NODE_MEMORY_MB = 4096;
const NODE_CORES = 4;

/** `yarn-site.xml` of all, clients too. */
export function yarnSettings(folder: string, ports: ResourceManagerPorts): Record<string, string> {
  const at = (port: number): string => `127.0.0.1:${port}`;
  return {
    'yarn.resourcemanager.hostname': '127.0.0.1',
    'yarn.resourcemanager.address': at(ports.clients),
    'yarn.resourcemanager.scheduler.address': at(ports.scheduler),
    'yarn.resourcemanager.resource-tracker.address': at(ports.nodes),
    'yarn.resourcemanager.admin.address': at(ports.admin),
    'yarn.resourcemanager.webapp.address': at(ports.web),
    'yarn.scheduler.minimum-allocation-mb': '512',
    // A resource manager that is started again knows its applications, which go on meanwhile.
    'yarn.resourcemanager.recovery.enabled': 'true',
    'yarn.resourcemanager.store.class': 'org.apache.hadoop.yarn.server.resourcemanager.recovery.FileSystemRMStateStore',
    'yarn.resourcemanager.fs.state-store.uri': `file://${join(folder, 'state')}`,
    'yarn.node-labels.fs-store.root-dir': `file://${join(folder, 'node-labels')}`,
    'yarn.node-attribute.fs-store.root-dir': `file://${join(folder, 'node-attributes')}`,
    // Dead nodes are noticed after twenty seconds in place of ten minutes.
    'yarn.resourcemanager.nodemanagers.heartbeat-interval-ms': '500',
    'yarn.nm.liveness-monitor.expiry-interval-ms': '20000',
    'yarn.client.application-client-protocol.poll-interval-ms': '100',
  };
}

/** One queue, half of which may be masters of applications. */
export const SCHEDULER_SETTINGS: Readonly<Record<string, string>> = {
  'yarn.scheduler.capacity.root.queues': 'default',
  'yarn.scheduler.capacity.root.default.capacity': '100',
  'yarn.scheduler.capacity.maximum-am-resource-percent': '0.5',
};

/** What the `yarn-site.xml` of a node manager has over that of all. */
export function nodeSettings(folder: string, id: number, ports: NodeManagerPorts): Record<string, string> {
  return {
    'yarn.nodemanager.address': `127.0.0.1:${ports.containers}`,
    'yarn.nodemanager.localizer.address': `127.0.0.1:${ports.localizer}`,
    'yarn.nodemanager.webapp.address': `127.0.0.1:${ports.web}`,
    'yarn.nodemanager.local-dirs': join(folder, `local-${id}`),
    'yarn.nodemanager.log-dirs': join(folder, `containers-${id}`),
    'yarn.nodemanager.resource.memory-mb': String(NODE_MEMORY_MB),
    'yarn.nodemanager.resource.cpu-vcores': String(NODE_CORES),
    // What containers get of the node manager's environment; what a service has started is known by the last one.
    'yarn.nodemanager.env-whitelist': `JAVA_HOME,PATH,LANG,TZ,${SERVICE_FOLDER}`,
    // A JVM takes much more address space than memory.
    'yarn.nodemanager.vmem-check-enabled': 'false',
    // However full the disk of a developer's machine is.
    'yarn.nodemanager.disk-health-checker.enable': 'false',
  };
}
