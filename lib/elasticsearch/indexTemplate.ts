import { SettingError, StoreUnavailableError } from '../core/errors';
import { isFields } from '../core/records';
import { fnv1a } from '../sinks/hash';
import type { ElasticsearchCluster } from './cluster';
import { reasonOf } from './failures';
import { MAPPINGS } from './mappings';
import { patternOf } from './names';

/** What the indexes of a sink are made with. */
export interface TemplateSettings {
  readonly index: string;
  readonly dataStream: boolean;
  readonly shards: number;
  readonly replicas: number;
}

/** An index template, for both families of servers, and its name. */
export interface IndexTemplate {
  readonly name: string;
  readonly body: {
    readonly index_patterns: readonly string[];
    readonly priority: number;
    readonly data_stream?: object;
    readonly template: object;
    readonly _meta: { readonly managed_by: string; readonly hash: string };
  };
}

const MANAGER = 'pulseflow';
/** Above the servers' own templates such as `logs-*-*`, which have 100. */
const PRIORITY = 150;
/** Lines of a window; the servers' own limit is 10,000. */
const MOST_NESTED = 100_000;

/**
 * The template of a sink's indexes.
 * @throws {SettingError} if it would be that of every index of the cluster
 */
export function indexTemplateOf({ index, dataStream, shards, replicas }: TemplateSettings): IndexTemplate {
  const pattern = patternOf(index);
  if (pattern === undefined) {
    throw new SettingError(`A template for the index "${index}" would be one for every index of the cluster.`, {
      setting: 'index',
      remedy: 'Put a word of its own before the field, such as posts-{{lang}}, or turn createTemplate off.',
    });
  }
  const template = {
    settings: {
      index: {
        number_of_shards: shards,
        number_of_replicas: replicas,
        mapping: { nested_objects: { limit: MOST_NESTED } },
      },
    },
    mappings: MAPPINGS,
  };
  const body = {
    index_patterns: [pattern],
    // Of two that fit, the more exact one counts; the servers want their priorities to differ.
    priority: PRIORITY + pattern.length,
    ...(dataStream ? { data_stream: {} } : {}),
    template,
  };
  const hash = fnv1a(JSON.stringify(body)).toString(16);
  return {
    name: `${MANAGER}-${pattern.replaceAll('*', 'x')}`,
    body: { ...body, _meta: { managed_by: MANAGER, hash } },
  };
}

/**
 * Makes a template, or brings one of ours up to date. One that somebody else has made for such indexes is left alone, and
 * none is made over it.
 * @param sample the name of an index that is about to be written
 * @returns whether the template there is ours
 * @throws {StoreUnavailableError} if the server does not want it: how a field is indexed cannot be changed later, so that
 *   nothing is to be written before that is settled
 */
export async function install(
  cluster: ElasticsearchCluster,
  { name, body }: IndexTemplate,
  sample: string,
): Promise<boolean> {
  const path = `/_index_template/${encodeURIComponent(name)}`;
  const found = await cluster.ask({ method: 'GET', path });
  if (!found.ok && found.status !== 404) throw unwanted(cluster.failure(found), name);
  if (found.ok) {
    const { managed_by: manager, hash } = metaOf(found.json());
    if (manager !== MANAGER) return false;
    if (hash === body._meta.hash) return true;
  } else if (await isTaken(cluster, sample)) return false;
  const put = await cluster.ask({ method: 'PUT', path, body });
  if (!put.ok) throw unwanted(cluster.failure(put), name);
  return true;
}

function unwanted(failure: Error, name: string): Error {
  return new StoreUnavailableError(`The index template "${name}" could not be made: ${failure.message}`, {
    setting: 'createTemplate',
    remedy:
      'Allow it (the privilege manage_index_templates), or turn createTemplate off and have indexes made by your own rules.',
    cause: failure,
  });
}

/** Whether a template of somebody else's already says how this index is made. */
async function isTaken(cluster: ElasticsearchCluster, sample: string): Promise<boolean> {
  const answer = await cluster.ask({
    method: 'POST',
    path: `/_index_template/_simulate_index/${encodeURIComponent(sample)}`,
  });
  const simulated = answer.json();
  // A data stream that is there has a template; the servers answer with an error instead.
  if (!answer.ok) return isFields(simulated) && reasonOf(simulated.error).type === 'illegal_state_exception';
  return isFields(simulated) && isFields(simulated.template);
}

function metaOf(found: unknown): Readonly<Record<string, unknown>> {
  const list = isFields(found) ? found.index_templates : undefined;
  const first: unknown = Array.isArray(list) ? list[0] : undefined;
  const template = isFields(first) ? first.index_template : undefined;
  const meta = isFields(template) ? template._meta : undefined;
  return isFields(meta) ? meta : {};
}
