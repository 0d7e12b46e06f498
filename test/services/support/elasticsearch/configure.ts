import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { askJson } from '../answers';
import { compiledJar } from '../compiled';
import { serverJvm } from '../java';
import { log4j2Settings } from '../logging';
import { freePorts } from '../ports';
import type { Plan } from '../service';
import { openSearchJars } from './artifacts';

/** A node to be: what is said of it when it is asked for. */
export interface OpenSearchOptions {
  /** Settings of `opensearch.yml`, over those given here. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** A plan of a node, with what its clients have to know. */
export interface OpenSearchPlan extends Plan {
  readonly url: string;
}

const HTTP = 9200;
const TRANSPORT = 9300;
/** The name of the node, and of its process. */
const NODE = 'node';

/**
 * Configures a cluster of one node in an empty folder.
 * @param from the number from which free ports are looked for; near the usual ones by default
 */
export async function configureOpenSearch(
  folder: string,
  options: OpenSearchOptions,
  from?: number,
): Promise<OpenSearchPlan> {
  const [http = 0] = await freePorts(1, from ?? HTTP);
  const [transport = 0] = await freePorts(1, from ?? TRANSPORT);
  const url = `http://127.0.0.1:${http}`;
  const config = join(folder, 'config');
  mkdirSync(config, { recursive: true });
  writeFileSync(join(config, 'log4j2.properties'), log4j2Settings());
  const settings: Record<string, string> = {
    'cluster.name': 'pulseflow',
    'discovery.type': 'single-node',
    'network.host': '127.0.0.1',
    'http.port': String(http),
    'transport.port': String(transport),
    'path.data': join(folder, 'data'),
    'path.logs': join(folder, 'logs'),
    // One node has nowhere to move a shard to, however full the disk of a developer's machine is.
    'cluster.routing.allocation.disk.threshold_enabled': 'false',
    ...options.settings,
  };
  writeFileSync(join(config, 'opensearch.yml'), yaml(settings));
  const answers = (): Promise<boolean> => isReady(url);
  const jvm = serverJvm(NODE, {
    classPath: [compiledJar('elasticsearch/OpenSearchNode.java', openSearchJars()), openSearchJars()],
    main: 'OpenSearchNode',
    args: [NODE, folder],
    folder,
    heap: '512m',
  });
  return {
    folder,
    url,
    addresses: [{ label: 'HTTP', value: url }],
    processes: [{ ...jvm, answers }],
    ready: answers,
  };
}

/** Whether all indexes can be written and read: each primary shard has been recovered from the disk. */
async function isReady(url: string): Promise<boolean> {
  const { status } = (await askJson(`${url}/_cluster/health`)) as { status: string };
  return status !== 'red';
}

/** JSON's text is YAML's too. */
function yaml(settings: Readonly<Record<string, string>>): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name}: ${JSON.stringify(value)}\n`)
    .join('');
}
