import { RecordError, StoreError, StoreUnavailableError } from '../core/errors';
import { isFields } from '../core/records';
import type { RowResult } from '../sinks/destination';
import { type Reason, denied, reasonOf } from './failures';

/** Who answered whom, for errors. */
export interface Conversation {
  /** Such as `OpenSearch 2.19.1 at http://localhost:9200`. */
  readonly server: string;
  /** Who is logged in; empty for nobody. */
  readonly user: string;
}

/** The status of a document that `create` finds there already (`version_conflict_engine_exception`). */
const CONFLICT = 409;

/**
 * What became of each document of a `_bulk` request, by the items of its answer: refused for good, or not now. Where the
 * server is not to be had (overloaded, out of disk, closed to whoever is logged in), that is a StoreUnavailableError.
 * @param count how many documents there were
 * @throws {StoreError} if there are not as many items
 */
export function resultsOf(items: unknown, count: number, conversation: Conversation): readonly RowResult[] {
  if (!Array.isArray(items) || items.length !== count) {
    const answered = Array.isArray(items) ? items.length : 'none';
    throw new StoreError(`${conversation.server} answered for ${answered} of ${count} documents.`);
  }
  return items.map((item) => resultOf(item, conversation));
}

/** Of one item, `{"index": {status, error}}` or `{"create": {…}}`. */
function resultOf(item: unknown, { server, user }: Conversation): RowResult {
  const [answer] = isFields(item) ? Object.values(item) : [];
  const { status, error } = isFields(answer) ? answer : {};
  if (typeof status === 'number' && (status < 300 || status === CONFLICT)) return undefined;
  const reason = reasonOf(error);
  const why = `${reason.words} (${reason.type})`;
  const hindrance = hindranceOf(reason);
  if (hindrance !== undefined) {
    return new StoreUnavailableError(`${server} takes no document there: ${why}.`, { remedy: hindrance });
  }
  switch (status) {
    case 401:
    case 403:
      return denied(server, user, why);
    case 429:
    case 503:
      return new StoreUnavailableError(`${server} has too much to do: ${why}.`);
    case 400:
    case 404:
    case 413:
      return new RecordError(`${server} refused the document: ${why}.`, remedyOf(reason));
    default:
      return new StoreError(`${server} could not store a document: HTTP ${String(status)}, ${why}.`);
  }
}

/** What somebody has to do before the server takes anything there; undefined if it is not that. */
function hindranceOf({ type, words }: Reason): string | undefined {
  if (type === 'cluster_block_exception') {
    return words.includes('flood-stage')
      ? 'Free some of its disk: it then lifts the block by itself, and what is held here is written.'
      : 'Lift the block in the settings of the index (index.blocks.*); what is held here is then written.';
  }
  if (type === 'index_closed_exception') return 'Open the index again; what is held here is then written.';
  if (type === 'validation_exception' && /maximum[^;]*shards/u.test(words)) {
    return 'Delete indexes, have each hold a longer time (yyyy.MM in place of yyyy.MM.dd), or raise cluster.max_shards_per_node.';
  }
  return undefined;
}

function remedyOf({ type, words }: Reason): { remedy?: string } {
  if (words.includes('op_type of create')) return { remedy: 'It is a data stream: turn on dataStream.' };
  if (type === 'index_not_found_exception') {
    return { remedy: 'Make the index, or allow it in action.auto_create_index of the cluster.' };
  }
  if (words.includes('Limit of total fields')) {
    return { remedy: 'Store fewer different fields, or raise index.mapping.total_fields.limit.' };
  }
  return {};
}
